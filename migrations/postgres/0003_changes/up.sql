-- What changed since a version of the data, so that readers need not read all of it again. The
-- same stands in migrations/sqlite/0003_changes.

-- The version of the data that the import made, and the rows of `partnerships` that it wrote, as
-- a roaring bitmap in its portable form; NULL for imports that changed nothing and for those of
-- earlier releases.
ALTER TABLE imports ADD COLUMN version bigint;
ALTER TABLE imports ADD COLUMN changed bytea;
CREATE INDEX imports_version ON imports (version);
