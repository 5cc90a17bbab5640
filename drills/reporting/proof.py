"""Evidence as the report shows it.

A link stays inside the drill's directory, and a file is held against what was captured.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal
from urllib.parse import quote

from drills.journal import regular
from drills.judgement.result import EvidenceResult

State = Literal["unchecked", "matches", "differs", "missing", "outside"]

STATES: dict[State, str] = {
    "unchecked": "not checked when this was written",
    "matches": "hash checked when this was written",
    "differs": "differs from what was captured",
    "missing": "no longer there",
    "outside": "outside the drill's directory: not read",
}


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One artefact. ``href`` is empty where its path must not be followed."""

    evidence: EvidenceResult
    href: str
    state: State


def exhibit(evidence: EvidenceResult, root: Path | None) -> Exhibit:
    """The artefact with its link, held against its hash where the drill's directory is given."""
    inside = _is_inside(evidence.path)
    href = quote(evidence.path) if inside else ""
    if not inside:
        return Exhibit(evidence, href, "outside")
    return Exhibit(evidence, href, _state(evidence, root) if root else "unchecked")


def _is_inside(path: str) -> bool:
    """Whether a path is plainly relative, with no way up, no scheme and no odd character."""
    parts = PurePosixPath(path).parts
    plain = path.isprintable() and "\\" not in path and ":" not in path and path.isascii()
    return bool(parts) and plain and not path.startswith("/") and ".." not in parts


def _state(evidence: EvidenceResult, root: Path) -> State:
    try:
        path = (root / evidence.path).resolve(strict=True)
        if not path.is_relative_to(root.resolve()):
            return "outside"
        with regular.reader(path) as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return "missing"
    return "matches" if digest == evidence.sha256 else "differs"
