"""One step of a procedure of the runbook."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from drills.errors import near
from drills.journal.rules import at_least, check, every, misfit, positive, up_to

NEEDS: Mapping[str, tuple[str, ...]] = {
    "check": ("path", "field"),
    "point": ("key", "at"),
    "restart": ("service",),
    "start": ("service",),
    "stop": ("service",),
    "scale": ("service", "instances"),
    "run": ("service", "command"),
    "back up": ("service", "database", "file"),
    "restore": ("service", "database", "file"),
    "free space": ("service", "files"),
    "inspect": ("service",),
    "verify": ("path", "field", "equals", "service"),
    "revert": (),
    "reload": ("service", "command"),
    "promote": ("service",),
    "people": (),
}
CHANGING = (
    *("point", "revert", "restart", "start", "stop", "scale", "free space", "reload", "promote"),
)
_IS = {"tried": "is tried", "required": "is required", "decides": "decides"}
WAL = ("pg_wal", "pg_xlog")  # folders that PostgreSQL cannot lose a file of


def removable(pattern: str) -> str:
    """A rule: a whole path to files, below a folder and outside of PostgreSQL's WAL."""
    parts = pattern.split("/")[1:]
    if not pattern.startswith("/") or len(parts) < 2 or {"", ".", ".."} & set(parts):
        return "files by their whole path, such as /var/log/app/*.log"
    return "files that are no data" if set(WAL) & set(parts) else ""


_LINES = re.compile(r"(?P<file>[^:\s][^:]*):(?P<first>[1-9]\d*)(?:-(?P<last>[1-9]\d*))?")


def of_a_runbook(place: str) -> str:
    """A rule: "" or a file with the number of one of its lines, or of the first and the last."""
    match = _LINES.fullmatch(place)
    if not place or (match and int(match["last"] or match["first"]) >= int(match["first"])):
        return ""
    return "a line of the runbook, such as runbook.md:95, or lines, runbook.md:95-98"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One step of a procedure, from a closed list.

    ``check``: ask ``path`` and keep ``field`` (dotted) of the answer, which must be ``equals``
    where that is given. ``point``: in the environment file, give ``key`` the value of ``at``.
    ``restart``: the service's instances, one after the other: the next one when the one before is
    well. That is when its own health check says so (or it runs, where it has none); or, with
    ``path`` and ``field``, when it answers ``path`` with its id in ``field``, and customers were
    answered for ``hold`` since, so that what was under way has come to its end. Those that are not
    well come first; it stops at the first that does not come up, and never takes the last one that
    is well.
    ``start``: those of its instances that do not run, or are started over and over, until each
    is well. ``stop``: all of them, in order. ``scale``: more of them, until there are ``instances``
    and each is well; none is ever taken away.
    ``run``: a ``command`` (its words, no shell) inside the first instance of the service that runs;
    what it says is kept. It works where it ends with 0 within ``timeout``, and what it says has
    ``contains`` in it. It only looks, unless ``changes`` says that it changes the system.
    ``back up``: a dump of a ``database`` (PostgreSQL, MySQL, MariaDB), in a ``file`` inside the
    service, made by ``role`` (who needs no password there). ``restore``: the last such dump into a
    ``database`` that is made for it, where what it holds of customers' writes is compared with what
    they were told, and that is dropped again. With ``changes`` it takes the place of the
    ``database``, which is set aside under another name and repaired by nobody; only PostgreSQL can
    do that.
    ``free space``: inside the first instance of the service that runs, the largest of the ``files``
    (paths or the shell's patterns) are removed, on those of their disks that have less than the
    share ``free`` of their bytes or inodes free, until they have. Never what is a database's.
    ``inspect``: the processes of the service's instances by memory, twice.
    ``verify``: ask ``path`` until ``field`` equals ``equals`` on every instance of ``service``.
    ``revert``: the environment file, or ``file`` beside it, as it was when the responder went on
    call.
    ``reload``: have the service's instances that run read their configuration anew, by a SIGHUP,
    once its own check of that has passed in each: a ``command`` as for ``run``.
    ``promote``: the standby (a PostgreSQL) that runs in the service becomes the primary, by
    ``role``, who needs no password there. Where it takes no writes within ``timeout``, it does not
    work.
    ``people``: what only people can do. Where the drill waits for them, it works once somebody
    attests that they did it; where it does not, nobody does it, and that is said.

    A step that is only ``tried`` may not work: that is a finding, and the next step is done. One
    that is ``required`` ends the procedure where it does not work, even if it only looks.
    One that ``decides`` has what the incident does ``otherwise`` done in place of all that would
    come after it, where it does not work. The first
    step may be one that ``tells`` its incident from another with the same alert: where it does not
    work, the other one is meant. It is a ``run`` that only looks, or a ``check`` with ``equals``.
    ``runbook`` is the line of the runbook as it is written that the step carries out, such as
    ``runbook.md:95``, or its lines, ``runbook.md:95-98``.
    ``hold`` and ``timeout`` are in seconds. Raises ValueError where it is none of these, or lacks
    what it needs.
    """

    action: str
    says: str
    path: str = ""
    field: str = ""
    equals: str = ""
    key: str = ""
    at: str = ""
    service: str = ""
    instances: int = 0
    command: tuple[str, ...] = ()
    contains: str = ""
    changes: bool = False
    database: str = ""
    file: str = ""
    role: str = "postgres"
    files: tuple[str, ...] = ()
    free: float = 0.2
    tried: bool = False
    required: bool = False
    tells: bool = False
    decides: bool = False
    hold: float = 1.0
    timeout: float = 10.0
    runbook: str = ""

    def __post_init__(self) -> None:
        if self.action not in NEEDS:
            text = f"expected an action of {', '.join(NEEDS)}, got {self.action!r}"
            raise misfit("action", text=f"{text}{near(self.action, NEEDS)}")
        missing = [name for name in NEEDS[self.action] if not getattr(self, name)]
        if self.action == "restart" and bool(self.path) != bool(self.field):
            missing.append("field" if self.path else "path")
        if missing:
            raise misfit("action", text=f"{self.action!r} needs {', '.join(missing)}")
        said = [name for name in ("tried", "required", "decides") if getattr(self, name)]
        if len(said) > 1:
            one, other, *_ = (_IS[name] for name in said)
            text = f"expected a step that {one} or one that {other}, got both"
            raise misfit(said[1], text=text)
        if self.tells and (self.acts or not (self.action == "run" or self._asks)):
            text = "expected run without changes, or check with equals, of what tells"
            raise misfit("tells", text=text)
        if self.action == "revert" and "/" in self.file:
            text = f"expected a name beside the environment file, got {self.file!r}"
            raise misfit("file", text=text)
        rules = {"hold": positive, "timeout": positive, "instances": at_least(0)}
        check(self, **rules, free=up_to(1), files=every(removable), runbook=of_a_runbook)

    @property
    def _asks(self) -> bool:
        return self.action == "check" and bool(self.equals)

    @property
    def ends(self) -> bool:
        """Whether the procedure ends where it does not work."""
        return (self.acts or self.required or self.action == "verify") and not self.tried

    @property
    def lines(self) -> range:
        """The lines of the runbook that it carries out; none where it names none."""
        match = _LINES.fullmatch(self.runbook)
        return (
            range(int(match["first"]), int(match["last"] or match["first"]) + 1)
            if match
            else range(0)
        )

    @property
    def acts(self) -> bool:
        """Whether it changes the system (the others only look)."""
        return self.action in CHANGING or (self.action in ("run", "restore") and self.changes)
