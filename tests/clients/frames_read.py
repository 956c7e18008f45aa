"""What geopandas and DuckDB make of a server's exports, as JSON: how many rows each has of each
format, the sum of their budgets, how many start in 1959 or are without a start, how many have health
among their themes, and what is left of them once each was saved and read again.

usage: frames_read.py http://127.0.0.1:8080/api
"""
import json
import os
import sys
import tempfile
import urllib.request

import duckdb
import geopandas

api = sys.argv[1]
told = {}


def tell(name, rows):
    """Of rows as (budget, start, themes)."""
    rows = list(rows)
    told[name] = {
        "rows": len(rows),
        "budget": round(sum(float(budget) for budget, _, _ in rows if budget == budget and budget is not None), 2),
        "since_1959": sum(start == "1959" for _, start, _ in rows),
        "unknown": sum(start is None or start != start for _, start, _ in rows),
        "health": sum("sante" in (list(themes) if not isinstance(themes, str) else themes) for _, _, themes in rows if themes is not None),
    }


def of_frame(frame):
    columns = [frame[name] for name in ("budget_eur", "start", "themes")]
    return zip(*(column.astype(object).where(column.notna(), None) for column in columns))


with tempfile.TemporaryDirectory() as folder:
    def fetch(name):
        path = os.path.join(folder, name)
        urllib.request.urlretrieve(f"{api}/export/{name}", path)
        return path

    files = {ending: fetch(f"partnerships.{ending}") for ending in ("geojson", "geojsonl", "geojsons", "fgb", "gpkg", "parquet", "csv")}
    for ending in ("geojson", "geojsonl", "geojsons", "fgb", "gpkg"):
        frame = geopandas.read_file(files[ending])
        tell(f"geopandas {ending}", of_frame(frame))
        saved = os.path.join(folder, f"saved-{ending}.gpkg")
        frame.to_file(saved)
        tell(f"geopandas {ending}, saved", of_frame(geopandas.read_file(saved)))
    frame = geopandas.read_parquet(files["parquet"])
    assert frame.crs.equals("OGC:CRS84"), frame.crs
    tell("geopandas parquet", of_frame(frame))
    frame.to_parquet(os.path.join(folder, "saved.parquet"))
    tell("geopandas parquet, saved", of_frame(geopandas.read_parquet(os.path.join(folder, "saved.parquet"))))
    mali = geopandas.read_file(files["gpkg"], where="country_code = 'ML'")
    told["geopandas where"] = len(mali)

    query = duckdb.connect(os.path.join(folder, "duck.db"))
    # without the spatial extension, which a machine without a network does not have
    columns = "budget_eur, start, themes"
    query.execute("SET enable_geoparquet_conversion = false")
    for name, source, wanted in [
        ("parquet", f"read_parquet('{files['parquet']}')", columns),
        # of which it knows GeoJSON by itself
        ("geojsonl", f"read_json('{files['geojsonl']}', format='newline_delimited')", columns),
    ]:
        tell(f"duckdb {name}", query.execute(f"SELECT {wanted} FROM {source}").fetchall())
        query.execute(f"CREATE TABLE {name} AS SELECT {wanted} FROM {source}")
        saved = os.path.join(folder, f"saved-{name}.parquet")
        query.execute(f"COPY {name} TO '{saved}'")
        tell(f"duckdb {name}, saved", query.execute(f"SELECT * FROM read_parquet('{saved}')").fetchall())
    count = query.execute(f"SELECT count(*) FROM read_parquet('{files['parquet']}') WHERE country_code = 'ML'").fetchone()
    told["duckdb where"] = count[0]
    told["duckdb csv"] = query.execute(f"SELECT count(*), round(sum(budget_eur), 2) FROM read_csv('{files['csv']}')").fetchone()
print(json.dumps(told))
