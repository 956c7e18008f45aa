-- Every change of data is a changeset: an import is one cause among others. The same stands in
-- migrations/sqlite/0004_changesets.
--
-- Imports and changesets are numbered together: a committed import has the changeset of its own
-- number, and what undoes an import has a number that no import has.

-- `source` is NULL where records of several sources change. `version` is the version of the data
-- that the changeset made, and `changed` the rows of `partnerships` that it wrote, as a roaring
-- bitmap in its portable form; NULL for one that changed nothing, and `changed` for those of
-- early releases. `undoes` is the changeset that this one undoes. `plan` is JSON (src/atlas);
-- that of an import stands with the import.
CREATE TABLE changesets (
    id bigint NOT NULL PRIMARY KEY,
    cause text NOT NULL
        CHECK (cause IN ('import', 'revert', 'edit', 'proposal', 'verification', 'merge')),
    source text,
    actor text NOT NULL,
    started_at timestamp NOT NULL,
    at timestamp NOT NULL,
    version bigint,
    changed bytea,
    undoes bigint,
    created bigint NOT NULL CHECK (created >= 0),
    updated bigint NOT NULL CHECK (updated >= 0),
    unchanged bigint NOT NULL CHECK (unchanged >= 0),
    removed bigint NOT NULL CHECK (removed >= 0),
    plan text,
    CHECK ((cause = 'revert') = (undoes IS NOT NULL))
);
INSERT INTO changesets
SELECT id, CASE WHEN reverts IS NULL THEN 'import' ELSE 'revert' END, source, actor, started_at,
    finished_at, version, changed, reverts, created, updated, unchanged, removed,
    CASE WHEN reverts IS NOT NULL THEN plan END
FROM imports
WHERE state = 'committed';
CREATE INDEX changesets_version ON changesets (version);

-- What belongs to a file stays. `changeset_id` is NULL until the import is committed; until then
-- the counts are those of its plan.
DELETE FROM imports WHERE reverts IS NOT NULL;
DROP INDEX imports_version;
ALTER TABLE imports
    ADD COLUMN changeset_id bigint UNIQUE,
    DROP COLUMN reverts,
    DROP COLUMN version,
    DROP COLUMN changed,
    ALTER COLUMN state DROP DEFAULT;
UPDATE imports SET changeset_id = id WHERE state = 'committed';

ALTER TABLE partnerships RENAME COLUMN import_id TO changeset_id;
ALTER TABLE versions RENAME COLUMN import_id TO changeset_id;
