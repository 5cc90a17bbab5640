"""Values that a manifest leaves to the environment: ``{env:NAME}``, for what is nobody's to read.

Each is a secret: the redactor is told it before anything is written.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any
from urllib.parse import quote

from drills.errors import PlanError
from drills.journal.keylines import KeyPath
from drills.journal.misfits import Misfit, Misfits

_VARIABLE = re.compile(r"\{env:([A-Za-z_][A-Za-z0-9_]*)\}")


def filled(text: str) -> str:
    """The text with each variable's value. Raises PlanError naming those that are not set."""
    return _filled(text, str)


def _filled(text: str, as_: Callable[[str], str]) -> str:
    missing = sorted({name for name in _VARIABLE.findall(text) if name not in os.environ})
    if missing:
        raise PlanError(f"expected {', '.join(missing)} in the environment, found nothing")
    return _VARIABLE.sub(lambda match: as_(os.environ[match[1]]), text)


def in_url(text: str) -> str:
    """The same for a DSN, where it is a URL: a value may have any sign."""
    return _filled(text, partial(quote, safe="") if "://" in text else str)


def filled_at(written: Mapping[str, Any], filling: Callable[[str], str] = filled) -> dict[str, Any]:
    """What is written under these keys, with each variable's value: texts, and several of them.

    Raises Misfits with every key, also below these, whose variables are not set.
    """
    missing: list[Misfit] = []

    def each(inner: Any, path: KeyPath) -> Any:
        if isinstance(inner, Mapping):
            return {name: each(one, (*path, name)) for name, one in inner.items()}
        if isinstance(inner, tuple):
            return tuple(each(one, (*path, place)) for place, one in enumerate(inner))
        try:
            return filling(inner)
        except PlanError as error:
            missing.append(Misfit(path, str(error)))

    values: dict[str, Any] = each(written, ())
    if missing:
        raise Misfits(missing)
    return values


def filled_with(text: str, value: str) -> str:
    """The text with that in the place of each variable, whatever its value is."""
    return _VARIABLE.sub(lambda _: value, text)


def variables_in(text: str) -> list[str]:
    """The names of the variables in a text."""
    return _VARIABLE.findall(text)


def secrets_in(texts: Iterable[str]) -> list[str]:
    """The values of the variables in these texts, of those that are set."""
    names = {name for text in texts for name in _VARIABLE.findall(text)}
    return [os.environ[name] for name in sorted(names) if os.environ.get(name)]
