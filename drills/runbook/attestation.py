"""What people say of a drill, after it or while it runs: added to the journal, under their name."""

from __future__ import annotations

import time
from pathlib import Path

from drills.errors import PlanError, near
from drills.journal.facts import Attested, DrillEnded, DrillStarted
from drills.journal.journal import append, read_timeline
from drills.journal.timeline import Event
from drills.runbook.leaving import ids
from drills.runbook.people import open_steps
from drills.runbook.promised import promised


def attest(directory: Path, subject: str, by: str, note: str = "") -> Event:
    """Add to a drill that ``by`` did, or took, ``subject``.

    That is a topic of its policy, the id of what this drill or an earlier one left open, or, while
    the drill runs, that of a step which it waits for people to do. Raises
    PlanError for another subject or no name, JournalError where there is no drill.
    """
    timeline = read_timeline(directory)
    started, last = timeline.first(DrillStarted), timeline.newest()
    if started is None or last is None:
        raise PlanError(f"{directory}: expected a drill")
    waiting = () if timeline.first(DrillEnded) else open_steps(timeline)
    known = (*waiting, *promised(started).topics, *dict.fromkeys(ids(timeline)))
    if subject not in known:
        listed = ", ".join(known)
        raise PlanError(f"expected one of {listed}, got {subject!r}{near(subject, known)}")
    if not by.strip():
        raise PlanError("expected the name of a person")
    now = max(last.at_ns, started.anchor.to_monotonic(time.time_ns()))
    attested = Attested(subject=subject, by=by.strip(), note=note)
    event = attested.event(1 + max(event.seq for event in timeline), now)
    append(directory, event)
    return event
