-- Fields of records. The same stands in migrations/sqlite/0005_fields.

-- The form of `partnerships.content_hash`: 0 is that of earlier releases. The program writes the
-- hashes anew in the transaction of this migration (src/storage/content_hashes.rs).
ALTER TABLE dataset ADD COLUMN hash_form integer NOT NULL DEFAULT 0;

-- What kind of authority a partner is, where its record says so: a code of `partner_kinds`.
-- `fingerprint` has it only where there is one.
ALTER TABLE partners ADD COLUMN kind text;
