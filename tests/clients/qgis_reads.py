"""Opens `partnerships` in QGIS (its OAPIF provider, without a screen) and counts, as JSON: all
features, those of a country by the layer's own filter, and those inside a box of coordinates.

usage: QT_QPA_PLATFORM=offscreen qgis_reads.py http://127.0.0.1:8080/api
"""
import json
import sys

from qgis.core import QgsApplication, QgsFeatureRequest, QgsRectangle, QgsVectorLayer

QgsApplication.setPrefixPath("/usr", True)
application = QgsApplication([], False)
application.initQgis()


def opened():
    layer = QgsVectorLayer(f"url='{sys.argv[1]}' typename='partnerships'", "it", "OAPIF")
    assert layer.isValid(), layer.error().message()
    return layer


def count(layer, request=None):
    return sum(1 for _ in layer.getFeatures(request or QgsFeatureRequest()))


def read():
    everything, german = opened(), opened()
    assert german.setSubsetString("\"country_code\" = 'DE'"), german.error().message()
    box = QgsFeatureRequest().setFilterRect(QgsRectangle(-20, 0, 20, 20))
    return {
        "all": count(everything),
        "german": count(german),
        "box": count(everything, box),
        "fields": [field.name() for field in everything.fields()],
        "crs": everything.crs().authid(),
    }


# layers must be gone before QGIS is
print(json.dumps(read()))
application.exitQgis()
