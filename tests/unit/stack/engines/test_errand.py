"""Errands, run on this machine's own kernel."""

from __future__ import annotations

import errno
import platform
import stat
import struct
import subprocess
from pathlib import Path

import pytest

from drills.errors import EngineError
from drills.stack.engines import errand as under_test
from drills.stack.engines.errand import AT_FDCWD, FIRST, Call, Gave, Room, errand, told

READ = (
    Call("openat", (AT_FDCWD, "told.txt", 0, 0)),
    Call("pread", (FIRST, Room(4), 4, 0)),
    Call("pread", (FIRST, Room(8), 8, 2)),
    Call("pread", (FIRST + 1, Room(2), 2, 0)),
)


def carried_out(directory: Path, calls: tuple[Call, ...], patch: pytest.MonkeyPatch) -> list[Gave]:
    """What the calls gave, made in this folder."""
    patch.setattr(under_test, "ANSWER", "answer")  # of a helper it is at the root
    program = directory / "program"
    program.write_bytes(errand(platform.machine(), calls))
    program.chmod(stat.S_IRWXU)
    subprocess.run([program], cwd=directory, check=True, timeout=60)
    return told(calls, (directory / "answer").read_bytes())


def test_every_call_is_made_in_order_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what it wrote where it was to, and with the error's number where it failed."""
    (tmp_path / "told.txt").write_text("abcdef")
    assert carried_out(tmp_path, READ, monkeypatch) == [
        Gave(FIRST),
        Gave(4, (b"abcd",)),
        Gave(4, (b"cdef\0\0\0\0",)),
        Gave(-errno.EBADF, (b"\0\0",)),
    ]


def test_one_that_fails_shifts_no_handle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was to be opened is not there, so what follows reads nothing else instead."""
    opened, *rest = carried_out(tmp_path, READ, monkeypatch)
    assert opened == Gave(-errno.ENOENT)
    assert {one.value for one in rest} == {-errno.EBADF}


@pytest.mark.parametrize(
    ("machine", "number"), [("amd64", 62), ("x86_64", 62), ("arm64", 183), ("aarch64", 183)]
)
def test_are_made_for_the_engine_s_machine(machine: str, number: int) -> None:
    """Of one segment that is run and one that is written, and of none that is both."""
    made = errand(machine, READ)
    assert struct.unpack_from("<HH", made, 16) == (2, number)
    flags = [struct.unpack_from("<I", made, 64 + 56 * each + 4)[0] for each in (0, 1)]
    assert flags == [5, 6]


def test_for_another_machine_there_is_none() -> None:
    """With those that there are."""
    with pytest.raises(EngineError, match=r"'s390x', only for aarch64, amd64, arm64, x86_64"):
        errand("s390x", READ)


def test_an_answer_that_was_cut_short_is_none() -> None:
    """Nothing is concluded from half of it."""
    with pytest.raises(EngineError, match="expected an answer of 479 bytes"):
        told(READ, b"\0" * 100)
