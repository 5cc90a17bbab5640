"""The survivors that are known not to matter: the fenced changes of ``docs/mutants.md``."""

from __future__ import annotations

import re
from pathlib import Path

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "mutants.md"
_FENCE = re.compile(r"^```diff\n(.*?)^```", re.MULTILINE | re.DOTALL)


def accepted(text: str | None = None) -> list[str]:
    """Each listed change: ``<path> <function>``, then what goes (``- ``) and what comes (``+ ``).

    In one fence a blank line parts one from the next.
    """
    text = DOCUMENT.read_text() if text is None else text
    fences: list[str] = _FENCE.findall(text)
    return [change.strip() for fence in fences for change in fence.split("\n\n") if change.strip()]
