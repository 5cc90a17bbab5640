"""The catalogue, for somebody who does not read all of it."""

from __future__ import annotations

import os
import subprocess
import sys


def test_a_reader_who_leaves_gets_no_traceback() -> None:
    """As in `drills faults | head`; the exit code is not that of a command that was read."""
    reads, writes = os.pipe()
    os.close(reads)
    call = "import sys; from drills.cli import main; sys.exit(main(['faults']))"
    try:
        ended = subprocess.run(
            [sys.executable, "-c", call], stdout=writes, stderr=subprocess.PIPE, check=False
        )
    finally:
        os.close(writes)
    assert (ended.returncode, ended.stderr) == (141, b"")
