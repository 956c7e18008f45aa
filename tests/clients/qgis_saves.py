"""Opens sources in QGIS, saves each by “Save as” as GeoPackage and as GeoJSON, opens these again, and
prints what every layer holds, as JSON: rows, budgets, cents, starts, themes, and what is wrong.

usage: QT_QPA_PLATFORM=offscreen qgis_saves.py FOLDER 'http://127.0.0.1:8080/api?flat=1' FILE.gpkg FILE.geojson
"""
import json
import os
import sys

from qgis.core import NULL, QgsApplication, QgsProject, QgsVectorFileWriter, QgsVectorLayer

QgsApplication.setPrefixPath("/usr", True)
application = QgsApplication([], False)
application.initQgis()


def held(layer):
    """What the features of a layer say."""
    wrong = [] if layer.isValid() else [layer.error().message()]
    rows = [{field.name(): feature[field.name()] for field in layer.fields()} for feature in layer.getFeatures()]
    known = [row["budget_eur"] for row in rows if row["budget_eur"] != NULL]
    themes = [row["themes"] for row in rows if row["themes"] != NULL]
    themes = [json.loads(text) if isinstance(text, str) and text.startswith("[") else text for text in themes]
    themes = [[one for one in some.split("|") if one] if isinstance(some, str) else some for some in themes]
    return {
        "rows": len(rows),
        "budgets": len(known),
        "cents": sum(round(amount * 100) for amount in known),
        "starts": sorted("" if row["start"] == NULL else str(row["start"]) for row in rows),
        "themes": sum(len(some) for some in themes),
        "wrong": wrong,
    }


def saved(layer, path, driver):
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName = driver
    context = QgsProject.instance().transformContext()
    fault, message, *_ = QgsVectorFileWriter.writeAsVectorFormatV3(layer, path, context, options)
    return [] if fault == QgsVectorFileWriter.NoError else [message]


def read():
    folder, api, *files = sys.argv[1:]
    sources = {"api": (f"url='{api}' typename='partnerships'", "OAPIF")}
    sources.update({os.path.splitext(file)[1][1:]: (file, "ogr") for file in files})
    found = {}
    for name, (source, provider) in sources.items():
        layer = QgsVectorLayer(source, name, provider)
        found[name] = held(layer)
        for driver, ending in [("GPKG", "gpkg"), ("GeoJSON", "geojson")]:
            path = os.path.join(folder, f"of-{name}.{ending}")
            wrong = saved(layer, path, driver)
            again = held(QgsVectorLayer(path, name, "ogr"))
            again["wrong"] += wrong
            found[f"{name}, saved as {driver}"] = again
    return found


# layers must be gone before QGIS is
print(json.dumps(read()))
application.exitQgis()
