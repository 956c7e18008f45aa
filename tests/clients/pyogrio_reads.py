"""What pyogrio (a recent GDAL) reads of `partnerships` by the API, as JSON: the types of its fields,
each row without its geometry, the rows of a condition, and what was asked of the server for them.

usage: pyogrio_reads.py http://127.0.0.1:8080/api CONDITION
"""
import json
import os
import sys
import tempfile

with tempfile.TemporaryDirectory() as folder:
    log = os.path.join(folder, "log")
    os.environ.update(CPL_DEBUG="ON", CPL_LOG=log)
    import pyogrio

    source, condition = f"OAPIF:{sys.argv[1]}", sys.argv[2]
    info = pyogrio.read_info(source, layer="partnerships")
    _, table = pyogrio.read_arrow(source, layer="partnerships")
    # GDAL pushes a box without half of the world down as well
    with open(log, encoding="utf-8") as file:
        before = len(file.read())
    _, some = pyogrio.read_arrow(source, layer="partnerships", where=condition)
    with open(log, encoding="utf-8") as file:
        asked = [line for line in file.read()[before:].splitlines() if "/items?" in line]
geometry = [name for name in table.column_names if name.startswith("wkb") or name == "geometry"]
rows = table.drop_columns(geometry).to_pylist()
print(json.dumps({
    "gdal": pyogrio.__gdal_version_string__,
    "kinds": dict(zip(info["fields"].tolist(), info["dtypes"].tolist())),
    "rows": rows,
    "some": some.num_rows,
    "asked": asked,
}, default=str))
