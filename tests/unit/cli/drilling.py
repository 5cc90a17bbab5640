"""A small shop with a runbook, and a drill of it that was held."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from drills.history.carried import Drilled

MANIFEST = """
runbook = "runbook.toml"
[stack]
name = "shop"
entry = { service = "web", port = 80 }
[blast_radius]
services = ["web"]
[journeys.home]
path = "/"
"""
RUNBOOK = """
text = "RUNBOOK.md"
[roles.lead]
title = "Lead"
first = "Ann"
[contacts.ann]
name = "Ann"
reach = "+49 30 1234567"
[incidents.down]
title = "Down"
alerts = ["ShopDown"]
runbook = "Shop down"
[[incidents.down.procedure]]
action = "start"
says = "Start it"
service = "web"
[drills.down]
title = "It goes down"
incident = "down"
scenario = "The shop dies"
by = "lead"
next = 2026-12-01
criteria = [{ says = "Seen soon", sentence = "the incident is detected within 5 minutes" }]
[review]
next = 2026-12-24
"""


def drill(**changes: Any) -> Drilled:
    usual = Drilled(
        folder=Path("reports/x"),
        at=datetime(2026, 11, 1, tzinfo=UTC),
        incident="down",
        scenario="The shop dies",
        completed=True,
        answered=frozenset({"Down"}),
        steps={"Down": (("start", "Start it"),)},
        commands=(("Shop down", "docker compose start web"),),
    )
    return replace(usual, **changes)


def written(folder: Path, runbook: str = "") -> Path:
    """The manifest of the shop in a folder, with this runbook or the usual one beside it."""
    folder.mkdir(exist_ok=True)
    (folder / "drills.toml").write_text(MANIFEST)
    (folder / "runbook.toml").write_text(runbook or RUNBOOK)
    return folder / "drills.toml"
