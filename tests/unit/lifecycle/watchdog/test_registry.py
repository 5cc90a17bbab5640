"""Who is entered as running, and who of them lives: told by locks, across processes."""

from __future__ import annotations

import fcntl
import os
import secrets
import signal
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from drills.errors import JournalError
from drills.lifecycle.watchdog import registry
from drills.lifecycle.watchdog.state import state_directory
from tests.doubles.processes import ROOT, Child

HOLDS = """
    import signal, sys
    from pathlib import Path
    from drills.lifecycle.watchdog import registry
    held = registry.register("d1", Path(sys.argv[1]), "drill-d1")
    say("entered")
    signal.pause()
"""
ENTRY = b"""{"directory": "/x", "project": "%s", "pid": 1, "started": 1, "boot": "",
"allow_remote": false}"""


def only() -> registry.Entry:
    (entry,) = registry.entries()
    return entry


class TestAlive:
    def test_while_its_process_lives(self, tmp_path: Path) -> None:
        """And not an instant longer: the kernel frees the lock with the process."""
        with Child(HOLDS, tmp_path) as child:
            child.hears("entered")
            assert only().alive
            assert only().pid == child.pid
            assert only().same_process()
            child.kill(signal.SIGKILL)
            assert not only().alive

    def test_no_child_of_it_inherits_the_lock(self, tmp_path: Path) -> None:
        """A process that the drill started and that outlives it does not keep it alive."""
        held = registry.register("d1", tmp_path, "drill-d1")
        with subprocess.Popen(["sleep", "60"], close_fds=False) as child:
            try:
                held.release()
                assert not only().alive
            finally:
                child.kill()

    def test_readers_do_not_take_each_other_for_its_life(self, tmp_path: Path) -> None:
        """Whoever looks whether a dead drill lives holds nobody else off."""
        registry.register("d1", tmp_path, "drill-d1").release()
        reader = os.open(only().path, os.O_RDONLY)
        try:
            fcntl.flock(reader, fcntl.LOCK_SH)
            assert not only().alive
        finally:
            os.close(reader)

    def test_a_process_id_that_was_used_again_is_another_process(self, tmp_path: Path) -> None:
        """It is told by when it began."""
        registry.register("d1", tmp_path, "drill-d1")
        text = only().path.read_text()
        began = registry.started_of(os.getpid())
        only().path.write_text(text.replace(str(began), str(began - 1)))
        assert not only().same_process()

    def test_every_user_of_the_machine_sees_a_sign_of_life(self, tmp_path: Path) -> None:
        """Whatever state directory the drill is entered in."""
        one, other = secrets.token_hex(8), secrets.token_hex(8)  # other runs show life too
        held = registry.register(one, tmp_path, f"drill-{one}")
        assert registry.shows_life(one)
        assert not registry.shows_life(other)
        held.remove()
        assert not registry.shows_life(one)

    def test_two_who_look_at_once_do_not_take_each_other_for_it(self) -> None:
        """As two healers of one drill do; a look leaves nothing that others see."""
        drill = secrets.token_hex(8)
        with ThreadPoolExecutor(4) as looking:
            seen = list(looking.map(lambda _: registry.shows_life(drill), range(200)))
        assert not any(seen)


class TestEntering:
    def test_the_file_is_the_users_own(self, tmp_path: Path, state: Path) -> None:
        """Nobody else reads or plants one, and no half-made one is ever seen."""
        at = "tcp://10.0.0.5:2375"
        held = registry.register("d1", tmp_path, "drill-d1", engine=at, allow_remote=True)
        assert stat.S_IMODE((state / "d1.json").stat().st_mode) == 0o600
        assert stat.S_IMODE(state.stat().st_mode) == 0o700
        assert [path.name for path in state.iterdir()] == ["d1.json"]
        assert only() == held.entry
        assert (only().directory, only().of_this_boot) == (tmp_path, True)
        assert (only().engine, only().allow_remote) == (at, True)

    def test_what_ended_cleanly_is_forgotten(self, tmp_path: Path) -> None:
        """Twice is once."""
        held = registry.register("d1", tmp_path, "drill-d1")
        held.remove()
        held.remove()
        assert registry.entries() == []

    def test_a_state_directory_that_takes_no_file_is_an_error(self, state: Path) -> None:
        """A drill that cannot be entered must not begin."""
        state.parent.mkdir()
        state.write_text("in the way")
        with pytest.raises(JournalError, match="expected to enter the drill"):
            registry.register("d1", state, "drill-d1")

    def test_a_drill_of_before_the_last_boot_is_known_as_such(self, tmp_path: Path) -> None:
        """Its monotonic instants are of another clock."""
        registry.register("d1", tmp_path, "drill-d1")
        text = only().path.read_text()
        only().path.write_text(text.replace(registry.boot_id(), "another"))
        assert not only().of_this_boot

    def test_where_the_files_lie(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        """As the XDG base directories say, unless DRILLS_STATE says otherwise."""
        monkeypatch.delenv("DRILLS_STATE")
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
        assert state_directory() == tmp_path / "incident-drills" / "running"
        monkeypatch.delenv("XDG_STATE_HOME")
        monkeypatch.setenv("HOME", str(tmp_path))
        assert state_directory() == tmp_path / ".local/state/incident-drills/running"


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"null",
        b'{"drill_id": "d1"}',
        ENTRY % b"../..",
        ENTRY % b"none",
        b"[" * 100_000,
    ],
)
def test_a_file_that_makes_no_sense_is_told_and_hides_no_other(
    garbage: bytes, tmp_path: Path, state: Path
) -> None:
    """It may still be locked, claimed and cleaned up after, by the id in its name."""
    held = registry.register("d2", tmp_path, "drill-d2")
    (state / "d1.json").write_bytes(garbage)
    broken, whole = registry.entries()
    assert "makes no sense" in broken.problem
    assert (broken.drill_id, broken.project, broken.alive) == ("d1", "drill-d1", False)
    assert whole == held.entry


class TestClaiming:
    def test_only_one_gets_it(self, tmp_path: Path) -> None:
        """The other one is told that it is none of its business."""
        registry.register("d1", tmp_path, "drill-d1").release()
        first = registry.claim(only())
        assert first is not None
        assert registry.claim(only(), within=0) is None
        assert only().alive  # in good hands
        first.release()
        assert registry.claim(only()) is not None

    def test_not_while_its_process_lives(self, tmp_path: Path) -> None:
        """A drill under way is not cleaned up."""
        with Child(HOLDS, tmp_path) as child:
            child.hears("entered")
            assert registry.claim(only(), within=0) is None

    def test_what_was_removed_meanwhile_is_not_claimed(self, tmp_path: Path) -> None:
        """A healer that comes second finds nothing to do, though it opened the file before."""
        held = registry.register("d1", tmp_path, "drill-d1")
        entry = only()
        held.remove()
        assert registry.claim(entry, within=0) is None
        assert not entry.alive

    def test_nor_what_took_its_place_between_opening_and_locking(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A lock on a file that nobody finds any more keeps nobody off."""
        held = registry.register("d1", tmp_path, "drill-d1")
        entry, lock = only(), fcntl.flock
        others: list[registry.Claim] = []

        def late(file: int, how: int) -> None:
            if not others:
                held.remove()
                others.append(held)
                monkeypatch.setattr(fcntl, "flock", lock)
                others.append(registry.register("d1", tmp_path, "drill-d1"))
            lock(file, how)

        monkeypatch.setattr(fcntl, "flock", late)
        assert registry.claim(entry, within=0) is None
        assert only().alive


def test_the_registry_needs_no_more_than_the_standard_library() -> None:
    """The plugin asks it before every drill."""
    program = "import sys, drills.lifecycle.watchdog.registry; print(*sys.modules)"
    output = subprocess.check_output([sys.executable, "-c", program], cwd=ROOT, text=True)
    assert not {"docker", "pydantic", "httpx", "jinja2"} & set(output.split())
