"""Each key of a document has its line, however TOML or JSON is written."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drills.journal.keylines import KeyPath, json_lines, line_of, toml_lines

ROOT = Path(__file__).parents[3]

TOML = '''\
# a comment = 1
top = 1 # [not.a.table]
"quoted key".'x' = "a # b"
[stack]
name = """
two = 2
lines"""
entry = { service = "nginx", port = 80 }
  [ stack . "ready" ]
  list = [
    "a, ]", # , ]
    { deep = 3, more = [1, 2] },
    1979-05-27 07:32:00,
  ]
[[jobs]]
id = 1
[jobs.step]
says = 'it'
[[jobs]]
id = 2
[[jobs.parts]]
n = 1
'''
LINES = {
    ("top",): 2,
    ("quoted key",): 3,
    ("quoted key", "x"): 3,
    ("stack",): 4,
    ("stack", "name"): 5,
    ("stack", "entry", "port"): 8,
    ("stack", "ready"): 9,
    ("stack", "ready", "list"): 10,
    ("stack", "ready", "list", 0): 11,
    ("stack", "ready", "list", 1, "deep"): 12,
    ("stack", "ready", "list", 1, "more", 1): 12,
    ("stack", "ready", "list", 2): 13,
    ("jobs", 0): 15,
    ("jobs", 0, "step", "says"): 18,
    ("jobs", 1, "id"): 20,
    ("jobs", 1, "parts", 0, "n"): 22,
}


def paths(value: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    """The path of every value of a document."""
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths(inner, (*path, key))
    if isinstance(value, list):
        for number, inner in enumerate(value):
            yield from paths(inner, (*path, number))


@pytest.mark.parametrize("path", LINES)
def test_a_key_of_toml_has_its_line(path: KeyPath) -> None:
    """Below tables and lists of tables, inline, dotted, quoted, after strings of several lines."""
    tomllib.loads(TOML)
    assert toml_lines(TOML)[path] == LINES[path]


def test_every_value_of_our_manifest_has_a_line() -> None:
    """On which its last key stands."""
    text = (ROOT / "compose" / "drills.toml").read_text("utf-8")
    lines, written = toml_lines(text), text.splitlines()
    for path in paths(tomllib.loads(text)):
        last = path[-1] if path else 0
        assert isinstance(last, int) or last in written[lines[path] - 1], path


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(json_values)
def test_every_value_of_json_has_a_line(value: Any) -> None:
    """Whatever its keys and texts hold; with an indentation each key stands on its own line."""
    text = json.dumps(value, indent=1)
    lines, written = json_lines(text), text.split("\n")
    for path in paths(value):
        if path and isinstance(path[-1], str):
            assert written[lines[path] - 1].strip().startswith(json.dumps(path[-1]))
        assert path in lines


def test_what_is_not_there_has_the_line_of_what_is_around_it() -> None:
    """A missing key is told at its table, a missing table at the first line."""
    lines = toml_lines(TOML)
    assert line_of(lines, ("stack", "entry", "nothing")) == 8
    assert line_of(lines, ("nothing", 3)) == 1
