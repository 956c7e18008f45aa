-- The areas abroad that partners are or lie in. The same stands in migrations/sqlite/0006_areas.

-- ISO 3166-2 code of the area, or its GeoNames id where it has none.
ALTER TABLE partners ADD COLUMN area text;
ALTER TABLE partners DROP CONSTRAINT partners_position_source_check;
ALTER TABLE partners ADD CONSTRAINT partners_position_source_check
    CHECK (position_source IN ('given', 'gazetteer', 'area', 'elsewhere'));
