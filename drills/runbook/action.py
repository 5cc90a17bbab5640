"""One step of a procedure of the runbook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from drills.journal.rules import check, positive

NEEDS: Mapping[str, tuple[str, ...]] = {
    "check": ("path", "field"),
    "point": ("key", "at"),
    "restart": ("service", "path", "field"),
    "inspect": ("service",),
    "verify": ("path", "field", "equals", "service"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One step of a procedure, from a closed list.

    ``check``: ask ``path`` and keep ``field`` (dotted) of the answer. ``point``: in the
    environment file, give ``key`` the value of ``at``. ``restart``: the service's instances, one
    after the other: the next one when the one before answers ``path`` with its id in ``field``, and
    customers were answered for ``hold`` since, so that what was under way has come to its end.
    ``inspect``: the processes of the service's instances by memory, twice.
    ``verify``: ask ``path`` until ``field`` equals ``equals`` on every instance of ``service``.
    ``hold`` is in seconds. Raises ValueError where it is none of these, or lacks what it needs.
    """

    action: str
    says: str
    path: str = ""
    field: str = ""
    equals: str = ""
    key: str = ""
    at: str = ""
    service: str = ""
    hold: float = 1.0

    def __post_init__(self) -> None:
        if self.action not in NEEDS:
            raise ValueError(f"expected an action of {', '.join(NEEDS)}, got {self.action!r}")
        missing = [name for name in NEEDS[self.action] if not getattr(self, name)]
        if missing:
            raise ValueError(f"action {self.action!r} needs {', '.join(missing)}")
        check(self, hold=positive)

    @property
    def acts(self) -> bool:
        """Whether it changes the system (the others only look)."""
        return self.action in ("point", "restart")
