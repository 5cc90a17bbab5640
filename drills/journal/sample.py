"""What is asked of the system, on what schedule, and what one timed answer looks like.

A lane is one journey asked open loop: its requests are due at fixed instants whether or not
earlier ones were answered. A sample is one due request and what became of it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from drills.journal.rules import at_least, check, misfit

HTTP, TCP = "http", "tcp"  # what the prober speaks


class Outcome(StrEnum):
    """What became of one due request."""

    OK = "ok"
    SLOW = "slow"  # a right answer, later than the journey allows
    REFUSED = "refused"  # no connection: certainly not processed
    RESET = "reset"  # the connection broke before the answer was whole
    TIMEOUT = "timeout"  # no whole answer in time
    REJECTED = "rejected"  # a definite "not done": 4xx, or a body that says so
    ERROR = "error"  # 5xx that does not say whether it was done
    WRONG = "wrong"  # the expected status with a body that fails its check
    DROPPED = "dropped"  # due and never sent: too many in flight, or the prober stalled

    @property
    def good(self) -> bool:
        """Whether a customer got what they came for, in time."""
        return self is Outcome.OK


class SeriesKind(StrEnum):
    """What a series of samples tells of."""

    JOURNEY = "journey"  # what customers were answered
    REDUNDANCY = "redundancy"  # whether the spare one follows; the value is how far it is behind
    RESOURCE = "resource"  # how much of something is used
    SERVICE = "service"  # whether every service runs as compose describes it
    INTRUSION = "intrusion"  # what those were answered who have no right


@dataclass(frozen=True, slots=True)
class Expect:
    """What a right answer looks like.

    ``status``: the statuses that mean success. ``fields``: top-level JSON fields that must equal
    the value given. ``has``: JSON fields that must be there and not be empty. ``trailer``: the CSV
    body must end in a line ``<trailer><n>`` with n the number of rows between header and trailer.
    ``contains``: a text that the body must hold. ``pattern``: a regular expression that must be
    found in its first 64 KiB. ``rows``: how many there must be at least: of the list under
    ``rows_of`` (dotted), else of a body that is a JSON list, else between header and trailer, else
    of lines that are not empty. Raises ValueError where no answer could be held against it.
    """

    status: tuple[int, ...] = (200,)
    fields: Mapping[str, str] = field(default_factory=dict)
    has: tuple[str, ...] = ()
    trailer: str = ""
    contains: str = ""
    pattern: str = ""
    rows: int = 0
    rows_of: str = ""

    def __post_init__(self) -> None:
        check(self, rows=at_least(0))
        try:
            re.compile(self.pattern)
        except re.error as error:
            raise misfit("pattern", text=f"expected a regular expression: {error}") from error
        if self.rows_of and not self.rows:
            raise misfit("rows_of", text="needs rows: how many there must be at least")

    @property
    def enough(self) -> bool:
        """Whether it says how much an answer must hold."""
        return bool(self.rows or self.contains or self.pattern)

    @property
    def of_body(self) -> list[str]:
        """What is expected of the body, by the names of its fields."""
        names = ("fields", "has", "trailer", "contains", "pattern", "rows")
        return [name for name in names if getattr(self, name)]


@dataclass(frozen=True, slots=True)
class Lane:
    """One journey, as the prober is told to ask it.

    ``rate`` is requests a second, ``timeout`` and ``slow`` are seconds counted from the instant
    the request was due. In ``body`` the text ``{id}`` stands for a fresh UUID, which the sample
    keeps. ``route`` names a JSON field (or, as ``header:<Name>``, a response header) whose value
    the sample keeps as ``route``: which side of the system served it. ``limit`` ends the lane
    after that many requests (0: never). ``content`` is what a write says, in canonical forms (see
    ``content``), in which ``{id}`` stands for its UUID; the sample keeps their digest. ``size`` is
    the share of its smallest answer in steady state that an answer must have, see ``usual``.

    ``protocol`` is HTTP or TCP: then ``body`` is what is sent, which may be nothing, and there is
    no path. With ``ca``, the path of a file of certificates, it is asked over TLS, of whom one of
    these has certified to be ``server_name``.
    """

    name: str
    host: str
    port: int
    path: str
    rate: float
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    expect: Expect = field(default_factory=Expect)
    timeout: float = 2.0
    slow: float = 1.0
    in_flight: int = 32
    route: str = ""
    limit: int = 0
    content: tuple[str | None, ...] = ()
    size: float | None = 0.0
    protocol: str = HTTP
    ca: str = ""
    server_name: str = ""


class Sample(NamedTuple):
    """One due request. The three instants are nanoseconds of the host's monotonic clock.

    ``status`` is 0 where no status line arrived; ``sent_ns`` and ``ended_ns`` equal
    ``intended_ns`` for a dropped one. ``subject`` is the UUID of a write, ``content`` the
    digest of what it says ("" where that is not known). ``detail`` says what was wrong, in a few
    words. It is a tuple because there may be a million of them.
    """

    lane: str
    seq: int
    intended_ns: int
    sent_ns: int
    ended_ns: int
    outcome: Outcome
    status: int = 0
    route: str = ""
    subject: str = ""
    detail: str = ""
    content: str = ""

    @property
    def latency(self) -> float:
        """Seconds from the instant the request was due to the end of its answer."""
        return (self.ended_ns - self.intended_ns) / 1e9

    @property
    def value(self) -> float:
        """The number that a series besides the journeys tells, in its unit; infinite without one.

        It stands in ``detail``. What is below 0 is none.
        """
        try:
            value = float(self.detail)
        except ValueError:
            return math.inf
        return value if value >= 0 else math.inf

    def row(self) -> list[str | int]:
        """The sample as it stands in a samples file (the lane's name is the file's)."""
        row: list[str | int] = [
            self.seq,
            self.intended_ns,
            self.sent_ns,
            self.ended_ns,
            self.outcome.value,
            self.status,
            self.route,
            self.subject,
            self.detail,
        ]
        return [*row, self.content] if self.content else row

    @classmethod
    def from_row(cls, lane: str, row: list[str | int]) -> Sample:
        """The inverse of ``row``. Raises ValueError or TypeError on anything else."""
        seq, intended, sent, ended, outcome, status, route, subject, detail, *more = row
        (content,) = more or ("",)
        return cls(
            lane,
            int(seq),
            int(intended),
            int(sent),
            int(ended),
            Outcome(str(outcome)),
            int(status),
            str(route),
            str(subject),
            str(detail),
            str(content),
        )
