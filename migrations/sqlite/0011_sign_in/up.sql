-- Links to sign in, mails that wait to be sent, and who speaks for whom. The same stands in
-- migrations/postgres/0011_sign_in.

-- Each is used once. `email` is in lower case; it need not be that of an account yet.
CREATE TABLE sign_in_links (
    hash BLOB NOT NULL PRIMARY KEY,
    email TEXT NOT NULL,
    expires_at TEXT NOT NULL
) STRICT;

-- `id` is random: the mail has it too, so that one that is given out twice is one mail. A mail that
-- was sent is deleted, and so is one that nobody could use any more.
CREATE TABLE mails (
    id TEXT NOT NULL PRIMARY KEY,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at TEXT NOT NULL,
    due_at TEXT NOT NULL,
    tries INTEGER NOT NULL,
    expires_at TEXT NOT NULL
) STRICT;
CREATE INDEX mails_due ON mails (due_at);

-- Who speaks for an authority (`authority:CODE`) or for what is done in a country (`country:CODE`).
-- `email` is that of an account, or of somebody who was invited to have one. `role` is what somebody
-- is there; `proof` is for those who decide, and nobody else.
CREATE TABLE memberships (
    id INTEGER NOT NULL PRIMARY KEY,
    email TEXT NOT NULL,
    scope TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('asked', 'invited', 'active', 'refused', 'revoked')),
    role TEXT NOT NULL,
    proof TEXT NOT NULL,
    until TEXT,
    asked_at TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    decided_at TEXT,
    decided_by TEXT,
    reason TEXT
) STRICT;
CREATE INDEX memberships_email ON memberships (email);
CREATE INDEX memberships_scope ON memberships (scope);
