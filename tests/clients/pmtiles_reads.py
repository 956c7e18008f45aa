"""Reads a PMTiles file by the reader of the format's makers and compares each of its tiles with the
one that a server gives for the same filters: FILE ADDRESS QUERY. Those of the deepest level are not
compared, since places stand by themselves there, and a server has deeper ones. Prints, as JSON, the
levels, how many tiles were read, which are others, and the layers that the metadata names.
"""
import gzip
import json
import sys
import urllib.request

from pmtiles.reader import MmapSource, Reader, all_tiles

path, address, query = sys.argv[1:]
with open(path, "rb") as file:
    source = MmapSource(file)
    reader = Reader(source)
    header = reader.header()
    tiles = {place: gzip.decompress(tile) for place, tile in all_tiles(source)}
    layers = [layer["id"] for layer in reader.metadata()["vector_layers"]]


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
}))
