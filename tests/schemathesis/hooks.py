"""Values of formats that a JSON Schema cannot tell."""
import datetime
import os
import pathlib
import re
import urllib.parse

import schemathesis
from hypothesis import strategies as st

DATES = st.dates().map(str)
TIMES = DATES.map(lambda date: f"{date}T12:00:00Z")
INTERVALS = st.one_of(
    DATES,
    TIMES,
    DATES.map(lambda date: f"{date}/.."),
    DATES.map(lambda date: f"../{date}"),
    st.tuples(DATES, DATES).map(lambda pair: "/".join(sorted(pair))),
)
schemathesis.openapi.format("datetime-interval", INTERVALS)
schemathesis.openapi.format("encoding", st.sampled_from(["utf-8", "windows-1252", "iso-8859-15", "utf-16le"]))
schemathesis.openapi.format("columns", st.sampled_from(['{}', '{"Ville": "collectivite"}', '{"Notes": ""}']))


# what each collection has really given as a cursor: other ids are places to begin at, too
CURSORS = pathlib.Path(os.environ["FOLDER"], "cursors").read_text().split()

# what has a meaning of authorities and territories, and of partnerships none
ENTITY_QUERYABLES = set(pathlib.Path(os.environ["FOLDER"], "entity-queryables").read_text().split())


# what is true or false of an import
SWITCHES = ("dry_run", "valid_rows_only", "allow_mass_removal", "skip_conflicts")


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Of all whole numbers, those that imports have."""
    number = (path_parameters or {}).get("id")
    if isinstance(number, int) and not isinstance(number, bool) and number > 9:
        return {**path_parameters, "id": number % 9 + 1}
    return path_parameters


@schemathesis.hook
def filter_case(context, case):
    """What no schema can say, and what an HTTP server may refuse before the API sees it."""
    query = case.query or {}
    address = urllib.parse.urlencode(query, doseq=True)
    texts = dict(urllib.parse.parse_qsl(address))
    # an id is a place to begin at, too
    cursor = texts.get("cursor", "")
    if cursor not in CURSORS and cursor.isascii() and cursor.isalnum():
        return False
    # a schema cannot say that one parameter takes others away
    if "filter-of" in texts and not ENTITY_QUERYABLES.isdisjoint(texts):
        return False
    # nor how many days a month has
    if not all(is_calendar_date(texts[name]) for name in ("start", "end") if name in texts):
        return False
    # `true`, given in the place of a text, is an expression in CQL2
    if texts.get("filter", "").lower() in ("true", "false"):
        return False
    # a switch of an import may be said as a form's is
    if any(texts.get(name, "true") in ("on", "1", "0") or query.get(name) == "" for name in SWITCHES):
        return False
    # a form has no types: a number is a text, and so is nothing
    texts_of_form = ("source", "sheet", "profile", "encoding", "mode")
    if case.media_type == "multipart/form-data" and isinstance(case.body, dict) and not all(
            isinstance(case.body[name], (str, bytes)) for name in texts_of_form if name in case.body):
        return False
    # more than 64 kB, or too long (414) for a method that the address does not have (405)
    length = len(case.path) + len(address)
    own_method = case.method.upper() == case.operation.method.upper()
    return length < (60_000 if own_method else 16_000) and is_box_in_order(query.get("bbox"))


def is_calendar_date(text):
    """Whether a day is one of its month; what has no day or is no date is for the schema to say."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return True
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return not re.fullmatch(r"[12]\d{3}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", text)
    return True


def is_box_in_order(box):
    """Whether a box lies on the globe, or is none at all and to be refused as such."""
    if isinstance(box, str):
        box = box.split(",")
    try:
        box = [float(number) for number in box]
    except (TypeError, ValueError):
        return True
    if len(box) not in (4, 6):
        return True
    half = len(box) // 2
    west, east, south, north = box[0], box[half], box[1], box[half + 1]
    return -180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90
