"""The program in a console, as far as it runs commands; what it hands on is a contract test's."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from drills.stack.engines.aboard import console


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Its folders, in one that is there for the test."""
    place = tmp_path / "runbook"
    place.mkdir()
    for name, folder in (("STATE", "state"), ("BIN", "state/bin"), ("SOCKET", "state/words")):
        monkeypatch.setattr(console, name, str(tmp_path / folder))
    monkeypatch.setattr(console, "HOME", str(place))
    monkeypatch.setattr(console, "FOLDERS", (str(place),))
    return place


def said(told: dict[str, Any]) -> str:
    return base64.b64decode(told["output"]).decode()


def test_a_command_is_run_by_itself() -> None:
    """Its streams are kept apart, and it has no input."""
    told = console.run("cat; echo out; echo err >&2; (exit 3)", 10)
    assert (told["code"], said(told), told["over"]) == (3, "out\n", False)
    assert base64.b64decode(told["errors"]) == b"err\n"


def test_each_part_of_a_pipe_has_its_status() -> None:
    """Though the pipe ends with that of the last one."""
    told = console.run("false | (exit 4) | true", 10)
    assert (told["code"], told["parts"]) == (0, [1, 4, 0])


def test_folder_and_variables_are_carried_to_the_next_command(home: Path) -> None:
    """Also those that were changed since; a command that fails carries them, too."""
    console.run("mkdir deep; cd deep; A='one two'; B=1", 10)
    console.run("B=2; false", 10)
    assert said(console.run('echo "$A" $B; pwd', 10)) == f"one two 2\n{home}/deep\n"


def test_a_name_without_a_value_ends_the_command() -> None:
    """It could widen what it does."""
    told = console.run("echo before; echo $NOBODY; echo after", 10)
    assert (told["code"], said(told)) == (1, "before\n")


def test_what_it_makes_and_removes_is_told(home: Path) -> None:
    """With sizes; what it left alone is not."""
    (home / "old.txt").write_text("old")
    (home / "kept.txt").write_text("kept")
    told = console.run("rm old.txt; : > empty.txt; echo 1234 > five.txt", 10)
    assert told["files"] == {f"{home}/empty.txt": 0, f"{home}/five.txt": 5}
    assert told["removed"] == [f"{home}/old.txt"]


def test_what_does_not_end_is_ended_with_all_that_it_began() -> None:
    """What it said until then is kept."""
    told = console.run("echo begun; sleep 1000 & sleep 1000", 0.5)
    assert (told["over"], said(told)) == (True, "begun\n")


def test_sudo_just_runs() -> None:
    """With its own options left out, and variables set."""
    assert said(console.run("sudo -u postgres -E A=1 sh -c 'echo $A ran'", 10)) == "1 ran\n"
