"""A path that is no drill's folder is told in one sentence, with the drill that was meant."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from drills.cli import main
from drills.errors import JournalError, PlanError
from drills.history.folders import drill_folder
from drills.lifecycle.watchdog import registry

OLD = "20261101T080000Z-the-replica-stops-aaaa1111"
NEW = "20261102T080000Z-the-app-freezes-bbbb2222"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def reports(here: Path) -> Path:
    """Two drills, and the link to one of them."""
    for name in (OLD, NEW):
        (here / "reports" / name).mkdir(parents=True)
        (here / "reports" / name / "journal.jsonl").touch()
    (here / "reports" / "latest").symlink_to(OLD)
    return Path("reports")


def told(path: str) -> str:
    with pytest.raises(JournalError) as raised:
        drill_folder(Path(path))
    return str(raised.value)


def test_a_drill_s_folder_is_taken_as_it_is(reports: Path) -> None:
    """By its name or by a link; with nothing left but its result too."""
    assert drill_folder(reports / OLD) == reports / OLD
    assert drill_folder(reports / "latest") == reports / "latest"
    (reports / OLD / "journal.jsonl").rename(reports / OLD / "drill.json")
    assert drill_folder(reports / OLD) == reports / OLD


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (f"reports/{OLD[:-1]}2", OLD),
        ("aaab1111", OLD),
        ("replica", OLD),
        ("teh-app-freezes", NEW),
        ("reports/the", NEW),
    ],
)
def test_what_was_meant_is_named(reports: Path, said: str, meant: str) -> None:
    """By a part of its name, its id, or what is much like it; the newest of several."""
    assert told(said) == (
        f"expected the folder of a drill, {said} is not there; did you mean {reports / meant}?"
    )


def test_an_id_is_that_of_a_folder_of_reports(reports: Path) -> None:
    """Or what begins it, or the whole name; of two with one id the path has to be said."""
    assert drill_folder("aaaa1111") == drill_folder("aa") == drill_folder(OLD) == reports / OLD
    assert drill_folder("latest", reports) == reports / "latest"
    twin = reports / "twin-aaaa1111"
    twin.mkdir()
    (twin / "journal.jsonl").touch()
    with pytest.raises(PlanError, match=rf"the id of one drill, aaaa1111 begins those of .*{twin}"):
        drill_folder("aaaa1111")
    assert drill_folder(twin) == twin


def test_without_one_that_is_near_the_newest_is_named(reports: Path) -> None:
    """And what is there instead."""
    assert told("nope") == (
        f"expected the folder of a drill, nope is not there; the newest is {reports / NEW}"
    )
    Path("other").mkdir()
    assert "other holds no journal.jsonl; the newest is" in told("other")
    Path("a-file").touch()
    assert "a-file is no folder; the newest is" in told("a-file")


def test_where_no_drill_was_run_that_is_said(here: Path) -> None:
    """The command's own default is not there then."""
    assert told("reports/latest") == (
        "expected the folder of a drill, reports/latest is not there; no drill was run here yet: "
        "none lies in reports"
    )


@pytest.mark.parametrize(
    "command",
    [
        ["judge", "nope"],
        ["show", "nope"],
        ["verify", "nope"],
        ["attest", "IC", "--by", "Ann", "--drill", "nope"],
        ["heal", "nope"],
    ],
)
def test_each_command_says_it_in_one_line(
    reports: Path, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """And names the path once."""
    assert main(command) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith(f"of a drill, nope is not there; the newest is {reports / NEW}")
    assert line.count("nope") == 1


@pytest.mark.parametrize("command", [["halt"], ["heal", "--give-up"]])
def test_an_id_that_is_nearly_one_is_told(
    command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of those that run, or that died."""
    entry = SimpleNamespace(
        drill_id="aaaa1111", directory=None, alive=command == ["halt"], path="", root=None
    )
    monkeypatch.setattr(registry, "entries", lambda: [entry])
    assert main([*command, "aaab1111"]) == 2
    assert capsys.readouterr().err.endswith(
        "(aaaa1111), found 'aaab1111'; did you mean 'aaaa1111'?\n"
    )
