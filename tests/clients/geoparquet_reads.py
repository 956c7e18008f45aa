"""Reads GeoParquet by Arrow and the same features as GeoJSON, and prints, as JSON, what differs: FILE
GEOJSON. A geometry of one part and the same as one of many are no difference.
"""
import datetime
import json
import sys

import pyarrow.parquet
import shapely

parquet = pyarrow.parquet.ParquetFile(sys.argv[1])
with open(sys.argv[2], encoding="utf-8") as file:
    features = json.load(file)["features"]
table = parquet.read()
geo = json.loads(parquet.metadata.metadata[b"geo"])
column = geo["columns"][geo["primary_column"]]
covering = column["covering"]["bbox"]
wrong = [] if covering["xmin"] == ["bbox", "xmin"] and geo["version"] == "1.1.0" and column["encoding"] == "WKB" else [geo]


def parts(shape):
    """The parts of a geometry."""
    return [] if shape is None or shape.is_empty else list(getattr(shape, "geoms", [shape]))


def plain(value, wanted):
    """A value of a column as GeoJSON has it."""
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, datetime.date):
        return value.isoformat()
    return json.loads(value) if isinstance(wanted, (list, dict)) else value


rows = table.to_pylist()
if len(rows) != len(features):
    wrong.append(f"{len(rows)} rows of {len(features)} features")
bounds = []
for row, feature in zip(rows, features):
    written = row.pop(geo["primary_column"])
    shape = shapely.from_wkb(written) if written else None
    around = row.pop("bbox")
    sides = tuple(around[side] for side in ("xmin", "ymin", "xmax", "ymax")) if around else None
    if sides != (shape.bounds if shape is not None else None):
        wrong.append(f"{row['id']}: the box is {sides}")
    if shape is not None:
        bounds.append(shape.bounds)
        if [shape.geom_type] != column["geometry_types"]:
            wrong.append(shape.geom_type)
    wanted = shapely.from_geojson(json.dumps(feature["geometry"])) if feature["geometry"] else None
    if parts(shape) != parts(wanted):
        wrong.append(f"{row['id']}: {shape} is not {wanted}")
    properties = feature["properties"]
    for name, value in row.items():
        value = plain(value, properties.get(name))
        if value != properties.get(name):
            wrong.append(f"{row['id']}: {name}: {value} is not {properties.get(name)}")
if bounds:
    west, south, east, north = zip(*bounds)
    if column["bbox"] != [min(west), min(south), max(east), max(north)]:
        wrong.append(column["bbox"])
kinds = {field.name: str(field.type) for field in table.schema}
print(json.dumps({"wrong": wrong, "rows": len(rows), "kinds": kinds}))
