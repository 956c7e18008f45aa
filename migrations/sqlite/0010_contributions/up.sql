-- Values that somebody has confirmed, and corrections that somebody has proposed. The same stands
-- in migrations/postgres/0010_contributions.

-- A part of a record (src/domain/partnership/part.rs), by the column that stands for it, and the
-- changeset that has confirmed what it says. Of several changesets the last one holds that is not
-- undone.
CREATE TABLE confirmed_fields (
    partnership_id INTEGER NOT NULL REFERENCES partnerships (id),
    column_name TEXT NOT NULL,
    changeset_id INTEGER NOT NULL REFERENCES changesets (id),
    PRIMARY KEY (partnership_id, column_name, changeset_id)
) STRICT, WITHOUT ROWID;

-- `base` is the revision that its author saw, 0 of a record that is yet to be made. `scopes`,
-- `fields` and `decisions` are JSON (src/storage/proposals.rs). `secret` is the hash of what lets
-- an author follow it, `client` that of where it came from, which is forgotten with its end.
CREATE TABLE proposals (
    id INTEGER NOT NULL PRIMARY KEY,
    source TEXT NOT NULL,
    key TEXT NOT NULL,
    base INTEGER NOT NULL CHECK (base >= 0),
    title TEXT NOT NULL,
    state TEXT NOT NULL,
    scopes TEXT NOT NULL,
    fields TEXT NOT NULL,
    reason TEXT NOT NULL,
    proof TEXT,
    author TEXT,
    secret BLOB NOT NULL,
    client BLOB,
    created_at TEXT NOT NULL,
    ended_at TEXT,
    ended_by TEXT,
    decisions TEXT,
    note TEXT,
    changeset_id INTEGER REFERENCES changesets (id)
) STRICT;
CREATE INDEX proposals_state ON proposals (state, id);
CREATE INDEX proposals_record ON proposals (source, key);
