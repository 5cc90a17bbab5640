"""The words of scenarios for faults: ``packet loss of 30 %`` becomes a fault with its parameters.

Each fault has its ``phrase``, in the format of the library that the steps of pytest-bdd are written
in as well; its fields are those of the fault, and their types are ``TYPES``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from functools import partial

from parse import Parser, with_pattern

from drills.errors import PlanError
from drills.faults.fault import Fault
from drills.units import parse_count, parse_duration, parse_ratio, parse_size

# Whatever stands there is told what it should have been, instead of not being found at all.
_SOMETHING = with_pattern(r".+?")

_QUOTED = with_pattern(r'"[^"]+"')

TYPES: Mapping[str, Callable[[str], object]] = {
    "duration": _SOMETHING(partial(parse_duration)),
    "number": _SOMETHING(partial(parse_count)),
    "quoted": _QUOTED(lambda text: text[1:-1]),
    "share": _SOMETHING(partial(parse_ratio)),
    "size": _SOMETHING(partial(parse_size)),
}
_EXAMPLES = {
    "duration": "2 min",
    "number": "20",
    "quoted": '"{name}"',
    "share": "30 %",
    "size": "8 MiB",
}
_FIELD = re.compile(r"\{(\w+):(\w+)\}")


def said(phrase: str) -> str:
    """A phrase as a scenario may say it: its fields are examples, a quoted one is its name."""
    return _FIELD.sub(lambda found: _EXAMPLES[found[2]].format(name=found[1]), phrase)


def find_fault(words: str, faults: Sequence[type[Fault]], hint: str = "") -> Fault:
    """The fault that a scenario means, of these.

    Raises PlanError for words that mean none, with those that are nearest, and for a parameter that
    is not what it should be.
    """
    for fault in faults:
        found = Parser(fault.phrase, dict(TYPES), case_sensitive=True).parse(words)
        if found is not None:
            try:
                return fault(**found.named)
            except ValueError as error:
                raise PlanError(f"{words!r}: {error}") from error
    by_shape = {said(fault.phrase): fault for fault in faults}
    near = get_close_matches(words, by_shape, n=3, cutoff=0.4) or sorted(by_shape)[:3]
    raise PlanError(
        f"expected the words for a fault, such as {', '.join(map(repr, near))}, got {words!r}. "
        f"Hint: `drills faults` lists them all{hint}"
    )
