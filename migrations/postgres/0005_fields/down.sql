ALTER TABLE partners DROP COLUMN kind;
ALTER TABLE dataset DROP COLUMN hash_form;
