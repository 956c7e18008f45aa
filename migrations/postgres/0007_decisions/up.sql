-- What people have decided about records of several sources. The same stands in
-- migrations/sqlite/0007_decisions.

-- Of the rows about two records the one of the last changeset holds. `same` is NULL where that
-- changeset undid the only decision. Records are named by their rows, which stay when a record is
-- removed: `one_id` is the smaller.
CREATE TABLE decisions (
    one_id bigint NOT NULL,
    other_id bigint NOT NULL,
    changeset_id bigint NOT NULL,
    same boolean,
    PRIMARY KEY (one_id, other_id, changeset_id),
    CHECK (one_id < other_id)
);
CREATE INDEX decisions_changeset ON decisions (changeset_id);
