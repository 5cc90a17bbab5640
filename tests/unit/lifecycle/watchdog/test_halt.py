"""``drills halt`` stops every drill that runs, and waits for its end."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from drills.cli import main
from drills.clock import SystemClock
from drills.lifecycle.watchdog import registry
from drills.lifecycle.watchdog.halt import halt
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
        assert main(["halt"]) == 0
        assert (one.wait(), other.wait()) == (0, 0)
    out = capsys.readouterr().out
    assert out == f"drill d1 ({tmp_path}) was halted\ndrill d2 ({tmp_path}) was halted\n"


def test_none_that_runs_is_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    """There was nothing to stop, so nothing runs now."""
    assert main(["halt"]) == 0
    assert capsys.readouterr().out == "no drill of this user is running here\n"


def test_one_that_does_not_end_is_told(tmp_path: Path) -> None:
    """By its process, for whoever wants to look at it."""
    with Child(DEAF, tmp_path, "d1") as child:
        child.hears("entered")
        (halted,) = halt(SystemClock(), within=0.1)
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
        assert halt(SystemClock(), within=0) == []


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
            (halted,) = halt(SystemClock(), within=0)
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
        (halted,) = halt(SystemClock(), within=0)
    held.remove()
    assert signalled == []
    assert words in str(halted)
