"""The schema that helps an editor takes what is read, and refuses what is not."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from drills.config.schema import manifest_schema
from tests.unit.config.manifests import MINIMAL, SMALLEST

ROOT = Path(__file__).parents[3]
COPY = ROOT / "docs" / "drills-toml.schema.json"


def refused(document: dict[str, Any]) -> list[str]:
    """The keys at which the schema refuses a document."""
    validator = jsonschema.Draft7Validator(json.loads(manifest_schema()))
    return [".".join(map(str, each.absolute_path)) for each in validator.iter_errors(document)]


def test_the_committed_schema_is_the_current_one() -> None:
    """An editor is pointed at it."""
    expected = f"expected `drills schema --manifest > docs/{COPY.name}`"
    assert COPY.read_text("utf-8") == manifest_schema(), expected


@pytest.mark.parametrize(
    "text", ["", MINIMAL, SMALLEST, (ROOT / "compose" / "drills.toml").read_text("utf-8")]
)
def test_what_is_read_fits(text: str) -> None:
    """With durations in words, the name of a runbook's file, and a condition that is off."""
    assert refused(tomllib.loads(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        'stop = { after = "off", failed_share = "80 %", lost_writes = "off" }',
        'roles = { app = "web", all = ["web", "db"] }',
        'zones = { north = ["web", "db"], south = "replica" }',
        'journeys.home = { path = "/", size = "any", timeout = 2.5 }',
    ],
)
def test_what_may_be_said_in_several_ways_fits(text: str) -> None:
    """As a text, a number or a list."""
    assert refused(tomllib.loads(text)) == []


@pytest.mark.parametrize(
    ("document", "where"),
    [
        ({"stack": {"nmae": "x"}}, "stack"),
        ({"stack": "compose.yaml"}, "stack"),
        ({"journeys": {"home": {"rate": "fast"}}}, "journeys.home"),
        ({"monitoring": {"pager": {"service": "p", "port": "8080"}}}, "monitoring.pager"),
    ],
)
def test_what_is_not_read_does_not_fit(document: dict[str, Any], where: str) -> None:
    """A misspelt key, a value of another kind, one that is missing."""
    assert any(each.startswith(where) for each in refused(document))
