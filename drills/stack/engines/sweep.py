"""What is left of a stack, by the labels it carries, and the removal of what a drill made.

Only what carries the drill's own label is removed: a drill puts it on everything that it creates,
and creates nothing under a name that is taken. A project's label is on what others add to it, and a
name is anybody's. It needs no compose file, so it also heals a half-made stack.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from drills.clock import Clock
from drills.errors import EngineError, StackError, UnknownTarget, WaitTimeout
from drills.stack.engines.docker import PROJECT_LABEL
from drills.stack.engines.engine import ACT_SECONDS, Engine
from drills.stack.engines.holders import Leftover, holders
from drills.stack.runtime import DRILL_LABEL
from drills.wait import until

AT_ONCE = 8  # removals
NO_DRILL = "none"  # what the label of a stack says that somebody started by hand


def leftovers(project_or_drill_id: str, engine: Engine | None = None) -> list[str]:
    """Names of the containers, networks and volumes that carry the label; [] when all is gone."""
    found = _find(engine or Engine(), project_or_drill_id)
    return sorted(f"{kind} {name}" for kind, _, name in found)


def sweep(
    engine: Engine, drill_id: str, clock: Clock, *, looks: int = 1, within: float = ACT_SECONDS
) -> None:
    """Remove whatever carries the drill's label until ``looks`` in a row find nothing.

    More than one look is for a stack whose making was cut short: the engine may still finish a
    creation whose asker is gone. Raises StackError naming what is left after ``within`` seconds.
    """
    if drill_id in ("", NO_DRILL):
        raise StackError(f"expected the id of a drill, got {drill_id!r}: nothing is removed")
    label = f"{DRILL_LABEL}={drill_id}"
    troubles: list[str] = []
    clean = 0

    def gone() -> bool:
        nonlocal clean
        found = sorted(_by_label(engine, label))
        clean = 0 if found else clean + 1
        troubles[:] = _remove_all(engine, found)
        return clean == looks

    try:
        until(gone, awaited=f"drill {drill_id} removed", within=within, interval=0.1, clock=clock)
    except WaitTimeout as error:
        rest = ", ".join(leftovers(drill_id, engine)) or "nothing, but things kept appearing"
        why = "; ".join(holders(engine, _find(engine, drill_id)) or troubles)
        raise StackError(
            f"drill {drill_id} is not gone after {within:.0f} s; left: {rest}. {why}"
        ) from error


def _find(engine: Engine, value: str) -> list[Leftover]:
    """Containers first, then what they hold on to."""
    labels = (f"{PROJECT_LABEL}={value}", f"{DRILL_LABEL}={value}")
    found = {one for label in labels for one in _by_label(engine, label)}
    return sorted(found)  # "container" comes first by its letters


def _by_label(engine: Engine, label: str) -> Iterator[Leftover]:
    filters: dict[str, Any] = {"label": label}
    with engine.asked(f"look for what carries {label}") as client:
        for row in client.containers(all=True, filters=filters):
            names = row["Names"] or [row["Id"]]
            yield "container", row["Id"], names[0].removeprefix("/")
        for row in client.networks(filters=filters):
            yield "network", row["Id"], row["Name"]
        for row in client.volumes(filters=filters)["Volumes"] or ():
            yield "volume", row["Name"], row["Name"]


def _remove_all(engine: Engine, found: Sequence[Leftover]) -> list[str]:
    """Remove some things side by side, containers first: the others are what they hold on to."""
    containers = [one for one in found if one[0] == "container"]
    others = [one for one in found if one[0] != "container"]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [
            trouble
            for some in (containers, others)
            for each in pool.map(lambda one: _remove(engine, *one), some)
            for trouble in each
        ]


def _remove(engine: Engine, kind: str, identity: str, name: str) -> list[str]:
    """Remove one thing; the trouble with it, if any. Gone already is no trouble.

    With a container go its anonymous volumes; those that have a name stay (that is ``v``).
    """
    try:
        with (
            suppress(UnknownTarget),
            engine.asked(f"remove {kind} {name}", seconds=ACT_SECONDS) as client,
        ):
            removal: dict[str, Callable[[], None]] = {
                "container": lambda: client.remove_container(identity, force=True, v=True),
                "network": lambda: client.remove_network(identity),
                "volume": lambda: client.remove_volume(identity, force=True),
            }
            removal[kind]()
    except EngineError as error:
        return [str(error)]
    return []
