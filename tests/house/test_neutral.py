"""The framework knows no stack by name: the reference ERP is but a description beside it."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "drills"
REFERENCE = tomllib.loads((ROOT / "compose" / "drills.toml").read_text("utf-8"))
# What is called so elsewhere, too: programs that the framework knows, and words of every language.
COMMON = {
    *("app", "nginx", "postgres", "pager", "prometheus", "alertmanager", "disks"),
    *("health", "reads", "users", "items", "roles", "tokens", "alembic_version"),
    "exports",  # a run's, in other programs' forms
    *("Reporting", "Database", "Authentication", "Load Balancer"),
}
# A name that stays, in one place, and why.
STAYS = {
    ("runbook/promised.py", "Inventory Management"): "journals of the first version meant it",
    ("runbook/promised.py", "inventory"): "likewise",
    ("runbook/promised.py", "Data Exports"): "likewise",
    ("stack/engines/source.py", "ERP"): "compose files of teams ask for it under this name",
}


def tables() -> set[str]:
    """The tables that the reference's migrations make."""
    migrations = (ROOT / "compose" / "erp" / "migrations").rglob("*.py")
    text = "\n".join(path.read_text("utf-8") for path in migrations)
    made = r"(?:create_table\(\s*|CREATE TABLE (?:IF NOT EXISTS )?)"
    found = re.findall(rf"""{made}["']?(\w+)""", text)
    return set(found)


def names() -> set[str]:
    """What the reference calls its services, journeys, tables and business."""
    journeys = REFERENCE["journeys"]
    services = {each["service"] for each in journeys.values() if "service" in each}
    found = {*REFERENCE["stack"]["services"], *journeys, *tables(), *services}
    return (found | {"ERP", "sme_erp", "inventory"}) - COMMON


def told(name: str) -> re.Pattern[str]:
    """The name as a word of its own, in any case; ``ERP_`` is one, too."""
    return re.compile(rf"(?<![A-Za-z0-9-]){re.escape(name)}(?![a-z0-9-])", re.IGNORECASE)


FILES = [path for path in sorted(PACKAGE.rglob("*")) if path.suffix in (".py", ".toml", ".html")]


@cache
def read(path: Path) -> str:
    """A file's text, which is asked for by every name."""
    return path.read_text("utf-8")


def test_the_names_are_found() -> None:
    """Those of every kind; a table that is called so everywhere says nothing."""
    assert {"postgres-replica", "orders", "direct-reads", "ERP"} <= names()
    assert tables()
    assert len(FILES) > 300


@pytest.mark.parametrize("name", sorted(names()))
def test_no_module_knows_a_name_of_the_reference(name: str) -> None:
    """Whatever is its alone stands in compose/, in features/ or in the sentences for it."""
    word = told(name)
    found = [
        f"{where}:{number}: {line.strip()}"
        for path in FILES
        if word.search(text := read(path))
        if (where := str(path.relative_to(PACKAGE)))
        for number, line in enumerate(text.splitlines(), 1)
        if word.search(line) and (where, name) not in STAYS
    ]
    assert found == []


def test_what_stays_is_there() -> None:
    """An exception that nobody needs any more is none."""
    gone = [
        each for each in STAYS if not told(each[1]).search((PACKAGE / each[0]).read_text("utf-8"))
    ]
    assert gone == []
