-- What people have decided about records of several sources. The same stands in
-- migrations/postgres/0007_decisions.

-- Of the rows about two records the one of the last changeset holds. `same` is NULL where that
-- changeset undid the only decision. Records are named by their rows, which stay when a record is
-- removed: `one_id` is the smaller.
CREATE TABLE decisions (
    one_id INTEGER NOT NULL REFERENCES partnerships (id),
    other_id INTEGER NOT NULL REFERENCES partnerships (id),
    changeset_id INTEGER NOT NULL REFERENCES changesets (id),
    same INTEGER CHECK (same IN (0, 1)),
    PRIMARY KEY (one_id, other_id, changeset_id),
    CHECK (one_id < other_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX decisions_changeset ON decisions (changeset_id);
