"""Each value that holds has a place where it comes from, and no secret is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from drills.config.document import load
from drills.config.effective import Value, values
from drills.config.settings import bounds_of
from drills.errors import PlanError
from tests.unit.config.manifests import MINIMAL


def found(path: Path, text: str) -> dict[str, Value]:
    file = path / "drills.toml"
    file.write_text(text)
    manifest = load(file).with_services({"nginx": 1, "app": 2, "postgres": 1, "pager": 1})
    return {each.key: each for each in values(manifest)}


def test_a_value_comes_from_a_line_or_from_compose_or_from_nobody(tmp_path: Path) -> None:
    """A table that says some of its keys says nothing of the others."""
    held = found(tmp_path, MINIMAL)
    assert held["stack.name"].source == f"{tmp_path / 'drills.toml'}:3"
    assert held["stack.entry.port"] == Value(
        "stack.entry.port", 8080, f"{tmp_path / 'drills.toml'}:4"
    )
    assert held["stack.services"].source == "compose"
    assert held["blast_radius.services"].source == f"{tmp_path / 'drills.toml'}:6"
    assert held["blast_radius.containers_at_once"] == Value(
        "blast_radius.containers_at_once", 1, "default"
    )
    assert held["journeys.orders.timeout"].source == "default"
    assert held["journeys.orders.path"].value == "/orders"
    assert found(tmp_path, "")["blast_radius.services"].source == "compose"


def test_no_secret_is_shown(tmp_path: Path) -> None:
    """Nor what may hold one: headers, bodies, addresses of databases."""
    text = MINIMAL.replace('path = "/orders"', 'path = "/orders"\nheaders = { X = "hidden-one" }')
    said = str(found(tmp_path, text).values())
    for secret in ("login-password", "node-password", "hidden-one"):
        assert secret not in said
    assert found(tmp_path, text)["login.password"].value == "***"


def test_an_option_goes_before_a_variable() -> None:
    """And each is told where it bounds nothing."""
    environment = {"DRILL_PATIENCE": "3 min", "DRILL_HOLD": "4 s"}
    bounds, sources = bounds_of({"hold": "5 s"}, environment)
    assert bounds == {"patience": 180.0, "hold": 5.0}
    assert sources == {"patience": "DRILL_PATIENCE", "hold": "--drill-hold"}
    with pytest.raises(PlanError, match=r"^--drill-hold: expected more than 0.*\nDRILL_REQUESTS: "):
        bounds_of({"hold": "0 s"}, {"DRILL_REQUESTS": "0"})
