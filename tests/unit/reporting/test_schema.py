"""The published schema of ``drill.json``."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from drills.reporting.schema import json_schema
from tests.unit.reporting import example

COPY = Path(__file__).parents[3] / "docs" / "drill.schema.json"


def test_the_committed_schema_is_the_current_one() -> None:
    """``docs/drill.schema.json`` is what ``drills schema`` prints."""
    assert COPY.read_text("utf-8") == json_schema(), f"expected `drills schema > {COPY.name}`"


@pytest.mark.parametrize("variant", example.VARIANTS)
def test_every_result_fits_the_schema(variant: str) -> None:
    """What is written as drill.json is valid by the published schema."""
    document = json.loads(example.VARIANTS[variant]().model_dump_json())
    jsonschema.Draft202012Validator(json.loads(json_schema())).validate(document)


def test_the_schema_refuses_what_is_no_result() -> None:
    """A verdict that does not exist and a field that nobody knows are errors."""
    validator = jsonschema.Draft202012Validator(json.loads(json_schema()))
    document = json.loads(example.result().model_dump_json())
    assert not validator.is_valid(document | {"verdict": "splendid"})
    assert not validator.is_valid(document | {"surprise": 1})
    assert not validator.is_valid({k: v for k, v in document.items() if k != "criteria"})


def test_the_front_door_opens_without_jinja2_and_rich() -> None:
    """Importing the package loads neither the template engine nor the terminal library."""
    code = "import sys, drills.reporting; print({'jinja2', 'rich'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
