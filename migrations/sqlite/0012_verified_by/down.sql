ALTER TABLE partnerships DROP COLUMN verified_by;
