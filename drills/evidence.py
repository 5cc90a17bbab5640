"""Captured artefacts: each redacted, written once, and named in the journal with its hash."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from drills.errors import DrillError
from drills.journal import Journal, slug
from drills.timeline import Kind

LARGEST = 4 * 1024 * 1024  # bytes kept of one artefact, from its end


class Evidence:
    """The ``evidence/`` folder of a drill."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._folder = journal.directory / "evidence"

    def keep(self, name: str, source: str, content: Callable[[], bytes]) -> None:
        """Capture one artefact under ``name`` (``app-1 log``) from ``source``, in words.

        One that cannot be captured is an event, not an error: the others are still wanted.
        """
        try:
            # Redacted before it is cut: the cut might leave half a secret, which nobody knows.
            data = self._journal.redact(content().decode("utf-8", "replace")).encode()[-LARGEST:]
            path = self._path(name)
            path.write_bytes(data)
        except (DrillError, OSError) as error:
            self._journal.write(Kind.ERROR, f"evidence {name}: {error}")
            return
        self._journal.write(
            Kind.EVIDENCE,
            f"{name} from {source}",
            name=name,
            path=f"evidence/{path.name}",
            sha256=hashlib.sha256(data).hexdigest(),
            size=len(data),
        )

    def _path(self, name: str) -> Path:
        stem, number = slug(name), 1
        path = self._folder / f"{stem}.txt"
        while path.exists():
            number += 1
            path = self._folder / f"{stem}-{number}.txt"
        return path
