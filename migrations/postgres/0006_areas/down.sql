-- The older schema knows no such positions: they stay as given ones.
UPDATE partners SET position_source = 'given' WHERE position_source IN ('area', 'elsewhere');
ALTER TABLE partners DROP CONSTRAINT partners_position_source_check;
ALTER TABLE partners ADD CONSTRAINT partners_position_source_check
    CHECK (position_source IN ('given', 'gazetteer'));
ALTER TABLE partners DROP COLUMN area;
