-- Which register this is, and which version of its data: random ids, by which a reader tells a
-- later state of what it has read from another one of the same number. The same stands in
-- migrations/postgres/0008_identity.

ALTER TABLE dataset ADD COLUMN register_id BLOB CHECK (length(register_id) = 16);
UPDATE dataset SET register_id = randomblob(16);

-- The id of `version`; NULL where that is.
ALTER TABLE changesets ADD COLUMN version_id BLOB CHECK (length(version_id) = 16);
UPDATE changesets SET version_id = randomblob(16) WHERE version IS NOT NULL;
