"""Values of formats that a JSON Schema cannot tell."""
import os
import pathlib

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


@schemathesis.hook
def filter_query(context, query):
    """What no schema can say: boxes whose sides are in order, cursors that are no ids."""
    cursor = (query or {}).get("cursor")
    if isinstance(cursor, str) and cursor not in CURSORS and cursor.isascii() and cursor.isalnum():
        return False
    return is_box_in_order((query or {}).get("bbox"))


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
