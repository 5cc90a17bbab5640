"""Rules that a value holds its own fields to, in the words in which a broken one is told.

A rule is asked about a field's value and says what was expected, or "" where the value will do. The
document that a value is read from is held to the same rules, so that both say the same.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from drills.journal.misfits import Misfit, Misfits, shown

Rule = Callable[[Any], str]


def check(value: object, **rules: Rule) -> None:
    """Raise Misfits with each of the value's fields that breaks its rule."""
    broken = [
        Misfit((name,), text)
        for name, rule in rules.items()
        if (text := problem(rule, getattr(value, name)))
    ]
    if broken:
        raise Misfits(broken)


def problem(rule: Rule, value: object) -> str:
    """What is wrong with a value, "" where it keeps the rule."""
    expected = rule(value)
    return f"expected {expected}, found {shown(value)}" if expected else ""


def misfit(*path: str | int, text: str) -> Misfits:
    """The error of a value that can say where, below itself, something does not fit."""
    return Misfits([Misfit(path, text)])


def optional(rule: Rule) -> Rule:
    """The same rule, for a value that may be left out as None."""
    return lambda value: "" if value is None else rule(value)


def every(rule: Rule) -> Rule:
    """The same rule, for each in a list."""
    return lambda values: next(filter(None, map(rule, values)), "")


def filled(value: str) -> str:
    """A text that says something."""
    return "" if value else "a text that is not empty"


def some(values: tuple[object, ...]) -> str:
    """A list with something in it."""
    return "" if values else "at least 1 in the list"


def port(value: int) -> str:
    """A port of the internet's."""
    if value <= 0:
        return "more than 0"
    return "" if value < 65536 else "less than 65536"


def positive(value: float) -> str:
    """A number above nought, and one that ends."""
    if not math.isfinite(value) and not value < 0:
        return "a number that is not infinite"
    return "" if value > 0 else "more than 0"


def up_to(most: float) -> Rule:
    """A number above nought that is not larger than this."""
    return lambda value: (
        "more than 0" if not value > 0 else "" if value <= most else f"at most {most:g}"
    )


def at_least(least: float) -> Rule:
    """A number that is not smaller than this."""
    return lambda value: "" if value >= least else f"at least {least:g}"


def one_of(*known: str) -> Rule:
    """One of these texts."""
    return lambda value: "" if value in known else " or ".join(map(repr, known))


def matching(pattern: str) -> Rule:
    """A text that looks like this regular expression."""
    return lambda value: "" if re.search(pattern, value) else f"a text that matches {pattern}"
