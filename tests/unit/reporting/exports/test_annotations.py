"""GitHub's workflow commands: one a finding, and no text of others is one."""

from __future__ import annotations

import re

import pytest

from drills.reporting.exports.annotations import render
from tests.unit.reporting.exports.exported import ALL, FEATURE, hostile, met, run

COMMAND = re.compile(r"::error (?:file=[^:,\r\n]*,line=\d+,)?title=[^:,\r\n]*::[^\r\n]*")


def test_each_finding_is_an_error_at_its_line() -> None:
    """Inconclusive ones too."""
    lines = render(ALL).splitlines()
    assert len(lines) == 4
    assert lines[0] == (
        f"::error file={FEATURE},line=30,title=No result%3A Never began"
        "::PlanError: no such%0Aservice"
    )
    assert lines[1].startswith(f"::error file={FEATURE},line=9,title=Missed%3A reads failed over::")
    assert lines[3].startswith(f"::error file={FEATURE},line=6,title=Inconclusive%3A It hangs::")


def test_where_all_is_met_nothing_is_said() -> None:
    """Not even an empty line."""
    assert render(run(met())) == ""


@pytest.mark.parametrize(
    "text", ["x\n::stop-commands::t", "a,line=1::b", "%0A::error::", "\r\n::x::"]
)
def test_no_text_ends_a_command_or_begins_one(text: str) -> None:
    """Whatever a service says: each line is one whole command."""
    lines = render(run(hostile(text))).split("\n")
    assert lines.pop() == ""
    assert [line for line in lines if not COMMAND.fullmatch(line)] == []
    assert len(lines) == 1


def test_a_percent_sign_is_read_as_one() -> None:
    """GitHub puts escapes back."""
    assert "%250A" in render(run(hostile("%0A")))
