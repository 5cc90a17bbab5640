"""The programs of machine code, run on this machine's own kernel."""

from __future__ import annotations

import os
import platform
import resource
import stat
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from drills.errors import EngineError
from drills.stack.engines.program import keeper, leak
from drills.units import MIB
from drills.wait import until

HERE = platform.machine()
FAST = 4096 * MIB  # bytes a second: at its bound as soon as it has looked at the clock twice


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    path.chmod(stat.S_IRWXU)
    return path


@contextmanager
def kept(directory: Path, seconds: float = 60) -> Iterator[subprocess.Popen[bytes]]:
    """A keeper that has told its number, ended afterwards."""
    program = written(directory / "keeper", keeper(HERE, seconds))
    with subprocess.Popen([program], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == f"{process.pid}\n".encode()
            yield process
        finally:
            process.kill()


def resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize()


def test_a_keeper_ends_at_its_time(tmp_path: Path) -> None:
    """By itself, and well."""
    with kept(tmp_path, seconds=0.2) as process:
        assert process.wait(60) == 0


def test_a_leak_takes_its_bound_and_no_more(tmp_path: Path) -> None:
    """In memory that it has really taken, held until its keeper is gone."""
    with kept(tmp_path) as process:
        program = written(tmp_path / "leak", leak(HERE, process.pid, FAST, 24 * MIB, 60))
        with subprocess.Popen([program]) as leaking:
            try:
                until(
                    lambda: resident(leaking.pid) >= 24 * MIB,
                    awaited="it is at its bound",
                    within=50,
                )
                assert resident(leaking.pid) < 25 * MIB
                assert leaking.poll() is None
                process.kill()
                process.wait(30)
                assert leaking.wait(30) == 0
            finally:
                leaking.kill()


def test_a_leak_grows_at_its_rate(tmp_path: Path) -> None:
    """What it holds when its time to live ends is what it had the time to take."""
    with kept(tmp_path) as process:
        program = written(tmp_path / "leak", leak(HERE, process.pid, 8 * MIB, 512 * MIB, 1))
        ended = os.posix_spawn(program, [str(program)], {})
        _, status, used = os.wait4(ended, 0)
        assert os.waitstatus_to_exitcode(status) == 0
        # A fault for every page that it took; the peak of its memory is inherited from us.
        assert 0 < used.ru_minflt * resource.getpagesize() <= 9 * MIB


def test_without_a_keeper_there_is_no_leak(tmp_path: Path) -> None:
    """Whoever could end it is not there, so it does not begin."""
    with kept(tmp_path) as process:
        process.kill()
        process.wait(30)
        program = written(tmp_path / "leak", leak(HERE, process.pid, FAST, MIB, 60))
        assert subprocess.run([program], check=False, timeout=60).returncode == 3


@pytest.mark.parametrize(
    ("machine", "number"), [("amd64", 62), ("x86_64", 62), ("arm64", 183), ("aarch64", 183)]
)
@pytest.mark.parametrize("program", [keeper("amd64", 1), leak("amd64", 1, 1, 1, 1)])
def test_are_made_for_the_engine_s_machine(machine: str, number: int, program: bytes) -> None:
    """By the names that engines and kernels have for it; of one segment that cannot be written."""
    made = keeper(machine, 1) if len(program) < 256 else leak(machine, 1, 1, 1, 1)
    assert made[:4] == b"\x7fELF"
    assert struct.unpack_from("<HH", made, 16) == (2, number)
    kind, flags, offset = struct.unpack_from("<IIQ", made, 64)
    assert (kind, flags, offset) == (1, 5, 0)
    assert struct.unpack_from("<Q", made, 64 + 32) == (len(made),)


def test_for_another_machine_there_is_none() -> None:
    """With those that there are."""
    with pytest.raises(EngineError, match=r"'s390x', only for aarch64, amd64, arm64, x86_64"):
        keeper("s390x", 1)
