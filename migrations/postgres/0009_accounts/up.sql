-- Accounts of people, what they may do, who is signed in, and what was done. The same stands in
-- migrations/sqlite/0009_accounts.

-- `email` is in lower case. Of a disabled account nothing works any more.
CREATE TABLE accounts (
    id bigint NOT NULL PRIMARY KEY,
    email text NOT NULL UNIQUE,
    name text NOT NULL UNIQUE,
    language text NOT NULL CHECK (language IN ('fr', 'en')),
    created_at timestamp NOT NULL,
    disabled_at timestamp
);

-- A scope is written as `everything` or `kind:value`. A grant holds until the end of the day `until`.
CREATE TABLE grants (
    id bigint NOT NULL PRIMARY KEY,
    account_id bigint NOT NULL,
    capability text NOT NULL,
    scope text NOT NULL,
    until date,
    granted_by text NOT NULL,
    granted_at timestamp NOT NULL,
    revoked_at timestamp
);
CREATE INDEX grants_account ON grants (account_id);

-- Each is of an account or of a token. Sessions that end are deleted.
CREATE TABLE sessions (
    id bigint NOT NULL PRIMARY KEY,
    hash bytea NOT NULL UNIQUE,
    account_id bigint,
    token text,
    created_at timestamp NOT NULL,
    last_used_at timestamp NOT NULL,
    ends_at timestamp NOT NULL,
    browser text NOT NULL,
    CHECK ((account_id IS NULL) <> (token IS NULL))
);

-- What was done about accounts and data, in order. `hash` is the SHA-256 of the row with the hash of
-- the row before it (src/storage/accounts/audit.rs).
CREATE TABLE audit (
    id bigint NOT NULL PRIMARY KEY,
    at timestamp NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    object text NOT NULL,
    details text NOT NULL,
    hash bytea NOT NULL
);

ALTER TABLE tokens ADD COLUMN scope text NOT NULL DEFAULT 'everything';
ALTER TABLE tokens ADD COLUMN expires_at timestamp;
