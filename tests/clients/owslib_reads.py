"""What OWSLib reads of an API, as JSON: the items of each collection, of a filter, and one item.

usage: owslib_reads.py http://127.0.0.1:8080/api
"""
import json
import sys

from owslib.ogcapi.features import Features

api = Features(sys.argv[1])
counts, walked = {}, {}
for collection in api.feature_collections():
    page = api.collection_items(collection, limit=100)
    counts[collection] = page["numberMatched"]
    walked[collection] = len(page["features"])
    first = page["features"][0]
    assert api.collection_item(collection, first["id"])["properties"] == first["properties"]
    assert api.collection(collection)["id"] == collection

filtered = api.collection_items("partnerships", bbox=[-20, 0, 20, 20], theme="sante", limit=10000)
print(
    json.dumps(
        {
            "openapi": api.api()["openapi"],
            "classes": len(api.conformance()["conformsTo"]),
            "counts": counts,
            "walked": walked,
            "filtered": filtered["numberReturned"],
        }
    )
)
