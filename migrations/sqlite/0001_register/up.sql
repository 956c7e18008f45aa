-- The register. The same tables and columns stand in migrations/postgres/0001_register.
-- Rows are numbered by the program inside the one writing transaction, and none of
-- `partnerships` is ever deleted, so that no number is given twice.

CREATE TABLE dataset (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    version INTEGER NOT NULL CHECK (version >= 0)
) STRICT;
INSERT INTO dataset (id, version) VALUES (1, 0);

CREATE TABLE imports (
    id INTEGER NOT NULL PRIMARY KEY,
    source TEXT NOT NULL,
    file TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    mode TEXT NOT NULL,
    actor TEXT NOT NULL,
    started_at TEXT NOT NULL,
    finished_at TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'committed',
    rows_read INTEGER NOT NULL CHECK (rows_read >= 0),
    created INTEGER NOT NULL CHECK (created >= 0),
    updated INTEGER NOT NULL CHECK (updated >= 0),
    unchanged INTEGER NOT NULL CHECK (unchanged >= 0),
    removed INTEGER NOT NULL CHECK (removed >= 0),
    rejected INTEGER NOT NULL CHECK (rejected >= 0),
    repeated INTEGER NOT NULL CHECK (repeated >= 0),
    skipped INTEGER NOT NULL CHECK (skipped >= 0)
) STRICT;

CREATE TABLE import_issues (
    import_id INTEGER NOT NULL REFERENCES imports (id),
    position INTEGER NOT NULL,
    line INTEGER NOT NULL,
    column_name TEXT,
    code TEXT NOT NULL,
    severity TEXT NOT NULL CHECK (severity IN ('warning', 'error')),
    value TEXT,
    suggestion TEXT,
    PRIMARY KEY (import_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE collectivities (
    id INTEGER NOT NULL PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    department TEXT,
    region TEXT,
    longitude REAL CHECK (longitude BETWEEN -180 AND 180),
    latitude REAL CHECK (latitude BETWEEN -90 AND 90),
    CHECK ((longitude IS NULL) = (latitude IS NULL))
) STRICT;

-- One row is one foreign authority exactly as records write it; `fingerprint` is a hash of all
-- the other columns but `id`.
CREATE TABLE partners (
    id INTEGER NOT NULL PRIMARY KEY,
    fingerprint BLOB NOT NULL UNIQUE CHECK (length(fingerprint) = 16),
    country TEXT NOT NULL,
    name TEXT NOT NULL,
    region TEXT,
    longitude REAL CHECK (longitude BETWEEN -180 AND 180),
    latitude REAL CHECK (latitude BETWEEN -90 AND 90),
    position_source TEXT CHECK (position_source IN ('given', 'gazetteer')),
    CHECK ((longitude IS NULL) = (latitude IS NULL)),
    CHECK ((longitude IS NULL) = (position_source IS NULL))
) STRICT;

-- `import_id` is the import that last changed the record; its `finished_at` is when.
CREATE TABLE partnerships (
    id INTEGER NOT NULL PRIMARY KEY,
    source TEXT NOT NULL,
    key TEXT NOT NULL,
    title TEXT NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    start_date TEXT,
    end_date TEXT,
    description TEXT,
    budget_cents INTEGER CHECK (budget_cents >= 0),
    url TEXT,
    verified_on TEXT,
    content_hash BLOB NOT NULL CHECK (length(content_hash) = 16),
    revision INTEGER NOT NULL CHECK (revision >= 1),
    import_id INTEGER NOT NULL REFERENCES imports (id),
    removed INTEGER NOT NULL CHECK (removed IN (0, 1)),
    UNIQUE (source, key)
) STRICT;

CREATE TABLE partnership_collectivities (
    partnership_id INTEGER NOT NULL REFERENCES partnerships (id),
    position INTEGER NOT NULL,
    collectivity_id INTEGER NOT NULL REFERENCES collectivities (id),
    PRIMARY KEY (partnership_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE partnership_partners (
    partnership_id INTEGER NOT NULL REFERENCES partnerships (id),
    position INTEGER NOT NULL,
    partner_id INTEGER NOT NULL REFERENCES partners (id),
    PRIMARY KEY (partnership_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE partnership_themes (
    partnership_id INTEGER NOT NULL REFERENCES partnerships (id),
    position INTEGER NOT NULL,
    theme TEXT NOT NULL,
    PRIMARY KEY (partnership_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE partnership_sdgs (
    partnership_id INTEGER NOT NULL REFERENCES partnerships (id),
    sdg INTEGER NOT NULL CHECK (sdg BETWEEN 1 AND 17),
    PRIMARY KEY (partnership_id, sdg)
) STRICT, WITHOUT ROWID;

CREATE TABLE partnership_funders (
    partnership_id INTEGER NOT NULL REFERENCES partnerships (id),
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (partnership_id, position)
) STRICT, WITHOUT ROWID;

-- What a record was before each change, as JSON (src/storage/history.rs). What it was after is
-- the `before` of its next row, or the record itself.
CREATE TABLE history (
    partnership_id INTEGER NOT NULL REFERENCES partnerships (id),
    revision INTEGER NOT NULL CHECK (revision >= 1),
    import_id INTEGER NOT NULL REFERENCES imports (id),
    operation TEXT NOT NULL CHECK (operation IN ('created', 'updated', 'removed')),
    before TEXT,
    PRIMARY KEY (partnership_id, revision),
    CHECK ((operation = 'created') = (before IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE tokens (
    name TEXT NOT NULL PRIMARY KEY,
    role TEXT NOT NULL CHECK (role IN ('reader', 'importer', 'admin')),
    hash BLOB NOT NULL UNIQUE,
    created_at TEXT NOT NULL,
    last_used_at TEXT,
    revoked_at TEXT
) STRICT;
