-- Accounts of people, what they may do, who is signed in, and what was done. The same stands in
-- migrations/postgres/0009_accounts.

-- `email` is in lower case. Of a disabled account nothing works any more.
CREATE TABLE accounts (
    id INTEGER NOT NULL PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    language TEXT NOT NULL CHECK (language IN ('fr', 'en')),
    created_at TEXT NOT NULL,
    disabled_at TEXT
) STRICT;

-- A scope is written as `everything` or `kind:value`. A grant holds until the end of the day `until`.
CREATE TABLE grants (
    id INTEGER NOT NULL PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    capability TEXT NOT NULL,
    scope TEXT NOT NULL,
    until TEXT,
    granted_by TEXT NOT NULL,
    granted_at TEXT NOT NULL,
    revoked_at TEXT
) STRICT;
CREATE INDEX grants_account ON grants (account_id);

-- Each is of an account or of a token. Sessions that end are deleted.
CREATE TABLE sessions (
    id INTEGER NOT NULL PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    account_id INTEGER REFERENCES accounts (id),
    token TEXT REFERENCES tokens (name),
    created_at TEXT NOT NULL,
    last_used_at TEXT NOT NULL,
    ends_at TEXT NOT NULL,
    browser TEXT NOT NULL,
    CHECK ((account_id IS NULL) <> (token IS NULL))
) STRICT;

-- What was done about accounts and data, in order. `hash` is the SHA-256 of the row with the hash of
-- the row before it (src/storage/accounts/audit.rs).
CREATE TABLE audit (
    id INTEGER NOT NULL PRIMARY KEY,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    details TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

ALTER TABLE tokens ADD COLUMN scope TEXT NOT NULL DEFAULT 'everything';
ALTER TABLE tokens ADD COLUMN expires_at TEXT;
