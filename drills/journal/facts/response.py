"""What is told of the team's response, and of what people say afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from drills.journal.fact import WHEN_IT_HAPPENED, Fact
from drills.journal.timeline import Json, Kind


@dataclass(frozen=True, kw_only=True)
class ResponseStarted(Fact):
    """Somebody began to respond to an alert."""

    kind = Kind.RESPONSE_STARTED
    alert: str


@dataclass(frozen=True, kw_only=True)
class ResponseStep(Fact):
    """One action of a procedure: whether it ``acts`` on the system, and what was found.

    ``procedure`` is the title of it. Where it does not work, ``reason`` says why: that is a finding
    on the runbook. ``runbook`` is the line of it that the step carries out, where that is known.
    """

    kind = Kind.RESPONSE_STEP
    number: int
    action: str
    acts: bool
    begun_ns: int = field(metadata=WHEN_IT_HAPPENED)
    detail: Mapping[str, Json]
    procedure: str = ""
    works: bool = True
    reason: str = ""
    runbook: str = ""

    @property
    def finding(self) -> str:
        """What is wrong with this step of the runbook, "" where it works."""
        if self.works:
            return ""
        line = f", {self.runbook}" if self.runbook else ""
        step = f"step {self.number} of {self.procedure} ({self.text}{line})"
        return f"{step} does not work: {self.reason}"


@dataclass(frozen=True, kw_only=True)
class PeopleAwaited(Fact):
    """A step that only people can do is to be done now: its text says what, and how to say so.

    ``id`` is what is attested of it, ``within`` how many seconds it is waited for.
    """

    kind = Kind.PEOPLE_AWAITED
    id: str
    procedure: str = ""
    within: float = 0.0


@dataclass(frozen=True, kw_only=True)
class ReplicaPromoted(Fact):
    """A replica was made the primary: from now on it is the one that takes writes.

    ``node`` is its name among the databases of the manifest. What it had not received is lost.
    """

    kind = Kind.PROMOTED
    node: str
    service: str


@dataclass(frozen=True, kw_only=True)
class ResponseEnded(Fact):
    """A procedure was carried out and verified."""

    kind = Kind.RESPONSE_ENDED


@dataclass(frozen=True, kw_only=True)
class ResponseAborted(Fact):
    """A procedure could not be carried out."""

    kind = Kind.RESPONSE_FAILED


@dataclass(frozen=True, kw_only=True)
class StillOpen(Fact):
    """An earlier drill of the same incident left this open; it still was when this one began.

    Its text says what. ``id`` is the same in every drill, ``what`` is finding, action or measure.
    ``since`` is the date of the first drill that left it open, ``drill`` that drill's id.
    ``owner`` is whose it is, ``due`` the date by which it was to be done.
    """

    kind = Kind.STILL_OPEN
    id: str
    what: str
    since: str
    drill: str
    owner: str = ""
    due: str = ""


@dataclass(frozen=True, kw_only=True)
class Attested(Fact):
    """A person says that they took, or did, something."""

    kind = Kind.ATTESTED
    subject: str
    by: str
    note: str = ""

    def words(self) -> str:
        """What, and who."""
        return f"{self.subject}: {self.by}" + (f" ({self.note})" if self.note else "")
