"""A drill's life as its engine knows it: a lease there, made anew while somebody cares for it.

A lease is a volume without data. The engine dates it by its own clock, and tells that clock too, so
nobody else's is asked. It outlives nobody: what is not made anew is too old soon.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from drills.errors import UnknownTarget
from drills.stack.engines.engine import READ_SECONDS, Engine
from drills.stack.engines.events import wall_ns
from drills.stack.runtime import DRILL_LABEL
from drills.units import NS

LEASE_LABEL = "incident-drills.lease"  # what a lease carries, with the drill's id
LEASE_SECONDS = 60.0  # from its making on, for which a lease shows life
RENEWAL_SECONDS = 15.0  # from one renewal to the next
NO_DRILL = "none"  # what the label of a stack says that somebody started by hand


class Lease:
    """The lease of one drill on one engine. Every method raises EngineError."""

    def __init__(self, engine: Engine, drill_id: str) -> None:
        self._engine = engine
        self._drill_id = drill_id

    @property
    def possible(self) -> bool:
        """Whether one may have been made from here: the engine has answered."""
        return self._engine.answered

    def renew(self) -> None:
        """Make the next one, and only then remove those before it: there is always one."""
        name = f"drill-{self._drill_id}-lease-{secrets.token_hex(4)}"
        with self._engine.asked(f"renew the lease of drill {self._drill_id}") as client:
            client.create_volume(name, labels={LEASE_LABEL: self._drill_id})
        self._remove(but=name)

    def end(self, within: float = READ_SECONDS) -> None:
        """Remove all there are. Idempotent; each answer may take ``within`` seconds."""
        self._remove(within=within)

    def _remove(self, *, but: str = "", within: float = READ_SECONDS) -> None:
        filters: dict[str, Any] = {"label": f"{LEASE_LABEL}={self._drill_id}"}
        question = f"remove the lease of drill {self._drill_id}"
        with self._engine.asked(question, seconds=within) as client:
            rows = client.volumes(filters=filters)["Volumes"] or ()
        for name in {row["Name"] for row in rows} - {but}:
            with suppress(UnknownTarget), self._engine.asked(question, seconds=within) as client:
                client.remove_volume(name, force=True)


@dataclass(slots=True)
class Remains:
    """What an engine has of one drill. Ages in seconds, by the engine's clock.

    ``names``: such as ``container drill-1-app-1``, its leases among them. ``youngest`` is the age
    of what was made last, None where there is nothing but leases; ``leases`` their ages by name.
    An age below 0 says that the engine's clock was set back.
    """

    names: list[str] = field(default_factory=list)
    youngest: float | None = None
    leases: dict[str, float] = field(default_factory=dict)


def remains_of(engine: Engine) -> dict[str, Remains]:
    """What carries a drill's label or is a drill's lease, by the drill's id."""
    found: dict[str, Remains] = {}
    with engine.asked("look for what drills left") as client:
        things = [*_labelled(client)]
        now_ns = wall_ns(str(client.info()["SystemTime"]))  # last: nothing is younger than that
    for drill_id, kind, name, made_ns in things:
        remains = found.setdefault(drill_id, Remains())
        age = (now_ns - made_ns) / NS
        remains.names.append(f"{'volume' if kind == 'lease' else kind} {name}")
        if kind == "lease":
            remains.leases[name] = age
        elif remains.youngest is None or age < remains.youngest:
            remains.youngest = age
    return found


def _labelled(client: Any) -> Iterator[tuple[str, str, str, int]]:
    """Drill's id, kind, name, and the instant of the making on the engine's clock."""
    filters: dict[str, Any] = {"label": DRILL_LABEL}
    for row in client.containers(all=True, filters=filters):
        name = (row["Names"] or [row["Id"]])[0].removeprefix("/")
        yield from _known(row, DRILL_LABEL, "container", name, int(row["Created"]) * NS)
    for row in client.networks(filters=filters):
        yield from _known(row, DRILL_LABEL, "network", row["Name"], wall_ns(row["Created"]))
    for kind, label in (("volume", DRILL_LABEL), ("lease", LEASE_LABEL)):
        for row in _volumes(client, label):
            yield from _known(row, label, kind, row["Name"], wall_ns(row["CreatedAt"]))


def _volumes(client: Any, label: str) -> Iterable[Mapping[str, Any]]:
    return client.volumes(filters={"label": label})["Volumes"] or ()


def _known(
    row: Mapping[str, Any], label: str, kind: str, name: str, made_ns: int
) -> Iterator[tuple[str, str, str, int]]:
    drill_id = (row["Labels"] or {}).get(label, "")
    if drill_id not in ("", NO_DRILL):
        yield drill_id, kind, name, made_ns
