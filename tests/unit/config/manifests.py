"""Small manifests, and how one of them is changed in one place."""

from __future__ import annotations

import copy
import tomllib
from pathlib import Path
from typing import Any

MINIMAL = """
[stack]
name = "erp"
entry = { service = "nginx", port = 8080 }
[blast_radius]
services = ["app"]
[login]
path = "/login"
username = "drill"
password = "login-password"
[journeys.orders]
path = "/orders"
[data]
writes = "orders"
final_read = "SELECT id FROM orders"
[data.nodes.postgres]
role = "primary"
service = "postgres"
dsn = "postgresql://observer:node-password@{host}:{port}/erp"
[monitoring]
pager = { service = "pager", port = 8080 }
[incidents.down]
title = "Down"
alerts = ["Down"]
[[incidents.down.procedure]]
action = "check"
says = "Look"
path = "/health"
field = "status"
"""


SMALLEST = """
[stack]
name = "shop"
entry = { service = "web", port = 80 }
[blast_radius]
services = ["web"]
[journeys.home]
path = "/"
"""


def changed(path: Path, key: str, value: Any) -> Path:
    """The minimal manifest with one (dotted) key set, or taken away where the value is None."""
    document: dict[str, Any] = tomllib.loads(MINIMAL)
    *parents, last = key.split(".")
    section: Any = document
    for name in parents:
        section = section[int(name)] if isinstance(section, list) else section.setdefault(name, {})
    if value is None:
        del section[last]
    else:
        section[last] = copy.deepcopy(value)
    file = path / "drills.toml"
    file.write_text(toml(document))
    return file


def toml(value: Any) -> str:
    """A document as TOML, every value inline."""
    if isinstance(value, dict) and value and all(isinstance(v, dict) for v in value.values()):
        return "\n".join(f"{name} = {inline(section)}" for name, section in value.items())
    return "\n".join(f"{name} = {inline(part)}" for name, part in value.items())


def inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{k}" = {inline(v)}' for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(inline, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return f"'{value}'" if isinstance(value, str) else str(value)
