"""A step of a procedure has what it needs to be carried out, or is none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from drills.runbook.action import NEEDS, Action

FILLED: dict[str, Any] = {
    "path": "/",
    "field": "f",
    "equals": "e",
    "key": "K",
    "at": "A",
    "service": "app",
    "instances": 3,
    "command": ("nginx", "-t"),
    "database": "erp",
    "file": "/backup",
    "files": ("/var/log/app/*.log",),
}


@pytest.mark.parametrize(
    ("action", "field"), [(action, field) for action, fields in NEEDS.items() for field in fields]
)
def test_an_action_needs_its_fields(action: str, field: str) -> None:
    """Each of them, and nothing else."""
    needed = {name: FILLED[name] for name in NEEDS[action]}
    assert Action(action=action, says="Do", **needed).action == action
    del needed[field]
    with pytest.raises(ValueError, match=f"^action: '{action}' needs {field}"):
        Action(action=action, says="Do", **needed)


def test_only_what_changes_the_system_acts() -> None:
    """Recovery counts from the last of these."""
    acts = [
        action
        for action, fields in NEEDS.items()
        if Action(action=action, says="", **{name: FILLED[name] for name in fields}).acts
    ]
    changing = ["point", "restart", "start", "stop", "scale", "free space", "revert", "reload"]
    assert acts == [*changing, "promote"]
    run = Action(action="run", says="", service="app", command=("nginx", "-s", "reload"))
    assert not run.acts
    assert replace(run, changes=True).acts
    restore = Action(action="restore", says="", service="db", database="erp", file="/backup")
    assert replace(restore, changes=True).acts


def test_a_restart_asks_a_path_for_a_field_or_neither() -> None:
    """Half of the question is none."""
    for path, field, lacks in (("/", "", "field"), ("", "f", "path")):
        with pytest.raises(ValueError, match=f"action: 'restart' needs {lacks}"):
            Action(action="restart", says="", service="app", path=path, field=field)


def test_customers_are_answered_for_some_time_between_restarts() -> None:
    """Nought would be no time in which what was under way could end."""
    with pytest.raises(ValueError, match="hold: expected more than 0, found 0"):
        Action(action="inspect", says="", service="app", hold=0)


@pytest.mark.parametrize(
    "pattern", ["*.log", "/*", "var/log/*", "/var/log/", "/var/../etc/*", "/a//*"]
)
def test_what_is_removed_is_named_by_its_whole_path(pattern: str) -> None:
    """Below a folder, and not by ways around."""
    with pytest.raises(ValueError, match="files by their whole path"):
        Action(action="free space", says="", service="db", files=("/tmp/*", pattern))  # noqa: S108


def test_the_write_ahead_log_is_no_log() -> None:
    """Whoever frees space there loses the database."""
    with pytest.raises(ValueError, match="files that are no data"):
        Action(action="free space", says="", service="db", files=("/disks/*/pg_wal/*",))


def test_what_tells_one_incident_from_another_only_looks_and_may_say_no() -> None:
    """A question that has no wrong answer tells nothing."""
    run = Action(
        action="run", says="", service="app", command=("getent", "hosts", "db"), tells=True
    )
    assert run.tells
    assert Action(action="check", says="", path="/", field="f", equals="ok", tells=True).tells
    for none in (
        replace(run, tells=False, changes=True),
        Action(action="check", says="", path="/", field="f"),
        Action(action="start", says="", service="app"),
    ):
        with pytest.raises(ValueError, match="run without changes, or check with equals"):
            replace(none, tells=True)
