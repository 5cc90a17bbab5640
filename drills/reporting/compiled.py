"""What the report's templates compile to, kept beside them as Python keeps that of its modules."""

from __future__ import annotations

import pickle
import sys
from contextlib import suppress
from importlib.metadata import version
from importlib.util import cache_from_source
from pathlib import Path

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from drills.journal.replacing import replace


class Compiled(BytecodeCache):
    """In ``__pycache__``, or wherever this Python keeps such files; not where it keeps none.

    Compiling takes longer than drawing the report. What cannot be read or written costs that time
    and nothing else.
    """

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """The path of what is kept of that template; "" for one that comes from no file."""
        return cache_from_source(f"{filename}.py") if filename else ""

    def get_source_checksum(self, source: str) -> str:
        """It changes with the template and with what compiles it."""
        return super().get_source_checksum(f"{version('jinja2')}\n{source}")

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what is kept, if it is of this template as it is now."""
        damaged = (EOFError, ValueError, TypeError, pickle.UnpicklingError)
        if not bucket.key:
            return
        with suppress(OSError, *damaged), Path(bucket.key).open("rb") as file:
            bucket.load_bytecode(file)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it for the next process."""
        if sys.dont_write_bytecode or not bucket.key:
            return
        path = Path(bucket.key)
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            replace(path, bucket.bytecode_to_string())
