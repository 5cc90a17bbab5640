"""How a compose project is, by all that the engine says of it, and how two such pictures differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from drills.stack.engines.docker import ONE_OFF_LABEL, PROJECT_LABEL
from drills.stack.engines.engine import Engine

Facts: TypeAlias = Mapping[str, object]  # of one thing, by what they are called


@dataclass(frozen=True, slots=True)
class Picture:
    """Containers, networks and volumes of a project, by kind and name, with what is so of each.

    When a container was started, its addresses and its health are no part of it: a stop and a start
    change them, and they are nobody's choice.
    """

    things: Mapping[str, Facts]

    @classmethod
    def of(cls, engine: Engine, project: str) -> Picture:
        """As it is now. Raises EngineError."""
        return cls(dict(sorted(_things(engine, project))))

    def __len__(self) -> int:
        return len(self.things)

    def differences(self, later: Picture) -> list[str]:
        """What is not so any more, a line each."""
        return [
            line
            for name in sorted({*self.things, *later.things})
            for line in _difference(name, self.things.get(name), later.things.get(name))
        ]


def _difference(name: str, before: Facts | None, after: Facts | None) -> Iterator[str]:
    if before is None:
        yield f"{name} was not there"
    elif after is None:
        yield f"{name} is gone"
    elif before["id"] != after["id"]:
        yield f"{name} is another one"
    else:
        for key in before:
            if before[key] != after[key]:
                yield f"{name}: {key} was {_told(before[key])}, is {_told(after[key])}"


def _told(value: object) -> str:
    return (
        ", ".join(map(str, value)) or "none" if isinstance(value, tuple) else f"{value}" or "none"
    )


def _things(engine: Engine, project: str) -> Iterator[tuple[str, Facts]]:
    filters: dict[str, Any] = {"label": f"{PROJECT_LABEL}={project}"}
    with engine.asked(f"look at the project {project}") as client:
        rows = client.containers(all=True, filters=filters)
        inspected = [client.inspect_container(row["Id"]) for row in rows]
        for each in inspected:
            if (each["Config"]["Labels"] or {}).get(ONE_OFF_LABEL) != "True":
                yield f"container {each['Name'].removeprefix('/')}", _container(each)
        for row in client.networks(filters=filters):
            yield f"network {row['Name']}", _network(row)
        for name in sorted(_volumes(client, filters, inspected)):
            yield f"volume {name}", _volume(client.inspect_volume(name))


def _volumes(client: Any, filters: Any, inspected: list[Any]) -> set[str]:
    """Those of the project, and whatever else its containers mount."""
    own = {row["Name"] for row in client.volumes(filters=filters)["Volumes"] or ()}
    return own | {
        mount["Name"] for each in inspected for mount in each["Mounts"] if mount.get("Name")
    }


def _container(inspected: Mapping[str, Any]) -> Facts:
    state, host = inspected["State"], inspected["HostConfig"]
    policy = host.get("RestartPolicy") or {}
    networks = inspected["NetworkSettings"]["Networks"] or {}
    own = inspected["Id"][:12]
    return {
        "id": inspected["Id"],
        "image": inspected["Image"],
        "state": state["Status"],
        "restart policy": f"{policy.get('Name') or 'no'}:{policy.get('MaximumRetryCount') or 0}",
        **{
            words: max(host.get(key) or 0, 0)
            for key, words in (
                ("NanoCpus", "processors (1e-9)"),
                ("CpuQuota", "processor quota"),
                ("Memory", "memory limit"),
                ("PidsLimit", "process limit"),
            )
        },
        "networks": tuple(
            f"{name} as {' '.join(sorted({*(each.get('Aliases') or ())} - {own}))}"
            for name, each in sorted(networks.items())
        ),
        "mounts": tuple(
            sorted(
                f"{each.get('Name') or each['Source']} at {each['Destination']} "
                f"{'read-write' if each['RW'] else 'read-only'}"
                for each in inspected["Mounts"]
            )
        ),
    }


def _network(row: Mapping[str, Any]) -> Facts:
    return {"id": row["Id"], "driver": row["Driver"], "options": _pairs(row.get("Options"))}


def _volume(row: Mapping[str, Any]) -> Facts:
    return {
        "id": f"{row['Name']} of {row.get('CreatedAt', '')}",
        "driver": row["Driver"],
        "options": _pairs(row.get("Options")),
    }


def _pairs(options: Mapping[str, str] | None) -> tuple[str, ...]:
    return tuple(f"{key}={value}" for key, value in sorted((options or {}).items()))
