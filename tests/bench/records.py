#!/usr/bin/env python3
"""Writes partnerships in the columns of the native CSV, for tests of load and speed.

    tests/bench/records.py ROWS [--messy] [--seed N] > rows.csv

Places are those of import/reference, combined at random: towns, codes and positions are real, the
partnerships are not. Equal arguments give equal bytes. --messy writes the same facts as spreadsheets do:
labels instead of codes, 31/12/2024, decimal commas, amounts with spaces and a sign, stray spaces.
Needs the command zstd.
"""

import argparse
import csv
import io
import pathlib
import random
import subprocess
import sys
import zipfile

IMPORT = pathlib.Path(__file__).resolve().parents[2] / "import"
COMMUNES = 6_000
TOWNS = 20_000
COLUMNS = ("identifiant,intitule,type_lien,statut,date_debut,date_fin,collectivite,collectivite_code,"
           "collectivite_type,partenaire,partenaire_pays,partenaire_region,longitude,latitude,themes,odd,"
           "description,budget_eur,financeurs,url,verifie_le").split(",")


def table(name):
    path = IMPORT / name
    if path.suffix != ".zst":
        text = path.read_text(encoding="utf-8")
    else:
        text = subprocess.run(["zstd", "-dc", path], check=True, capture_output=True).stdout.decode()
    return list(csv.DictReader(io.StringIO(text)))


def towns():
    """The towns of the gazetteer, by country and area, with their countries."""
    with zipfile.ZipFile(IMPORT / "reference/cities.zip") as archive:
        for member in archive.namelist():
            text = archive.read(member).decode()
            for town in csv.DictReader(io.StringIO(text)):
                yield town | {"country": member.removesuffix(".csv")}


def labels(vocabulary):
    return {term["code"]: term["fr"] for term in table(f"vocabularies/{vocabulary}.csv")}


def largest(places, number):
    return sorted(places, key=lambda place: -int(place["population"] or 0))[:number]


class Facts:
    """Draws one partnership after another."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.countries = {country["alpha2"]: country for country in table("reference/countries.csv")}
        self.communes = largest(table("reference/communes.csv.zst"), COMMUNES)
        abroad = (town for town in towns()
                  if self.countries.get(town["country"], {}).get("french") == "0")
        self.towns = largest(abroad, TOWNS)
        self.kinds, self.statuses, self.themes = map(labels, ("kinds", "statuses", "themes"))

    def draw(self, number):
        chance = self.random
        # large communes have more partnerships than small ones
        home = self.communes[int(chance.random() ** 2 * len(self.communes))]
        town = chance.choice(self.towns)
        themes = chance.sample(list(self.themes), chance.choice([1, 1, 2, 3]))
        year, month, day = chance.randint(1950, 2025), chance.randint(1, 12), chance.randint(1, 28)
        status = chance.choice(list(self.statuses))
        ended = status == "termine" and chance.random() < 0.5
        return {
            "identifiant": f"R-{number:08}",
            "intitule": f"{home['name']} – {town['name']}",
            "type_lien": chance.choice(list(self.kinds)),
            "statut": status,
            "date_debut": f"{year}-{month:02}-{day:02}",
            "date_fin": f"{year + chance.randint(1, 9)}-12-31" if ended else "",
            "collectivite": home["name"],
            "collectivite_code": home["insee"],
            "collectivite_type": "commune",
            "partenaire": town["name"],
            "partenaire_pays": town["country"],
            "longitude": town["lon"],
            "latitude": town["lat"],
            "themes": "|".join(themes),
            "odd": "|".join(str(goal) for goal in sorted(chance.sample(range(1, 18), 2))),
            "description": f"Projet {number} de {home['name']} avec {town['name']} : "
                           f"{', '.join(self.themes[theme] for theme in themes)}.",
            "budget_eur": str(chance.randint(1, 900) * 500) if chance.random() < 0.5 else "",
            "url": f"https://www.example.org/projets/{number}",
            "verifie_le": "2024-06-30",
        }

    def messy(self, row, number):
        year, month, day = row["date_debut"].split("-")
        country = self.countries[row["partenaire_pays"]]
        spellings = [country["name_fr"], country["name_en"].upper(), f" {country['alpha3']}"]
        return row | {
            "type_lien": self.kinds[row["type_lien"]].upper(),
            "statut": f"{self.statuses[row['statut']]} ",
            "date_debut": f"{day}/{month}/{year}",
            "partenaire_pays": spellings[number % len(spellings)],
            "longitude": row["longitude"].replace(".", ","),
            "latitude": row["latitude"].replace(".", ","),
            "themes": " | ".join(self.themes[theme] for theme in row["themes"].split("|")),
            "budget_eur": row["budget_eur"] and f"{int(row['budget_eur']):,} €".replace(",", "\u00a0"),
        }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", type=int)
    parser.add_argument("--messy", action="store_true", help="written as spreadsheets do")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    facts = Facts(arguments.seed)
    sys.stdout.reconfigure(encoding="utf-8", newline="")
    style = {"delimiter": ";", "lineterminator": "\r\n"} if arguments.messy else {"lineterminator": "\n"}
    out = csv.DictWriter(sys.stdout, COLUMNS, restval="", **style)
    out.writeheader()
    for number in range(arguments.rows):
        row = facts.draw(number)
        out.writerow(facts.messy(row, number) if arguments.messy else row)


main()
