-- Values that somebody has confirmed, and corrections that somebody has proposed. The same stands
-- in migrations/sqlite/0010_contributions.

-- A part of a record (src/domain/partnership/part.rs), by the column that stands for it, and the
-- changeset that has confirmed what it says. Of several changesets the last one holds that is not
-- undone.
CREATE TABLE confirmed_fields (
    partnership_id bigint NOT NULL,
    column_name text NOT NULL,
    changeset_id bigint NOT NULL,
    PRIMARY KEY (partnership_id, column_name, changeset_id)
);

-- `base` is the revision that its author saw, 0 of a record that is yet to be made. `scopes`,
-- `fields` and `decisions` are JSON (src/storage/proposals.rs). `secret` is the hash of what lets
-- an author follow it, `client` that of where it came from, which is forgotten with its end.
CREATE TABLE proposals (
    id bigint NOT NULL PRIMARY KEY,
    source text NOT NULL,
    key text NOT NULL,
    base integer NOT NULL CHECK (base >= 0),
    title text NOT NULL,
    state text NOT NULL,
    scopes text NOT NULL,
    fields text NOT NULL,
    reason text NOT NULL,
    proof text,
    author text,
    secret bytea NOT NULL,
    client bytea,
    created_at timestamp NOT NULL,
    ended_at timestamp,
    ended_by text,
    decisions text,
    note text,
    changeset_id bigint
);
CREATE INDEX proposals_state ON proposals (state, id);
CREATE INDEX proposals_record ON proposals (source, key);
