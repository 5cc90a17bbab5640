"""A schedule as a calendar that people subscribe to or import."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from icalendar import Alarm, Calendar, Event

if TYPE_CHECKING:
    from drills.cli.schedule import Due

BEFORE = timedelta(days=7)


def calendar(found: Sequence[Due], now: date) -> bytes:
    """An event of a whole day for each that has a date, with a reminder a week before.

    Its identity is that of its key in the runbook, so a later calendar moves what an earlier one
    had.
    """
    made = Calendar()
    made.add("prodid", "-//incident-drills//schedule//EN")
    made.add("version", "2.0")
    made.add("x-wr-calname", "Incident drills")
    for each in found:
        if each.next is not None:
            made.add_component(_event(each, each.next, now))
    return bytes(made.to_ical())


def _event(each: Due, on: date, now: date) -> Event:
    title = f"{each.kind.capitalize()}: {each.title}"
    event = Event()
    event.add("uid", f"{'.'.join(each.path)}@incident-drills")
    event.add("dtstamp", datetime.combine(now, time(), UTC))
    event.add("dtstart", on)
    event.add("dtend", on + timedelta(days=1))
    event.add("summary", title)
    event.add("description", f"By {each.by or 'nobody who is named'}. {each.file}:{each.line}")
    event.add("transp", "TRANSPARENT")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", -BEFORE)
    event.add_component(alarm)
    return event
