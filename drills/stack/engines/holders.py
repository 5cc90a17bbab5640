"""Who keeps what cannot be removed: containers that are not the drill's, and what to type."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from drills.errors import EngineError
from drills.stack.engines.engine import Engine

Leftover = tuple[str, str, str]  # kind, id, name


def holders(engine: Engine, left: Iterable[Leftover]) -> list[str]:
    """For each network or volume that is left: the strangers that hold it, and how to let go.

    Never raises: where the engine does not say, nothing is known.
    """
    things = list(left)
    own = {identity for kind, identity, _ in things if kind == "container"}
    try:
        return [said for thing in things for said in _held(engine, thing, own)]
    except EngineError:
        return []


def _held(engine: Engine, thing: Leftover, own: set[str]) -> Iterator[str]:
    kind, identity, name = thing
    with engine.asked(f"look for who holds {kind} {name}") as client:
        if kind == "network":
            members: dict[str, Any] = client.inspect_network(identity)["Containers"] or {}
            for stranger, member in sorted(members.items()):
                if stranger not in own:
                    yield (
                        f"{name} is held by the container {member['Name']}, which is not the "
                        f"drill's: docker network disconnect --force {name} {member['Name']}"
                    )
        if kind == "volume":
            for row in client.containers(all=True, filters={"volume": name}):
                if row["Id"] not in own:
                    stranger = row["Names"][0].removeprefix("/")
                    yield (
                        f"{name} is held by the container {stranger}, which is not the drill's: "
                        f"docker rm {stranger}, where it is not needed any more"
                    )
