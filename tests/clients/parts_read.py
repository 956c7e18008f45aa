"""Counts the partnerships in a box as recent readers do it of a file behind an address, without loading it
whole: FlatGeobuf and GeoPackage by pyogrio, GeoParquet by the column of boxes. Prints the counts as JSON.

usage: parts_read.py http://127.0.0.1:8080/api
"""
import io
import json
import sys
import urllib.request

import pyarrow.compute as compute
import pyarrow.parquet
import pyogrio

WEST, SOUTH, EAST, NORTH = -20, 0, 20, 20


class Remote(io.RawIOBase):
    """A file that is read by ranges."""

    def __init__(self, url):
        self.url, self.place = url, 0
        with urllib.request.urlopen(urllib.request.Request(url, method="HEAD")) as answer:
            self.size = int(answer.headers["Content-Length"])

    def seekable(self):
        return True

    def readable(self):
        return True

    def tell(self):
        return self.place

    def seek(self, offset, whence=0):
        self.place = offset + (0, self.place, self.size)[whence]
        return self.place

    def read(self, size=-1):
        end = self.size if size < 0 else min(self.size, self.place + size)
        if end <= self.place:
            return b""
        request = urllib.request.Request(self.url, headers={"Range": f"bytes={self.place}-{end - 1}"})
        with urllib.request.urlopen(request) as answer:
            assert answer.status == 206
            part = answer.read()
        self.place += len(part)
        return part


address = f"{sys.argv[1]}/export/partnerships"
counts = {}
for ending in ("fgb", "gpkg"):
    # FlatGeobuf gives what has a box that meets it, as its index has it
    _, table = pyogrio.read_arrow(f"/vsicurl/{address}.{ending}", bbox=(WEST, SOUTH, EAST, NORTH))
    counts[ending] = table.num_rows
table = pyarrow.parquet.read_table(Remote(f"{address}.parquet"), columns=["id", "bbox", "geometry"])
box = table["bbox"].combine_chunks()
side = {name: compute.struct_field(box, name) for name in ("xmin", "ymin", "xmax", "ymax")}
meets = compute.and_(
    compute.and_(compute.less_equal(side["xmin"], EAST), compute.greater_equal(side["xmax"], WEST)),
    compute.and_(compute.less_equal(side["ymin"], NORTH), compute.greater_equal(side["ymax"], SOUTH)),
)
counts["parquet"] = compute.sum(compute.fill_null(meets, False)).as_py()
print(json.dumps(counts))
