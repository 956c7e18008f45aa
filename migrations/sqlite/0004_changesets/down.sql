-- The older schema has imports alone: what undoes one borrows its file, and changesets of other
-- causes become imports of a file without a name.
ALTER TABLE imports RENAME TO files;
CREATE TABLE all_imports (
    id INTEGER NOT NULL PRIMARY KEY,
    source TEXT NOT NULL,
    file TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    mode TEXT NOT NULL,
    actor TEXT NOT NULL,
    started_at TEXT NOT NULL,
    finished_at TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'committed',
    rows_read INTEGER NOT NULL CHECK (rows_read >= 0),
    created INTEGER NOT NULL CHECK (created >= 0),
    updated INTEGER NOT NULL CHECK (updated >= 0),
    unchanged INTEGER NOT NULL CHECK (unchanged >= 0),
    removed INTEGER NOT NULL CHECK (removed >= 0),
    rejected INTEGER NOT NULL CHECK (rejected >= 0),
    repeated INTEGER NOT NULL CHECK (repeated >= 0),
    skipped INTEGER NOT NULL CHECK (skipped >= 0),
    reverts INTEGER,
    request TEXT,
    plan TEXT,
    error TEXT,
    upload TEXT,
    version INTEGER,
    changed BLOB
) STRICT;
INSERT INTO all_imports
SELECT files.id, files.source, file, sha256, mode, files.actor, files.started_at, finished_at,
    state, rows_read, files.created, files.updated, files.unchanged, files.removed, rejected,
    repeated, skipped, NULL, request, files.plan, error, upload, version, changed
FROM files
LEFT JOIN changesets made ON made.id = files.changeset_id;
WITH RECURSIVE origins (id, origin) AS (
    SELECT id, undoes FROM changesets WHERE undoes IS NOT NULL
    UNION ALL
    SELECT origins.id, made.undoes
    FROM origins JOIN changesets made ON made.id = origins.origin
    WHERE made.undoes IS NOT NULL
), origin_files AS (
    SELECT origins.id, file, sha256, mode
    FROM origins JOIN files ON files.changeset_id = origins.origin
)
INSERT INTO all_imports
SELECT made.id, coalesce(made.source, ''), coalesce(file, ''), coalesce(sha256, ''),
    coalesce(mode, 'upsert'), made.actor, made.started_at, made.at, 'committed', 0, made.created,
    made.updated, made.unchanged, made.removed, 0, 0, 0, made.undoes, NULL, made.plan, NULL, NULL,
    made.version, made.changed
FROM changesets made
LEFT JOIN origin_files ON origin_files.id = made.id
WHERE made.cause <> 'import';

-- the foreign keys of `partnerships` and `versions` follow the name
DROP TABLE changesets;
ALTER TABLE all_imports RENAME TO changesets;
ALTER TABLE changesets RENAME TO imports;
ALTER TABLE partnerships RENAME COLUMN changeset_id TO import_id;
ALTER TABLE versions RENAME COLUMN changeset_id TO import_id;

CREATE TABLE issues_of_imports (
    import_id INTEGER NOT NULL REFERENCES imports (id),
    position INTEGER NOT NULL,
    line INTEGER NOT NULL,
    column_name TEXT,
    code TEXT NOT NULL,
    severity TEXT NOT NULL CHECK (severity IN ('warning', 'error')),
    value TEXT,
    suggestion TEXT,
    PRIMARY KEY (import_id, position)
) STRICT, WITHOUT ROWID;
INSERT INTO issues_of_imports
SELECT import_id, position, line, column_name, code, severity, value, suggestion
FROM import_issues;
DROP TABLE import_issues;
ALTER TABLE issues_of_imports RENAME TO import_issues;
DROP TABLE files;
CREATE INDEX imports_version ON imports (version);
