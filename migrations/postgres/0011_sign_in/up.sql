-- Links to sign in, mails that wait to be sent, and who speaks for whom. The same stands in
-- migrations/sqlite/0011_sign_in.

-- Each is used once. `email` is in lower case; it need not be that of an account yet.
CREATE TABLE sign_in_links (
    hash bytea NOT NULL PRIMARY KEY,
    email text NOT NULL,
    expires_at timestamp NOT NULL
);

-- `id` is random: the mail has it too, so that one that is given out twice is one mail. A mail that
-- was sent is deleted, and so is one that nobody could use any more.
CREATE TABLE mails (
    id text NOT NULL PRIMARY KEY,
    recipient text NOT NULL,
    subject text NOT NULL,
    body text NOT NULL,
    created_at timestamp NOT NULL,
    due_at timestamp NOT NULL,
    tries integer NOT NULL,
    expires_at timestamp NOT NULL
);
CREATE INDEX mails_due ON mails (due_at);

-- Who speaks for an authority (`authority:CODE`) or for what is done in a country (`country:CODE`).
-- `email` is that of an account, or of somebody who was invited to have one. `role` is what somebody
-- is there; `proof` is for those who decide, and nobody else.
CREATE TABLE memberships (
    id bigint NOT NULL PRIMARY KEY,
    email text NOT NULL,
    scope text NOT NULL,
    state text NOT NULL CHECK (state IN ('asked', 'invited', 'active', 'refused', 'revoked')),
    role text NOT NULL,
    proof text NOT NULL,
    until date,
    asked_at timestamp NOT NULL,
    asked_by text NOT NULL,
    decided_at timestamp,
    decided_by text,
    reason text
);
CREATE INDEX memberships_email ON memberships (email);
CREATE INDEX memberships_scope ON memberships (scope);
