ALTER TABLE dataset DROP COLUMN hash_form;
