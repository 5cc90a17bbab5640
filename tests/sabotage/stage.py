"""The world on paper with what these cases need besides: exports, and a runbook that matters."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from drills.config.document import Manifest
from tests.doubles.scripted import Answer, Query, Service
from tests.doubles.world import MANIFEST, World

EXPORT = "id,name\n1,nut\n2,bolt\n"
EXPORTS = "/exports.csv"


def manifest() -> Manifest:
    """The manifest of the world on paper, with exports and all that an incident record needs."""
    document: dict[str, Any] = copy.deepcopy(MANIFEST)
    exports = {"path": EXPORTS, "expect": {"trailer": "#rows,", "rows": 1}}
    document["journeys"]["exports"] = exports
    document["blast_radius"]["containers_at_once"] = 3  # both ends of a link
    document["journeys"]["orders"]["body"] = '{"id": "{id}", "quantity": 1}'
    document["data"] |= {
        "content": ["quantity"],
        "final_read": "SELECT id, quantity FROM orders",
    }
    document["incidents"]["read-replica-down"] |= {
        "impact": ["Performance issues"],
        "affected": ["Database"],
    }
    return Manifest.of(document)


def staged(service: Service, directory: Path) -> World:
    """A world whose reads fail over only once the runbook has pointed them at the primary."""
    world = World(service, directory)
    world.runtime.volumes.add(world.replica, "data")

    def inventory(_: Query) -> Answer:
        lost = "primary" if responded(world) else "fallback"
        return world.status, {"items": [1], "route": "replica" if world.replicates else lost}

    service.on("/inventory", inventory)
    service.on(EXPORTS, lambda _: (world.status, f"{EXPORT}#rows,2\n"))
    return world


def responded(world: World) -> bool:
    """Whether the environment file says that reads go to the primary."""
    return "READ_REPLICA_URL=p\n" in world.stack.environment_file().read_text("utf-8")


def note_end(worlds: list[World], path: Path) -> None:
    """Write what is left of the worlds: stacks that are up, containers that do not run."""
    up = [world.stack.project for world in worlds if world.stack.is_up]
    broken = [
        container.name
        for world in worlds
        for container in world.runtime.containers()
        if not (state := world.runtime.state(container)).running or state.paused
    ]
    path.write_text(json.dumps({"up": up, "broken": broken}), "utf-8")
