"""Writes the description of a server as schemathesis is to test it.

usage: prepare.py URL FOLDER

The document is validated, then made stricter and runnable where OpenAPI cannot say it:
- objects take no member that is not described: no undocumented shape passes;
- `limit` has no maximum: OGC API - Features has more than the most taken as the most;
- `cursor` is one that the collection has really given;
- the example of an import is one that waits to be agreed to, with a row to correct;
- one title is told what it is, as two cannot be the same;
- a CQL2 filter is one of a list: that any text in CQL2 is answered has tests of its own.
"""
import json
import os
import pathlib
import sys
import time
import urllib.request

from openapi_spec_validator import validate

IMPORT = """collectivite,partenaire,partenaire_pays
Lyon,Bamako,ML
Lyon,Bamako,Nulle-Part
"""
FILTERS = {
    "filter": ["1 = 1", "NOT (1 = 2)"],
    "filter-lang": ["cql2-text"],
}
# what changes the register, or who may do so
WRITING = ("/api/imports", "/api/merges", "/api/splits", "/api/session", "/api/me", "/api/partnerships",
           "/api/proposals", "/api/verifications")

DIRECTORY = tuple(f"/api/collections/{kind}/items" for kind in ("actors", "schemes", "calls"))


def fetch(url):
    with urllib.request.urlopen(url) as response:
        return json.load(response)


def close(value):
    """Members that are not described are wrong, but where parts are put together."""
    if isinstance(value, list):
        for item in value:
            close(item)
    elif isinstance(value, dict):
        for name, member in value.items():
            if name not in ("allOf", "oneOf", "anyOf", "example", "enum"):
                close(member)
        if value.get("type") == "object" and "properties" in value:
            value.setdefault("additionalProperties", False)


def cursor(url, path):
    # what changed since now is nothing
    since = "&since=0" if path == "/api/changes" else ""
    page = fetch(f"{url}{path}?limit=1{since}")
    following = next(link["href"] for link in page["links"] if link["rel"] == "next")
    return following.split("cursor=")[1].split("&")[0]


def entity_queryables(url):
    """What authorities and territories can be asked for by, and partnerships cannot."""
    collections = [one["id"] for one in fetch(f"{url}/api/collections")["collections"]]
    collections = [one for one in collections if not f"/api/collections/{one}/items".startswith(DIRECTORY)]
    names = {one: set(fetch(f"{url}/api/collections/{one}/queryables")["properties"]) for one in collections}
    return sorted(set().union(*names.values()) - names["partnerships"])


def planned_import(url):
    """The number of an import with a row that can be written and one that cannot."""
    request = urllib.request.Request(
        f"{url}/api/imports?dry_run=true&source=essai", data=IMPORT.encode(),
        headers={"Authorization": f"Bearer {os.environ['TOKEN']}", "Content-Type": "text/csv"})
    while True:
        with urllib.request.urlopen(request) as response:
            found = json.load(response)
        if found["state"] == "planned":
            return found["id"]
        time.sleep(0.1)
        request = urllib.request.Request(f"{url}/api/imports/{found['id']}", headers=request.headers)


def main():
    url, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    document = fetch(f"{url}/api/openapi.json")
    validate(document)
    # whole paths: schemathesis asks all of them of one server
    document["paths"] = {
        path if item.pop("servers", None) else ("/api" + path).rstrip("/"): item
        for path, item in document["paths"].items()
    }
    document["servers"] = [{"url": url}]
    components = document["components"]
    # problems are put together of two: the common part stays open
    for name, schema in components["schemas"].items():
        if name not in ("Problem", "Issue", "Link"):
            close(schema)
    parameters = components["parameters"]
    parameters["limit"]["schema"].pop("maximum", None)
    for name, values in FILTERS.items():
        if name in parameters:
            parameters[name]["schema"] = {"type": "string", "enum": values}
            parameters[name].pop("example", None)
    components["schemas"]["PlanRequest"]["properties"]["columns"]["maxProperties"] = 1
    components["schemas"]["PlanRequest"]["properties"]["values"]["maxProperties"] = 1
    # what there is, of texts of the same shape
    known = {
        "MembershipRequest": {"scope": {"type": "string", "enum": ["authority:35238", "country:ML"]},
                              "email": {"type": "string", "enum": ["nom@ville.example"]}},
        "SignIn": {"email": {"type": "string", "enum": ["nom@ville.example"]}},
        "RulingRequest": {"refused": {"type": "object", "maxProperties": 0}},
    }
    for name, members in known.items():
        components["schemas"][name]["properties"].update(members)
    for path, item in document["paths"].items():
        listed = item.get("get", {}).get("parameters", [])
        if path == "/api/matches":
            for parameter in listed:
                if parameter.get("name") == "collectivity":
                    parameter["schema"] = {"type": "string", "enum": ["35238"]}
        if path.startswith(DIRECTORY):
            # a page begins after a record that its filters leave
            listed[:] = [one for one in listed if one.get("$ref") != "#/components/parameters/cursor"]
    planned = planned_import(url)
    for path, item in document["paths"].items():
        for operation in item.values():
            for parameter in operation.get("parameters", []):
                if parameter.get("name") == "id" and path.startswith("/api/imports/"):
                    parameter["example"] = planned
    shared = parameters.pop("cursor")
    cursors = []
    for path, item in document["paths"].items():
        listed = item.get("get", {}).get("parameters", [])
        for place, parameter in enumerate(listed):
            if parameter.get("$ref") == "#/components/parameters/cursor":
                known = cursor(url, path)
                cursors.append(known)
                listed[place] = {**shared, "schema": {"type": "string", "enum": [known]}, "example": known}
    (folder / "cursors").write_text("\n".join(cursors))
    (folder / "entity-queryables").write_text("\n".join(entity_queryables(url)))
    for part in ("reading", "importing"):
        imports = part == "importing"
        paths = {path: item for path, item in document["paths"].items()
                 if imports == path.startswith(WRITING)}
        (folder / f"{part}.json").write_text(json.dumps({**document, "paths": paths}))


main()
