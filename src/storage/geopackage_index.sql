-- The spatial index of LAYER (annex F.3), once it is filled: what a program that changes features
-- has to do about it. The functions are those that such a program brings.
CREATE TRIGGER rtree_LAYER_geom_insert AFTER INSERT ON LAYER
    WHEN new.geom NOT NULL AND NOT ST_IsEmpty(new.geom)
BEGIN
    INSERT OR REPLACE INTO rtree_LAYER_geom VALUES
        (new.fid, ST_MinX(new.geom), ST_MaxX(new.geom), ST_MinY(new.geom), ST_MaxY(new.geom));
END;
CREATE TRIGGER rtree_LAYER_geom_update1 AFTER UPDATE OF geom ON LAYER
    WHEN old.fid = new.fid AND new.geom NOT NULL AND NOT ST_IsEmpty(new.geom)
BEGIN
    INSERT OR REPLACE INTO rtree_LAYER_geom VALUES
        (new.fid, ST_MinX(new.geom), ST_MaxX(new.geom), ST_MinY(new.geom), ST_MaxY(new.geom));
END;
CREATE TRIGGER rtree_LAYER_geom_update2 AFTER UPDATE OF geom ON LAYER
    WHEN old.fid = new.fid AND (new.geom IS NULL OR ST_IsEmpty(new.geom))
BEGIN
    DELETE FROM rtree_LAYER_geom WHERE id = old.fid;
END;
CREATE TRIGGER rtree_LAYER_geom_update3 AFTER UPDATE ON LAYER
    WHEN old.fid != new.fid AND new.geom NOT NULL AND NOT ST_IsEmpty(new.geom)
BEGIN
    DELETE FROM rtree_LAYER_geom WHERE id = old.fid;
    INSERT OR REPLACE INTO rtree_LAYER_geom VALUES
        (new.fid, ST_MinX(new.geom), ST_MaxX(new.geom), ST_MinY(new.geom), ST_MaxY(new.geom));
END;
CREATE TRIGGER rtree_LAYER_geom_update4 AFTER UPDATE ON LAYER
    WHEN old.fid != new.fid AND (new.geom IS NULL OR ST_IsEmpty(new.geom))
BEGIN
    DELETE FROM rtree_LAYER_geom WHERE id IN (old.fid, new.fid);
END;
CREATE TRIGGER rtree_LAYER_geom_delete AFTER DELETE ON LAYER
    WHEN old.geom NOT NULL
BEGIN
    DELETE FROM rtree_LAYER_geom WHERE id = old.fid;
END;
