DROP INDEX imports_version;
ALTER TABLE imports DROP COLUMN changed;
ALTER TABLE imports DROP COLUMN version;
