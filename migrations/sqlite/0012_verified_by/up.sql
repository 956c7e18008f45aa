-- For whom a record was verified (src/domain/verifier.rs). The same stands in
-- migrations/postgres/0012_verified_by.
ALTER TABLE partnerships ADD COLUMN verified_by TEXT;
