"""Reads a DCAT-AP description from standard input as RDF and says what is wrong with it, as a JSON
list: what DCAT-AP 3.0 makes mandatory or restricts to a list of the European Union.
"""
import json
import sys

from rdflib import DCAT, DCTERMS, FOAF, RDF, Graph, Literal, Namespace, URIRef

AUTHORITY = "http://publications.europa.eu/resource/authority/"
DCATAP = Namespace("http://data.europa.eu/r5r/")
graph = Graph().parse(data=sys.stdin.read(), format="json-ld")
wrong = []


def require(kind, properties):
    """Every node of a kind has each property, as a literal or as a resource."""
    nodes = list(graph.subjects(RDF.type, kind))
    if not nodes:
        wrong.append(f"there is no {kind}")
    for node in nodes:
        for name, form in properties.items():
            values = list(graph.objects(node, name))
            if not values or not all(isinstance(value, form) for value in values):
                wrong.append(f"{node}: {name}: {values}")


texts = {DCTERMS.title: Literal, DCTERMS.description: Literal}
require(DCAT.Catalog, {**texts, DCTERMS.publisher: URIRef, DCAT.dataset: URIRef})
require(DCAT.Dataset, {**texts, DCTERMS.publisher: URIRef, DCAT.theme: URIRef, DCAT.distribution: URIRef})
require(DCAT.DataService, {DCTERMS.title: Literal, DCAT.endpointURL: URIRef, DCAT.servesDataset: URIRef})
require(DCAT.Distribution, {DCAT.accessURL: URIRef, DCTERMS.license: URIRef, DCAT.mediaType: URIRef})
require(FOAF.Agent, {FOAF.name: Literal})
lists = {
    DCAT.theme: "data-theme/", DCTERMS.language: "language/", DCTERMS.accessRights: "access-right/",
    DCTERMS["format"]: "file-type/", DCATAP.availability: "planned-availability/",
}
for name, known in lists.items():
    values = list(graph.objects(None, name))
    if not values:
        wrong.append(f"nothing has {name}")
    wrong += [f"{name}: {value}" for value in values if not str(value).startswith(AUTHORITY + known)]
# what is named within the document is described in it
own = {node for node in graph.subjects(RDF.type, None)}
wrong += [f"{node} is named and not described" for node in graph.objects() if "dcat.jsonld#" in str(node) and not isinstance(node, Literal) and node not in own]
print(json.dumps(wrong))
