-- Every change of data is a changeset: an import is one cause among others. The same stands in
-- migrations/postgres/0004_changesets.
--
-- Imports and changesets are numbered together: a committed import has the changeset of its own
-- number, and what undoes an import has a number that no import has.

-- The foreign keys of `partnerships` and `versions` follow the name, so that neither is written
-- anew; the table of that name is replaced below.
ALTER TABLE imports RENAME TO changesets;
ALTER TABLE partnerships RENAME COLUMN import_id TO changeset_id;
ALTER TABLE versions RENAME COLUMN import_id TO changeset_id;

-- What belongs to a file. `changeset_id` is NULL until the import is committed; until then the
-- counts are those of its plan. `state` is waiting, checking, planned, committing, committed,
-- failed or cancelled; `request`, `plan` and `error` are JSON (src/atlas); `upload` is the file of
-- an import that came over HTTP.
CREATE TABLE imports (
    id INTEGER NOT NULL PRIMARY KEY,
    changeset_id INTEGER UNIQUE REFERENCES changesets (id),
    source TEXT NOT NULL,
    file TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    mode TEXT NOT NULL,
    actor TEXT NOT NULL,
    started_at TEXT NOT NULL,
    finished_at TEXT NOT NULL,
    state TEXT NOT NULL,
    rows_read INTEGER NOT NULL CHECK (rows_read >= 0),
    created INTEGER NOT NULL CHECK (created >= 0),
    updated INTEGER NOT NULL CHECK (updated >= 0),
    unchanged INTEGER NOT NULL CHECK (unchanged >= 0),
    removed INTEGER NOT NULL CHECK (removed >= 0),
    rejected INTEGER NOT NULL CHECK (rejected >= 0),
    repeated INTEGER NOT NULL CHECK (repeated >= 0),
    skipped INTEGER NOT NULL CHECK (skipped >= 0),
    request TEXT,
    plan TEXT,
    error TEXT,
    upload TEXT
) STRICT;
INSERT INTO imports
SELECT id, CASE state WHEN 'committed' THEN id END, source, file, sha256, mode, actor, started_at,
    finished_at, state, rows_read, created, updated, unchanged, removed, rejected, repeated,
    skipped, request, plan, error, upload
FROM changesets
WHERE reverts IS NULL;

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

-- `source` is NULL where records of several sources change. `version` is the version of the data
-- that the changeset made, and `changed` the rows of `partnerships` that it wrote, as a roaring
-- bitmap in its portable form; NULL for one that changed nothing, and `changed` for those of
-- early releases. `undoes` is the changeset that this one undoes. `plan` is JSON (src/atlas);
-- that of an import stands with the import.
CREATE TABLE written_changesets (
    id INTEGER NOT NULL PRIMARY KEY,
    cause TEXT NOT NULL
        CHECK (cause IN ('import', 'revert', 'edit', 'proposal', 'verification', 'merge')),
    source TEXT,
    actor TEXT NOT NULL,
    started_at TEXT NOT NULL,
    at TEXT NOT NULL,
    version INTEGER,
    changed BLOB,
    undoes INTEGER REFERENCES written_changesets (id),
    created INTEGER NOT NULL CHECK (created >= 0),
    updated INTEGER NOT NULL CHECK (updated >= 0),
    unchanged INTEGER NOT NULL CHECK (unchanged >= 0),
    removed INTEGER NOT NULL CHECK (removed >= 0),
    plan TEXT,
    CHECK ((cause = 'revert') = (undoes IS NOT NULL))
) STRICT;
INSERT INTO written_changesets
SELECT id, CASE WHEN reverts IS NULL THEN 'import' ELSE 'revert' END, source, actor, started_at,
    finished_at, version, changed, reverts, created, updated, unchanged, removed,
    CASE WHEN reverts IS NOT NULL THEN plan END
FROM changesets
WHERE state = 'committed';
DROP TABLE changesets;
ALTER TABLE written_changesets RENAME TO changesets;
CREATE INDEX changesets_version ON changesets (version);
