"""Values that a manifest leaves to the environment: ``{env:NAME}``, for what is nobody's to read.

Each is a secret: the redactor is told it before anything is written.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

from drills.errors import PlanError

_VARIABLE = re.compile(r"\{env:([A-Za-z_][A-Za-z0-9_]*)\}")


def filled(text: str) -> str:
    """The text with each variable's value. Raises PlanError naming those that are not set."""
    missing = sorted({name for name in _VARIABLE.findall(text) if name not in os.environ})
    if missing:
        raise PlanError(f"expected {', '.join(missing)} in the environment, found nothing")
    return _VARIABLE.sub(lambda match: os.environ[match[1]], text)


def variables_in(text: str) -> list[str]:
    """The names of the variables in a text."""
    return _VARIABLE.findall(text)


def secrets_in(texts: Iterable[str]) -> list[str]:
    """The values of the variables in these texts, of those that are set."""
    names = {name for text in texts for name in _VARIABLE.findall(text)}
    return [os.environ[name] for name in sorted(names) if os.environ.get(name)]
