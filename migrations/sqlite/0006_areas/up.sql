-- The areas abroad that partners are or lie in. The same stands in migrations/postgres/0006_areas.
-- SQLite changes no CHECK: both tables are built anew, the one that refers to the other too.

-- `area` is the ISO 3166-2 code, or the GeoNames id of an area that has none.
CREATE TABLE new_partners (
    id INTEGER NOT NULL PRIMARY KEY,
    fingerprint BLOB NOT NULL UNIQUE CHECK (length(fingerprint) = 16),
    country TEXT NOT NULL,
    name TEXT NOT NULL,
    region TEXT,
    longitude REAL CHECK (longitude BETWEEN -180 AND 180),
    latitude REAL CHECK (latitude BETWEEN -90 AND 90),
    position_source TEXT CHECK (position_source IN ('given', 'gazetteer', 'area', 'elsewhere')),
    kind TEXT,
    area TEXT,
    CHECK ((longitude IS NULL) = (latitude IS NULL)),
    CHECK ((longitude IS NULL) = (position_source IS NULL))
) STRICT;
INSERT INTO new_partners
    (id, fingerprint, country, name, region, longitude, latitude, position_source, kind)
SELECT id, fingerprint, country, name, region, longitude, latitude,
    position_source, kind
FROM partners;

CREATE TABLE new_partnership_partners (
    partnership_id INTEGER NOT NULL REFERENCES partnerships (id),
    position INTEGER NOT NULL,
    partner_id INTEGER NOT NULL REFERENCES new_partners (id),
    PRIMARY KEY (partnership_id, position)
) STRICT, WITHOUT ROWID;
INSERT INTO new_partnership_partners SELECT partnership_id, position, partner_id
FROM partnership_partners;

DROP TABLE partnership_partners;
DROP TABLE partners;
ALTER TABLE new_partners RENAME TO partners;
ALTER TABLE new_partnership_partners RENAME TO partnership_partners;
