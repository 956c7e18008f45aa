"""Checks features by the JSON Schema that their collection links with `describedby`, and that schema
by its own; prints what is wrong as a JSON list.

usage: schemas_hold.py http://127.0.0.1:8080/api
"""
import json
import sys
import urllib.request

from jsonschema import Draft202012Validator


def fetch(url):
    with urllib.request.urlopen(url) as response:
        return json.load(response)


wrong, checked = [], 0
for collection in fetch(f"{sys.argv[1]}/collections")["collections"]:
    links = collection["links"]
    [schema] = [link["href"] for link in links if link["rel"] == "describedby"]
    schema = fetch(schema)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    page = next(link["href"] for link in links if link["rel"] == "items" and "geo+json" in link["type"])
    while page:
        features = fetch(page)
        for feature in features["features"]:
            checked += 1
            wrong += [f"{feature['id']}: {error.message[:200]}" for error in validator.iter_errors(feature)]
        page = next((link["href"] for link in features["links"] if link["rel"] == "next"), None)
print(json.dumps({"wrong": wrong[:20], "checked": checked}))
