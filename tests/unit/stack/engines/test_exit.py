"""How a process is ended with an exit code, on a process of this machine's own kernel."""

from __future__ import annotations

import errno
import platform
import stat
import struct
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from drills.errors import EngineError
from drills.stack.engines import errand as under_test
from drills.stack.engines.errand import Call, Gave, Vector, errand, told
from drills.stack.engines.exit import ended, ending, instruction, looking, reading, vdso

MACHINE = platform.machine()
# Some kernels let a process be traced by its ancestors only, unless it says that anybody may: then
# it takes no privilege. PR_SET_PTRACER, PR_SET_PTRACER_ANY of prctl(2).
TRACED = "import ctypes; ctypes.CDLL(None).prctl(0x59616d61, ctypes.c_ulong(2**64 - 1), 0, 0, 0)\n"
SLEEPS = TRACED + "import time; print('ready', flush=True); time.sleep(60)"
WORKS = TRACED + "print('ready', flush=True)\nwhile True: pass"
THREADS = (
    TRACED + "import threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()\n"
    "print('ready', flush=True)\nwhile True: pass"
)


Run = Callable[[Sequence[Call]], list[Gave]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """What calls give, made by a program in this folder."""
    monkeypatch.setattr(under_test, "ANSWER", "answer")

    def run(calls: Sequence[Call]) -> list[Gave]:
        program = tmp_path / "program"
        program.write_bytes(errand(MACHINE, calls))
        program.chmod(stat.S_IRWXU)
        (tmp_path / "answer").unlink(missing_ok=True)
        subprocess.run([program], cwd=tmp_path, check=True, timeout=60)
        return told(calls, (tmp_path / "answer").read_bytes())

    return run


@pytest.mark.parametrize("doing", [SLEEPS, WORKS, THREADS], ids=["sleeps", "works", "threads"])
@pytest.mark.parametrize("code", [0, 1, 78, 255])
def test_a_process_ends_with_the_code(run: Run, doing: str, code: int) -> None:
    """Whatever it is at, and whatever else runs in it; it is seen to come to that."""
    process = subprocess.Popen([sys.executable, "-c", doing], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        begin = vdso(run(looking(process.pid))[1])
        at = begin + instruction(MACHINE, run(reading(process.pid, begin))[1])
        gave = run(ending(MACHINE, process.pid, at, code))
        ended(gave, code)
        assert process.wait(20) == code
        with pytest.raises(EngineError, match="something else"):
            ended(gave, code + 1)
    finally:
        process.kill()
        process.communicate()


def test_what_was_not_held_is_told_and_was_not_touched() -> None:
    """By the first call that was refused."""
    refused = [Gave(-errno.EPERM, rooms) for rooms in ((), (), (bytes(4),), (), (), (bytes(4),))]
    with pytest.raises(EngineError, match="hold it: Operation not permitted"):
        ended([*refused, Gave(-errno.ESRCH, (bytes(8),))], 3)


def test_a_program_of_another_kind_is_left_alone() -> None:
    """Of 32 bits, of whose calls the numbers are others, or without a part of the kernel's."""
    for begin in (0xF7F00000, 0):
        with pytest.raises(EngineError, match="64 bits"):
            vdso(Gave(32, (struct.pack("<4Q", 33, begin, 0, 0),)))
    with pytest.raises(EngineError, match="64 bits"):
        vdso(Gave(-errno.EACCES, (bytes(64),)))
    for machine, read in ((MACHINE, Gave(4, (bytes(4),))), ("riscv64", Gave(2, (b"\x0f\x05",)))):
        with pytest.raises(EngineError, match="no system call is seen"):
            instruction(machine, read)


def test_the_registers_are_those_of_the_machine() -> None:
    """As many as its kernel has, with the call, the code and the instruction in their places."""
    for machine, count, places in (
        ("amd64", 27, {10: 231, 14: 3, 15: 2**64 - 1, 16: 0x7FFF0000}),
        ("arm64", 34, {0: 3, 8: 94, 32: 0x7FFF0000}),
    ):
        vector = ending(machine, 7, 0x7FFF0000, 3)[3].arguments[3]
        assert isinstance(vector, Vector)
        registers = struct.unpack(f"<{count}Q", vector.content)
        assert {place: registers[place] for place in places} == places
