-- What changed since a version of the data, so that readers need not read all of it again. The
-- same stands in migrations/postgres/0003_changes.

-- The version of the data that the import made, and the rows of `partnerships` that it wrote, as
-- a roaring bitmap in its portable form; NULL for imports that changed nothing and for those of
-- earlier releases.
ALTER TABLE imports ADD COLUMN version INTEGER;
ALTER TABLE imports ADD COLUMN changed BLOB;
CREATE INDEX imports_version ON imports (version);
