"""A Markdown file from the disk."""

from __future__ import annotations

from pathlib import Path

from drills.errors import PlanError
from drills.runbook.document.characters import decode
from drills.runbook.document.markdown import parse
from drills.runbook.document.parts import Document


def read(path: Path) -> Document:
    """The parts of a Markdown file. Raises PlanError where it cannot be read."""
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise PlanError(f"{path}: expected a runbook in Markdown there, found nothing") from error
    except OSError as error:
        raise PlanError(f"{path}: expected a runbook in Markdown: {error.strerror}") from error
    if b"\0" in data.replace(b"\r", b"") and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise PlanError(f"{path}: expected a runbook in Markdown, found a file that is no text")
    text, repairs = decode(data)
    return parse(text, path, repairs)
