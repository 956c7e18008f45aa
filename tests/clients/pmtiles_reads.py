"""Reads a PMTiles file by the reader of the format's makers and compares each of its tiles with the
one that a server gives for the same filters: FILE ADDRESS QUERY. Those of the deepest level are not
compared, since places stand by themselves there, and a server has deeper ones. Prints, as JSON, the
levels, how many tiles were read, which are others, and the layers that the metadata names.
"""
import gzip
import json
import sys
import urllib.request

import pyogrio
from pmtiles.reader import MmapSource, Reader, all_tiles

path, address, query = sys.argv[1:]
with open(path, "rb") as file:
    source = MmapSource(file)
    reader = Reader(source)
    header = reader.header()
    tiles = {place: gzip.decompress(tile) for place, tile in all_tiles(source)}
    metadata = reader.metadata()
    layers = [layer["id"] for layer in metadata["vector_layers"]]
    stated = [one["attribute"] for one in metadata["tilestats"]["layers"][0]["attributes"]
              if one["type"] == "number" and not one["attribute"].startswith("theme_")]
# the GDAL of pyogrio types its columns by the metadata
about = pyogrio.read_info(path, layer=layers[0])


def served(place):
    z, x, y = place
    with urllib.request.urlopen(f"{address}/{z}/{x}/{y}.mvt?{query}") as answer:
        return answer.read()


print(json.dumps({
    "levels": [header["min_zoom"], header["max_zoom"]],
    "tiles": len(tiles),
    "others": ["/".join(map(str, place)) for place, tile in tiles.items()
               if place[0] < header["max_zoom"] and tile != served(place)],
    "layers": layers,
    "stated": stated,
    "kinds": dict(zip(about["fields"], map(str, about["dtypes"]))),
}))
