-- The older schema has imports alone: what undoes one borrows its file, and changesets of other
-- causes become imports of a file without a name.
ALTER TABLE imports
    ADD COLUMN reverts bigint,
    ADD COLUMN version bigint,
    ADD COLUMN changed bytea,
    ALTER COLUMN state SET DEFAULT 'committed';
UPDATE imports SET version = made.version, changed = made.changed
FROM changesets made
WHERE made.id = imports.changeset_id;
WITH RECURSIVE origins (id, origin) AS (
    SELECT id, undoes FROM changesets WHERE undoes IS NOT NULL
    UNION ALL
    SELECT origins.id, made.undoes
    FROM origins JOIN changesets made ON made.id = origins.origin
    WHERE made.undoes IS NOT NULL
), origin_files AS (
    SELECT origins.id, file, sha256, mode
    FROM origins JOIN imports ON imports.changeset_id = origins.origin
)
INSERT INTO imports (id, source, file, sha256, mode, actor, started_at, finished_at, state, rows_read,
    created, updated, unchanged, removed, rejected, repeated, skipped, reverts, plan, version,
    changed)
SELECT made.id, coalesce(made.source, ''), coalesce(file, ''), coalesce(sha256, ''),
    coalesce(mode, 'upsert'), made.actor, made.started_at, made.at, 'committed', 0, made.created,
    made.updated, made.unchanged, made.removed, 0, 0, 0, made.undoes, made.plan, made.version,
    made.changed
FROM changesets made
LEFT JOIN origin_files ON origin_files.id = made.id
WHERE made.cause <> 'import';

DROP TABLE changesets;
ALTER TABLE imports DROP COLUMN changeset_id;
ALTER TABLE partnerships RENAME COLUMN changeset_id TO import_id;
ALTER TABLE versions RENAME COLUMN changeset_id TO import_id;
CREATE INDEX imports_version ON imports (version);
