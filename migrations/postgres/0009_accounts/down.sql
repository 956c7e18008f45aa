ALTER TABLE tokens DROP COLUMN expires_at;
ALTER TABLE tokens DROP COLUMN scope;
DROP TABLE audit;
DROP TABLE sessions;
DROP TABLE grants;
DROP TABLE accounts;
