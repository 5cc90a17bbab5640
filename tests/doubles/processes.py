"""Processes of a test that it talks to and kills."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import Self

ROOT = Path(__file__).parents[2]
_BEGINNING = """
import os, sys, threading
def say(*words):
    print(*words, flush=True)
threading.Thread(target=lambda: (os.read(0, 1), os._exit(0)), daemon=True).start()
"""


class Child:
    """A Python program that may ``say`` words; it ends with whoever started it, if not before."""

    def __init__(self, program: str, *arguments: object) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _BEGINNING + dedent(program), *map(str, arguments)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def hears(self, word: str, within: float = 60) -> list[str]:
        """The words of the next line, which begins with ``word``."""
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], within)
        words = self._process.stdout.readline().decode().split() if ready else []
        assert words[:1] == [word], words
        return words[1:]

    def kill(self, number: signal.Signals) -> None:
        """Kill it and wait for its end."""
        self._process.send_signal(number)
        self._process.wait(30)

    def wait(self, within: float = 30) -> int:
        return self._process.wait(within)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._process.kill()
        self._process.communicate()


def runs(pid: int) -> bool:
    """Whether it is there, and not only waiting for its parent to look at how it ended."""
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]
    except (ProcessLookupError, FileNotFoundError):
        return False
    return state != "Z"
