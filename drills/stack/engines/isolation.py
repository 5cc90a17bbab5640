"""The compose file of one drill's own stack, made from the team's resolved one. Pure.

Nothing in it can collide with what runs beside it, or be taken for somebody else's: host ports are
the engine's choice, and every container, network and volume that it creates carries the drill's id.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from drills.stack.engines.composed import Composed
from drills.stack.runtime import DRILL_LABEL

_DROPPED = ("build", "profiles", "develop")  # nothing is built; who is left over is to run
_UNPRINTABLE = re.compile(r"[^\x20-\x7e\n]")


def isolated(
    composed: Composed, drill_id: str, images: Mapping[str, str], *, own_names: bool = False
) -> str:
    """The file's text: JSON in the form that every reader of YAML takes, ``$`` written as ``$$``.

    ``images`` names the images of the services that have none of their own. With ``own_names``
    what has a fixed name gets one that belongs to the drill's project, unless it is external.
    """
    document = json.loads(composed.text)
    label = {DRILL_LABEL: drill_id}
    services = document.get("services") or {}
    for name, service in services.items():
        _isolate(service, images.get(name, ""), label, services.keys())
        if own_names:
            _rename(service)
    for key, made in [*_made(document, "networks"), *_made(document, "volumes")]:
        made["labels"] = {**(made.get("labels") or {}), **label}
        if own_names:
            made["name"] = f"{composed.name}_{key}"
    text = json.dumps(document, ensure_ascii=False, indent=1)
    return _UNPRINTABLE.sub(_escaped, text)


def _isolate(
    service: dict[str, Any], image: str, label: Mapping[str, str], known: Collection[str]
) -> None:
    for key in _DROPPED:
        service.pop(key, None)
    service["image"] = image or service.get("image", "")
    service["pull_policy"] = "never"
    service["labels"] = {**(service.get("labels") or {}), **label}
    if ports := service.get("ports"):
        service["ports"] = _freely_published(ports)
    if waited_for := service.get("depends_on"):  # one that is in no active profile is not here
        service["depends_on"] = {k: v for k, v in waited_for.items() if k in known}


def _freely_published(ports: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each at any free port of the same address; compose takes none twice."""
    freed = [{**port, "published": "0"} for port in ports]
    return [port for number, port in enumerate(freed) if port not in freed[:number]]


def _rename(service: dict[str, Any]) -> None:
    """Its containers are called after the project; its neighbours find it by the old name too."""
    name = service.pop("container_name", "")
    if name and service.get("networks"):
        for key, attachment in service["networks"].items():
            aliases = (attachment or {}).get("aliases") or []
            service["networks"][key] = {**(attachment or {}), "aliases": [*aliases, name]}


def _made(document: Mapping[str, Any], section: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """What the drill creates of a section: all but what is external."""
    for key, value in (document.get(section) or {}).items():
        if not value.get("external"):
            yield key, value


def _escaped(match: re.Match[str]) -> str:
    """As YAML escapes it: JSON's pairs of surrogates are none of its characters."""
    code = ord(match[0])
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
