"""Reads a DCAT-AP description from standard input as RDF and says what is wrong with it, as a JSON
list: what DCAT-AP 2.1.1 or 3.0 makes mandatory, the classes of what properties name, how many of each
there may be, and the lists of the European Union that they are taken from.
"""
import json
import sys

from rdflib import DCAT, DCTERMS, FOAF, RDF, SKOS, XSD, Graph, Literal, Namespace, URIRef

AUTHORITY = "http://publications.europa.eu/resource/authority/"
DCATAP = Namespace("http://data.europa.eu/r5r/")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
MANY = 10_000
FORMAT = DCTERMS["format"]
TITLE = DCTERMS["title"]
graph = Graph().parse(data=sys.stdin.read(), format="json-ld")
wrong = []

# for each class the least and the most of each property, and what it is: a literal, of a type or of
# any, an address, or a node of a class. Where 2.1.1 and 3.0 differ, the stricter.
PROFILE = {
    DCAT.Catalog: {
        TITLE: (1, MANY, Literal), DCTERMS.description: (1, MANY, Literal), DCTERMS.publisher: (1, 1, FOAF.Agent),
        DCAT.dataset: (1, MANY, DCAT.Dataset), DCAT.service: (0, MANY, DCAT.DataService), FOAF.homepage: (0, 1, FOAF.Document),
        DCTERMS.language: (0, MANY, DCTERMS.LinguisticSystem), DCAT.themeTaxonomy: (0, MANY, SKOS.ConceptScheme),
        DCTERMS.license: (0, 1, DCTERMS.LicenseDocument), DCTERMS.modified: (0, 1, Literal),
    },
    DCAT.Dataset: {
        TITLE: (1, MANY, Literal), DCTERMS.description: (1, MANY, Literal), DCTERMS.publisher: (0, 1, FOAF.Agent),
        DCAT.contactPoint: (0, MANY, VCARD.Kind), DCAT.theme: (1, MANY, SKOS.Concept), DCAT.keyword: (1, MANY, Literal),
        DCAT.distribution: (1, MANY, DCAT.Distribution), DCTERMS.spatial: (0, MANY, DCTERMS.Location),
        DCTERMS.temporal: (0, MANY, DCTERMS.PeriodOfTime), DCTERMS.accessRights: (0, 1, DCTERMS.RightsStatement),
        DCTERMS.language: (0, MANY, DCTERMS.LinguisticSystem), DCAT.landingPage: (0, MANY, FOAF.Document),
        FOAF.page: (0, MANY, FOAF.Document), DCTERMS.modified: (0, 1, XSD.dateTime), DCTERMS.identifier: (0, MANY, Literal),
        DCAT.version: (0, 1, Literal), DCTERMS.conformsTo: (0, MANY, DCTERMS.Standard),
    },
    DCAT.Distribution: {
        DCAT.accessURL: (1, MANY, URIRef), DCAT.downloadURL: (0, MANY, URIRef), TITLE: (0, MANY, Literal),
        DCTERMS.license: (1, 1, DCTERMS.LicenseDocument), FORMAT: (0, 1, DCTERMS.MediaTypeOrExtent),
        DCAT.mediaType: (0, 1, DCTERMS.MediaType), DCTERMS.conformsTo: (0, MANY, DCTERMS.Standard),
        DCATAP.availability: (0, 1, SKOS.Concept), DCAT.accessService: (0, MANY, DCAT.DataService),
    },
    DCAT.DataService: {
        TITLE: (1, MANY, Literal), DCAT.endpointURL: (1, MANY, URIRef), DCAT.endpointDescription: (0, MANY, URIRef),
        DCAT.servesDataset: (0, MANY, DCAT.Dataset), DCTERMS.license: (0, 1, DCTERMS.LicenseDocument),
        DCTERMS.accessRights: (0, 1, DCTERMS.RightsStatement), DCTERMS.conformsTo: (0, MANY, DCTERMS.Standard),
    },
    FOAF.Agent: {FOAF.name: (1, MANY, Literal)},
    SKOS.ConceptScheme: {TITLE: (1, MANY, Literal)},
    SKOS.Concept: {SKOS.prefLabel: (1, MANY, Literal)},
    DCTERMS.PeriodOfTime: {DCAT.startDate: (0, 1, XSD.date), DCAT.endDate: (0, 1, XSD.date)},
    DCTERMS.Location: {DCAT.bbox: (0, 1, Literal)},
}


def fits(value, kind):
    """Whether a value is what a property is to have."""
    if kind in (Literal, URIRef):
        return isinstance(value, kind)
    if kind in (XSD.date, XSD.dateTime):
        return isinstance(value, Literal) and value.datatype == kind and not value.ill_typed
    return (value, RDF.type, kind) in graph


for kind, properties in PROFILE.items():
    nodes = list(graph.subjects(RDF.type, kind))
    if not nodes:
        wrong.append(f"there is no {kind}")
    for node in nodes:
        for name, (least, most, of) in properties.items():
            values = list(graph.objects(node, name))
            if not least <= len(values) <= most or not all(fits(value, of) for value in values):
                wrong.append(f"{node}: {name}: {values}")
        for name in (TITLE, DCTERMS.description, SKOS.prefLabel):
            languages = [value.language for value in graph.objects(node, name)]
            if len(languages) != len(set(languages)):
                wrong.append(f"{node}: {name}: {languages}")
        unknown = set(graph.predicates(node)) - set(properties) - {RDF.type, VCARD.fn}
        # a node may be of two classes: what none of them knows is told
        of_others = {name for other, others in PROFILE.items() if (node, RDF.type, other) in graph for name in others}
        wrong += [f"{node}: {name} is not a property of it" for name in unknown - of_others]
lists = {
    DCAT.theme: "data-theme/", DCTERMS.language: "language/", DCTERMS.accessRights: "access-right/",
    FORMAT: "file-type/", DCATAP.availability: "planned-availability/",
}
for name, known in lists.items():
    values = list(graph.objects(None, name))
    if not values:
        wrong.append(f"nothing has {name}")
    wrong += [f"{name}: {value}" for value in values if not str(value).startswith(AUTHORITY + known)]
# what is named within the document is described in it
own = {node for node in graph.subjects(RDF.type, None)}
wrong += [f"{node} is named and not described" for node in graph.objects() if "dcat.jsonld#" in str(node) and not isinstance(node, Literal) and node not in own]
mails = [str(mail) for one in graph.objects(None, DCAT.contactPoint) for mail in graph.objects(one, VCARD.hasEmail)]
print(json.dumps({"wrong": wrong, "contact": mails}))
