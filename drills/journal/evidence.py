"""Captured artefacts: each redacted, written once, and named in the journal with its hash."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from drills.journal import regular
from drills.journal.facts import ErrorNote, EvidenceKept
from drills.journal.folder import EVIDENCE
from drills.journal.journal import Journal, slug
from drills.journal.observed import DETECTION, STEADY

LARGEST = 4 * 1024 * 1024  # bytes kept of one artefact, from its end
SPARE = 64 * 1024  # bytes more that are searched for secrets, so that none is cut in two


class Evidence:
    """The ``evidence/`` folder of a drill."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._folder = journal.directory / EVIDENCE

    def keep(
        self,
        name: str,
        source: str,
        content: Callable[[], bytes],
        *,
        moment: str = "",
        bundle: str = "",
    ) -> None:
        """Capture one artefact under ``name`` (``app-1 log``) from ``source``, in words.

        One that cannot be captured is an event, not an error: the others are still wanted. For
        ``moment`` and ``bundle`` see ``EvidenceKept``.
        """
        try:
            data = self._redacted(content())
            regular.check_folder(self._folder)
            path = self._path(f"{moment} {name}" if moment in (STEADY, DETECTION) else name)
            with path.open("xb") as file:  # anew: no link is followed
                file.write(data)
        except Exception as error:  # noqa: BLE001 - written down; the other artefacts are still wanted
            self._journal.write(ErrorNote(f"evidence {name}: {error}"))
            return
        kept = EvidenceKept(
            f"{name} from {source}{f', {moment}' if moment else ''}",
            name=name,
            path=f"evidence/{path.name}",
            sha256=hashlib.sha256(data).hexdigest(),
            size=len(data),
            moment=moment,
            bundle=bundle,
        )
        self._journal.write(kept)

    def _redacted(self, content: bytes) -> bytes:
        """Its end, without secrets. What a cut may have left half a secret of is dropped."""
        kept = content[-LARGEST - SPARE :]
        text = self._journal.redact(kept.decode("utf-8", "replace"))
        return (text if len(kept) == len(content) else text[SPARE:]).encode()[-LARGEST:]

    def _path(self, name: str) -> Path:
        stem, number = slug(name), 1
        path = self._folder / f"{stem}.txt"
        while os.path.lexists(path):
            number += 1
            path = self._folder / f"{stem}-{number}.txt"
        return path
