-- Imports that are prepared before they are committed, that undo one another, and values that can
-- be traced to a line. The same stands in migrations/postgres/0002_imports.

-- `state` is waiting, checking, planned, committing, committed, failed or cancelled. `request`,
-- `plan` and `error` are JSON (src/atlas); `upload` is the file of an import that came over HTTP.
ALTER TABLE imports ADD COLUMN reverts INTEGER;
ALTER TABLE imports ADD COLUMN request TEXT;
ALTER TABLE imports ADD COLUMN plan TEXT;
ALTER TABLE imports ADD COLUMN error TEXT;
ALTER TABLE imports ADD COLUMN upload TEXT;

-- Line of the import's file; NULL for what no line says, a removal for example.
ALTER TABLE partnerships ADD COLUMN line INTEGER CHECK (line >= 1);

-- Every version of a record but the present one, which is its row of `partnerships`: which import
-- made it, from which line, and what it said (src/storage/history.rs); NULL where it was removed.
-- A record that was only created has no row here, so that a first import writes none.
CREATE TABLE versions (
    partnership_id INTEGER NOT NULL REFERENCES partnerships (id),
    revision INTEGER NOT NULL CHECK (revision >= 1),
    import_id INTEGER NOT NULL REFERENCES imports (id),
    line INTEGER CHECK (line >= 1),
    record TEXT,
    PRIMARY KEY (partnership_id, revision)
) STRICT, WITHOUT ROWID;

INSERT INTO versions (partnership_id, revision, import_id, record)
SELECT made.partnership_id, made.revision, made.import_id, next.before
FROM history made
JOIN history next
    ON next.partnership_id = made.partnership_id AND next.revision = made.revision + 1;

DROP TABLE history;
