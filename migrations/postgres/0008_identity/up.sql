-- Which register this is, and which version of its data: random ids, by which a reader tells a
-- later state of what it has read from another one of the same number. The same stands in
-- migrations/sqlite/0008_identity.

ALTER TABLE dataset ADD COLUMN register_id BYTEA CHECK (length(register_id) = 16);
UPDATE dataset SET register_id = uuid_send(gen_random_uuid());

-- The id of `version`; NULL where that is.
ALTER TABLE changesets ADD COLUMN version_id BYTEA CHECK (length(version_id) = 16);
UPDATE changesets SET version_id = uuid_send(gen_random_uuid()) WHERE version IS NOT NULL;
