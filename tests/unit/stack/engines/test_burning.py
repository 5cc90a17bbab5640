"""The hog's machine code, run on this machine's own kernel."""

from __future__ import annotations

import os
import platform
import stat
import struct
import subprocess
from pathlib import Path

import pytest

from drills.errors import EngineError
from drills.stack.engines.burning import hog
from drills.stack.engines.program import keeper
from drills.wait import until

HERE = platform.machine()


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    path.chmod(stat.S_IRWXU)
    return path


@pytest.mark.parametrize("threads", [1, 3])
def test_it_computes_in_so_many_threads_until_its_keeper_is_gone(
    tmp_path: Path, threads: int
) -> None:
    """All of them end with it, and it ends well."""
    line = [written(tmp_path / "keeper", keeper(HERE, 60))]
    with subprocess.Popen(line, stdout=subprocess.PIPE) as kept:
        program = written(tmp_path / "hog", hog(HERE, kept.pid, threads, 60))
        with subprocess.Popen([program]) as burning:
            try:
                tasks = Path(f"/proc/{burning.pid}/task")
                until(
                    lambda: len(list(tasks.iterdir())) == threads,
                    awaited="every thread is there",
                    within=50,
                )
                assert burning.poll() is None
                kept.kill()
                kept.wait(30)
                assert burning.wait(30) == 0
            finally:
                burning.kill()
                kept.kill()


def test_it_ends_at_its_time_to_live(tmp_path: Path) -> None:
    """By itself, and it computed until then and touched no memory for it."""
    line = [written(tmp_path / "keeper", keeper(HERE, 60))]
    with subprocess.Popen(line, stdout=subprocess.PIPE) as kept:
        try:
            program = written(tmp_path / "hog", hog(HERE, kept.pid, 2, 0.3))
            _, status, used = os.wait4(os.posix_spawn(program, [str(program)], {}), 0)
        finally:
            kept.kill()
    assert status == 0
    assert used.ru_utime > 0.01
    assert used.ru_minflt < 100


def test_without_its_keeper_it_does_not_begin(tmp_path: Path) -> None:
    """Whoever started it is gone already."""
    with subprocess.Popen(["true"]) as gone:
        gone.wait()
    program = written(tmp_path / "hog", hog(HERE, gone.pid, 2, 60))
    assert subprocess.run([program], check=False, timeout=60).returncode == 3


def test_it_is_made_for_the_engine_s_machine() -> None:
    """By the names that engines have for it, or not at all."""
    numbers = [struct.unpack_from("<H", hog(m, 1, 1, 1), 18)[0] for m in ("amd64", "arm64")]
    assert numbers == [62, 183]
    with pytest.raises(EngineError, match="no program for a machine of kind 's390x'"):
        hog("s390x", 1, 1, 1)
