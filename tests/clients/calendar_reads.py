"""Reads a calendar (RFC 5545) from standard input and prints its events as JSON: id, day or moment,
summary; fails where an event lacks what the standard makes mandatory.
"""
import json
import sys

from icalendar import Calendar

calendar = Calendar.from_ical(sys.stdin.buffer.read())
assert calendar["VERSION"] == "2.0" and calendar["PRODID"]
events = []
for event in calendar.walk("VEVENT"):
    for name in ("UID", "DTSTAMP", "DTSTART", "SUMMARY"):
        assert name in event, f"{event.get('UID')} has no {name}"
    assert not event.errors, event.errors
    events.append({"id": str(event["UID"]), "start": event["DTSTART"].dt.isoformat(), "summary": str(event["SUMMARY"])})
json.dump(events, sys.stdout)
