"""``drills halt`` stops the drills that are meant and no other, and waits for their end."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from drills.cli import main
from drills.clock import SystemClock
from drills.lifecycle.watchdog import registry
from drills.lifecycle.watchdog.halt import Halted, halt, of_project, running
from drills.lifecycle.watchdog.registry import Entry
from tests.doubles.processes import Child

RUNS = """
    import signal, sys
    from pathlib import Path
    from drills.lifecycle.watchdog import registry

    def interrupt(number, frame):
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
    held = registry.register(sys.argv[2], Path(sys.argv[1]), f"drill-{sys.argv[2]}")
    try:
        say("entered")
        signal.pause()
    except KeyboardInterrupt:
        held.remove()
"""
DEAF = RUNS.replace("raise KeyboardInterrupt", 'say("asked")').replace(
    "signal.pause()", "[signal.pause() for _ in range(9)]"
)


def test_every_drill_is_asked_and_waited_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each is told of, with its directory."""
    with Child(RUNS, tmp_path, "d1") as one, Child(RUNS, tmp_path, "d2") as other:
        one.hears("entered")
        other.hears("entered")
        assert main(["halt", "--all"]) == 0
        assert (one.wait(), other.wait()) == (0, 0)
    out = capsys.readouterr().out
    assert out == f"drill d1 ({tmp_path}) was halted\ndrill d2 ({tmp_path}) was halted\n"


def test_none_that_runs_is_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    """There was nothing to stop, so nothing runs now."""
    assert main(["halt", "--all"]) == 0
    assert capsys.readouterr().out == "no drill of this user is running here\n"
    assert main(["halt"]) == 0
    assert capsys.readouterr().out == "no drill of this project is running here\n"


def test_one_that_does_not_end_is_told(tmp_path: Path) -> None:
    """By its process, for whoever wants to look at it."""
    with Child(DEAF, tmp_path, "d1") as child:
        child.hears("entered")
        (halted,) = halt(running(), SystemClock(), within=0.1)
        child.hears("asked")
        assert halted.runs
        assert f"still runs, process {child.pid}" in str(halted)


def test_a_drill_that_died_is_not_signalled(tmp_path: Path) -> None:
    """Its process id may be anybody's by now."""
    with Child(DEAF, tmp_path, "d1") as child:
        child.hears("entered")
        entry = registry.entries()[0]
        text = entry.path.read_text()
        registry.register("d2", tmp_path, "drill-d2").release()
        (tmp_path / "state/running/d2.json").write_text(text.replace("d1", "d2"))
        child.kill(signal.SIGKILL)
        assert halt(running(), SystemClock(), within=0) == []


def test_whoever_uses_the_id_of_a_dead_drills_process_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lock is a healer's, and the id was given to another process since."""
    with Child(DEAF, tmp_path, "d1") as child:
        child.hears("entered")
        entry = registry.entries()[0]
        began = str(entry.started)
        held = registry.register("d2", tmp_path, "drill-d2")
        text = entry.path.read_text().replace(began, str(entry.started + 1)).replace("d1", "d2")
        held.entry.path.write_text(text)
        entry.path.unlink()
        signalled: list[tuple[int, int]] = []
        with monkeypatch.context() as patched:
            patched.setattr(os, "kill", lambda *call: signalled.append(call))
            (halted,) = halt(running(), SystemClock(), within=0)
        assert (halted.entry.drill_id, halted.entry.pid, halted.runs) == ("d2", child.pid, True)
        assert signalled == []


@pytest.mark.parametrize(
    ("what", "words"),
    [("pids", "of another PID namespace"), ("boot", "of another-host: halt it there")],
)
def test_a_process_that_is_not_seen_from_here_is_not_signalled_and_told(
    what: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The state directory is shared with a container or another machine; ids mean others there."""
    held = registry.register("d1", tmp_path, "drill-d1")
    text = held.entry.path.read_text().replace(f'"{what}": "', f'"{what}": "another')
    host = f'"host": "{held.entry.host}"'
    held.entry.path.write_text(text.replace(host, '"host": "another-host"'))
    signalled: list[tuple[int, int]] = []
    with monkeypatch.context() as patched:
        patched.setattr(os, "kill", lambda *call: signalled.append(call))
        (halted,) = halt(running(), SystemClock(), within=0)
    held.remove()
    assert signalled == []
    assert words in str(halted)


class TestWhichOnes:
    """None of these drills is signalled by mistake: their process is this one."""

    @pytest.fixture
    def asked(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """The ids of the drills that were asked to end; they do so at once."""
        ended: list[str] = []

        def end(entries: Sequence[Entry], *_: object) -> list[Halted]:
            ended.extend(entry.drill_id for entry in entries)
            return [Halted(entry, runs=False) for entry in entries]

        monkeypatch.setattr("drills.lifecycle.watchdog.halt.halt", end)
        return ended

    @pytest.fixture(autouse=True)
    def projects(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
        """Two projects with a drill each, and a third drill that names none; we are in one."""
        held = []
        for drill in ("mine", "theirs", "older"):
            root = tmp_path / drill
            (root / "features").mkdir(parents=True)
            (root / "pytest.ini").touch()
            project = registry.project_of(drill)
            of = None if drill == "older" else root
            held.append(registry.register(drill, root / "reports/1", project, root=of))
        monkeypatch.chdir(tmp_path / "mine")
        yield tmp_path
        for each in held:
            each.remove()

    @pytest.mark.parametrize("folder", ["mine", "mine/features"])
    def test_by_itself_it_halts_those_of_the_project_it_is_run_in(
        self,
        folder: str,
        projects: Path,
        asked: list[str],
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        """And says which it left running, whose they are, and how to halt them."""
        monkeypatch.chdir(projects / folder)
        assert main(["halt"]) == 0
        assert asked == ["mine"]
        theirs = f"drill theirs of {projects}/theirs ({projects}/theirs/reports/1)"
        older = f"drill older ({projects}/older/reports/1)"
        assert capsys.readouterr().out.splitlines() == [
            f"drill mine ({projects}/mine/reports/1) was halted",
            f"left running: {older}. To halt it: drills halt older",
            f"left running: {theirs}. To halt it: drills halt theirs",
        ]

    def test_in_a_folder_of_no_project_it_halts_none(
        self,
        projects: Path,
        asked: list[str],
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        """A colleague's drill is not stopped by whoever stands elsewhere."""
        (projects / "empty").mkdir()
        for folder in ("empty", "."):
            monkeypatch.chdir(projects / folder)
            assert main(["halt"]) == 0
            out = capsys.readouterr().out.splitlines()
            assert out[0] == "no drill of this project is running here"
            assert len(out) == 4
        assert asked == []

    def test_a_project_inside_another_is_one_of_its_own(self, projects: Path) -> None:
        """Where it begins, the search upwards ends."""
        inner = projects / "mine/inner/compose"
        inner.mkdir(parents=True)
        (inner / "drills.toml").touch()
        assert of_project(running(), inner.parent) == []

    def test_a_folder_without_any_file_is_the_root_that_pytest_had_there(
        self, projects: Path
    ) -> None:
        """Pytest takes the folder it is run in, where nothing else tells."""
        (projects / "mine/pytest.ini").unlink()
        assert [each.drill_id for each in of_project(running(), projects / "mine")] == ["mine"]
        assert of_project(running(), projects / "mine/features") == []

    def test_those_named_are_halted_wherever_they_are(
        self, projects: Path, asked: list[str]
    ) -> None:
        """By id or directory, each once."""
        assert main(["halt", "theirs", str(projects / "older/reports/1"), "theirs"]) == 0
        assert asked == ["theirs", "older"]

    @pytest.mark.parametrize("wrong", [["theirs", "thiers"], ["--all", "theirs"]])
    def test_none_is_halted_where_a_name_is_wrong(
        self, wrong: list[str], asked: list[str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Whoever mistypes an id has not meant the others yet."""
        assert main(["halt", *wrong]) == 2
        assert asked == []
        assert "expected " in capsys.readouterr().err

    def test_all_of_this_user_only_on_purpose(self, asked: list[str]) -> None:
        """That has a word of its own."""
        assert main(["halt", "--all"]) == 0
        assert sorted(asked) == ["mine", "older", "theirs"]
