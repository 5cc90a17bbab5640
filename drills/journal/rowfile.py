"""Appending rows to a file so that a killed process leaves whole lines, save perhaps the last."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path


class RowFile:
    """A new file of JSON rows, one a line. Raises OSError where it cannot be created or is there.

    ``add`` collects, ``flush`` hands over to the kernel; what the kernel has survives the death of
    this process. A write that fails keeps its rows for the next ``flush``.
    """

    def __init__(self, path: Path) -> None:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        self._fd = os.open(path, flags, 0o644)
        self._rows: list[str] = []
        self._unwritten = b""

    def add(self, row: Sequence[str | int]) -> None:
        """Take a row; it is written at the next ``flush``."""
        self._rows.append(json.dumps(row, separators=(",", ":")))

    def write(self, row: Sequence[str | int]) -> None:
        """Hand a row over to the kernel before returning. Raises OSError when it is not taken."""
        self.add(row)
        self.flush()

    def flush(self) -> None:
        """Hand over everything. Raises OSError when the kernel does not take it all."""
        if self._rows:
            self._unwritten += ("\n".join(self._rows) + "\n").encode("ascii")
            self._rows.clear()
        while self._unwritten:
            written = os.write(self._fd, self._unwritten)
            self._unwritten = self._unwritten[written:]

    def close(self) -> None:
        """Flush, and have the disk itself take it. Raises OSError when it does not."""
        try:
            self.flush()
            os.fsync(self._fd)
        finally:
            os.close(self._fd)
