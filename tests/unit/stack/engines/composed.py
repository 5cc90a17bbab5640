"""Answers of compose, as it gives them for small files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from drills.stack.engines.composed import Composed, read

PROJECT = "drill-d1"
DEFAULT: dict[str, Any] = {"default": {"name": f"{PROJECT}_default", "ipam": {}}}


def answer(services: dict[str, Any], **sections: Any) -> str:
    """What ``docker compose config --format json`` says; ``$`` is doubled in what is given."""
    document = {"name": PROJECT, "networks": DEFAULT, "services": services, **sections}
    return json.dumps(document)


def composed(file: Path, services: dict[str, Any], **sections: Any) -> Composed:
    """The same, read."""
    return read(answer(services, **sections).encode(), file)


def bind(source: str, **more: Any) -> dict[str, Any]:
    """A folder of the host that is mounted."""
    return {"type": "bind", "source": source, "target": "/in", **more}
