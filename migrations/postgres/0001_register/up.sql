-- The register. The same tables and columns stand in migrations/sqlite/0001_register.
-- Rows are numbered by the program inside the one writing transaction, and none of
-- `partnerships` is ever deleted, so that no number is given twice.
--
-- No foreign keys here: PostgreSQL checks them row by row in a trigger, and an import would take
-- four times as long (a million records: 63 s, without them 15 s). One writer at a time gives out
-- all the numbers, and `Database::integrity_check` looks for orphans.

CREATE TABLE dataset (
    id bigint NOT NULL PRIMARY KEY CHECK (id = 1),
    version bigint NOT NULL CHECK (version >= 0)
);
INSERT INTO dataset (id, version) VALUES (1, 0);

CREATE TABLE imports (
    id bigint NOT NULL PRIMARY KEY,
    source text NOT NULL,
    file text NOT NULL,
    sha256 text NOT NULL,
    mode text NOT NULL,
    actor text NOT NULL,
    started_at timestamp NOT NULL,
    finished_at timestamp NOT NULL,
    state text NOT NULL DEFAULT 'committed',
    rows_read bigint NOT NULL CHECK (rows_read >= 0),
    created bigint NOT NULL CHECK (created >= 0),
    updated bigint NOT NULL CHECK (updated >= 0),
    unchanged bigint NOT NULL CHECK (unchanged >= 0),
    removed bigint NOT NULL CHECK (removed >= 0),
    rejected bigint NOT NULL CHECK (rejected >= 0),
    repeated bigint NOT NULL CHECK (repeated >= 0),
    skipped bigint NOT NULL CHECK (skipped >= 0)
);

CREATE TABLE import_issues (
    import_id bigint NOT NULL,
    position integer NOT NULL,
    line bigint NOT NULL,
    column_name text,
    code text NOT NULL,
    severity text NOT NULL CHECK (severity IN ('warning', 'error')),
    value text,
    suggestion text,
    PRIMARY KEY (import_id, position)
);

CREATE TABLE collectivities (
    id bigint NOT NULL PRIMARY KEY,
    code text NOT NULL UNIQUE,
    kind text NOT NULL,
    name text NOT NULL,
    department text,
    region text,
    longitude double precision CHECK (longitude BETWEEN -180 AND 180),
    latitude double precision CHECK (latitude BETWEEN -90 AND 90),
    CHECK ((longitude IS NULL) = (latitude IS NULL))
);

-- One row is one foreign authority exactly as records write it; `fingerprint` is a hash of all
-- the other columns but `id`.
CREATE TABLE partners (
    id bigint NOT NULL PRIMARY KEY,
    fingerprint bytea NOT NULL UNIQUE CHECK (length(fingerprint) = 16),
    country text NOT NULL,
    name text NOT NULL,
    region text,
    longitude double precision CHECK (longitude BETWEEN -180 AND 180),
    latitude double precision CHECK (latitude BETWEEN -90 AND 90),
    position_source text CHECK (position_source IN ('given', 'gazetteer')),
    CHECK ((longitude IS NULL) = (latitude IS NULL)),
    CHECK ((longitude IS NULL) = (position_source IS NULL))
);

-- `import_id` is the import that last changed the record; its `finished_at` is when.
CREATE TABLE partnerships (
    id bigint NOT NULL PRIMARY KEY,
    source text NOT NULL,
    key text NOT NULL,
    title text NOT NULL,
    kind text NOT NULL,
    status text NOT NULL,
    start_date text,
    end_date text,
    description text,
    budget_cents bigint CHECK (budget_cents >= 0),
    url text,
    verified_on date,
    content_hash bytea NOT NULL CHECK (length(content_hash) = 16),
    revision integer NOT NULL CHECK (revision >= 1),
    import_id bigint NOT NULL,
    removed boolean NOT NULL,
    UNIQUE (source, key)
);

CREATE TABLE partnership_collectivities (
    partnership_id bigint NOT NULL,
    position integer NOT NULL,
    collectivity_id bigint NOT NULL,
    PRIMARY KEY (partnership_id, position)
);

CREATE TABLE partnership_partners (
    partnership_id bigint NOT NULL,
    position integer NOT NULL,
    partner_id bigint NOT NULL,
    PRIMARY KEY (partnership_id, position)
);

CREATE TABLE partnership_themes (
    partnership_id bigint NOT NULL,
    position integer NOT NULL,
    theme text NOT NULL,
    PRIMARY KEY (partnership_id, position)
);

CREATE TABLE partnership_sdgs (
    partnership_id bigint NOT NULL,
    sdg integer NOT NULL CHECK (sdg BETWEEN 1 AND 17),
    PRIMARY KEY (partnership_id, sdg)
);

CREATE TABLE partnership_funders (
    partnership_id bigint NOT NULL,
    position integer NOT NULL,
    name text NOT NULL,
    PRIMARY KEY (partnership_id, position)
);

-- What a record was before each change, as JSON (src/storage/history.rs). What it was after is
-- the `before` of its next row, or the record itself.
CREATE TABLE history (
    partnership_id bigint NOT NULL,
    revision integer NOT NULL CHECK (revision >= 1),
    import_id bigint NOT NULL,
    operation text NOT NULL CHECK (operation IN ('created', 'updated', 'removed')),
    before text,
    PRIMARY KEY (partnership_id, revision),
    CHECK ((operation = 'created') = (before IS NULL))
);

CREATE TABLE tokens (
    name text NOT NULL PRIMARY KEY,
    role text NOT NULL CHECK (role IN ('reader', 'importer', 'admin')),
    hash bytea NOT NULL UNIQUE,
    created_at timestamp NOT NULL,
    last_used_at timestamp,
    revoked_at timestamp
);
