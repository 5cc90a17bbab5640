"""A process on a real pseudo terminal: what it wrote there, and what a person did meanwhile."""

from __future__ import annotations

import fcntl
import os
import select
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Sequence
from pathlib import Path

_LONGEST = 120.0  # seconds; a process that takes longer hangs


class Terminal:
    """A terminal of so many columns; ``run`` is one process on it, to its end."""

    def __init__(self, columns: int = 80, rows: int = 30) -> None:
        self.master, self._slave = os.openpty()
        self._bytes = b""
        self.written = ""
        self.status: int | None = None
        self.resize(columns, rows)

    def resize(self, columns: int, rows: int = 30) -> None:
        """As when a person pulls at the window."""
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def type(self, keys: bytes) -> None:
        """As when a person types; the byte 3 is Ctrl-C."""
        os.write(self.master, keys)

    def run(
        self,
        line: Sequence[str],
        cwd: Path,
        environ: dict[str, str],
        once: str = "",
        act: Callable[[Terminal, subprocess.Popen[bytes]], None] | None = None,
    ) -> Terminal:
        """Run it; ``act`` is called when ``once`` was written."""
        process = subprocess.Popen(
            line,
            cwd=cwd,
            env=environ,
            stdin=self._slave,
            stdout=self._slave,
            stderr=self._slave,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - Ctrl-C needs it
        )
        end = time.monotonic() + _LONGEST
        while process.poll() is None or select.select([self.master], [], [], 0)[0]:
            assert time.monotonic() < end, self.written
            self._read()
            if act is not None and once in self.written:
                act(self, process)
                act = None
        self.status = process.returncode
        return self

    def _read(self) -> None:
        if select.select([self.master], [], [], 0.05)[0]:
            self._bytes += os.read(self.master, 1 << 16)
            self.written = self._bytes.decode("utf-8", "replace").replace("\r\n", "\n")

    def close(self) -> None:
        """The window is closed."""
        for file in (self.master, self._slave):
            os.close(file)
