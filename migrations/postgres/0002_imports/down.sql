CREATE TABLE history (
    partnership_id bigint NOT NULL,
    revision integer NOT NULL CHECK (revision >= 1),
    import_id bigint NOT NULL,
    operation text NOT NULL CHECK (operation IN ('created', 'updated', 'removed')),
    before text,
    PRIMARY KEY (partnership_id, revision),
    CHECK ((operation = 'created') = (before IS NULL))
);

INSERT INTO history (partnership_id, revision, import_id, operation, before)
SELECT made.partnership_id, made.revision, made.import_id,
    CASE WHEN earlier.record IS NULL THEN 'created'
         WHEN made.gone THEN 'removed'
         ELSE 'updated' END,
    earlier.record
FROM (
    SELECT partnership_id, revision, import_id, record IS NULL AS gone FROM versions
    UNION ALL
    SELECT id, revision, import_id, removed FROM partnerships
) made
LEFT JOIN versions earlier
    ON earlier.partnership_id = made.partnership_id AND earlier.revision = made.revision - 1;

DROP TABLE versions;
ALTER TABLE partnerships DROP COLUMN line;
-- what was never committed has no place in the older schema
DELETE FROM import_issues
WHERE import_id IN (SELECT id FROM imports WHERE state <> 'committed');
DELETE FROM imports WHERE state <> 'committed';
ALTER TABLE imports DROP COLUMN upload;
ALTER TABLE imports DROP COLUMN error;
ALTER TABLE imports DROP COLUMN plan;
ALTER TABLE imports DROP COLUMN request;
ALTER TABLE imports DROP COLUMN reverts;
