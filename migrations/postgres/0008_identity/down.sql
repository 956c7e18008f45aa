ALTER TABLE changesets DROP COLUMN version_id;
ALTER TABLE dataset DROP COLUMN register_id;
