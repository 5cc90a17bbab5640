"""Who must be told what of an incident, and when: by the cadence of its severity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from drills.runbook.policy import Severity, Target
from drills.units import NS, format_seconds


@dataclass(frozen=True, slots=True)
class Message:
    """What one target is sent."""

    title: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """What those who must be told are owed in one drill; nothing where nobody must be told.

    ``level`` is the severity's name, ``drill`` the drill's number, ``incident`` a title.
    ``targets`` are those that reach them, by name. ``muted``: nothing is sent to any outside of
    the stack, however due it is.
    """

    level: str = ""
    severity: Severity = field(default_factory=Severity)
    incident: str = ""
    drill: str = ""
    targets: Mapping[str, Target] = field(default_factory=dict)
    muted: bool = False

    @property
    def to(self) -> tuple[str, ...]:
        """Who must be told."""
        return self.severity.told

    @property
    def grade(self) -> str:
        """The severity in words: ``P2 high``."""
        return f"{self.level} {self.severity.word}".strip()

    def message(self, number: int, page: str) -> Message:
        """The message of that number, which nobody can take for one of a real incident.

        ``page`` is what called: ``alert ReplicaDown``.
        """
        every = self.severity.every
        after = f" Unless the service is back, another follows {_after(every)}." if every else ""
        return Message(
            f"DRILL: {self.incident} ({self.grade}), message {number}",
            "DRILL. This is an exercise and no real incident: nobody has to act on it.\n"
            f"To {', '.join(self.to)}: {self.incident}, {self.grade}, by {page}.{after}\n"
            f"DRILL {self.drill}, message {number}.",
        )

    def closing(self, number: int, outcome: str) -> Message:
        """The last message, to those who got another: nobody waits for more, or acts on one.

        ``outcome`` is what came of the drill: ``met``.
        """
        return Message(
            f"DRILL over: {self.incident} ({self.grade}): {outcome}",
            "DRILL. This was an exercise and no real incident: nobody has to act on it.\n"
            f"To {', '.join(self.to)}: the drill of {self.incident}, {self.grade}, is over, "
            f"verdict {outcome}. No more messages follow.\n"
            f"DRILL {self.drill}, message {number}.",
        )


def _after(every: float) -> str:
    return f"{format_seconds(every)} after this one was due"


def dues(page_ns: int, every: float | None, until_ns: int) -> list[int]:
    """When messages are due: at the page, then ``every`` seconds of it, before ``until_ns``.

    That is when service was restored, or now. The first one is due whatever came of it.
    """
    step = round((every or 0) * NS)
    return [page_ns, *(range(page_ns + step, until_ns, step) if step > 0 else ())]
