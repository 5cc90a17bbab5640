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
    ``targets`` are those that reach them, by name.
    """

    level: str = ""
    severity: Severity = field(default_factory=Severity)
    incident: str = ""
    drill: str = ""
    targets: Mapping[str, Target] = field(default_factory=dict)

    @property
    def to(self) -> tuple[str, ...]:
        """Who must be told."""
        return self.severity.told

    def message(self, number: int, page: str) -> Message:
        """The message of that number, which nobody can take for one of a real incident.

        ``page`` is what called: ``alert ReplicaDown``.
        """
        every = self.severity.every
        after = f" Unless the service is back, another follows {_after(every)}." if every else ""
        level = f"{self.level} {self.severity.word}".strip()
        return Message(
            f"DRILL: {self.incident} ({level}), message {number}",
            "DRILL. This is an exercise and no real incident: nobody has to act on it.\n"
            f"To {', '.join(self.to)}: {self.incident}, {level}, by {page}.{after}\n"
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
