"""How a failure of a drill is told: in its words, unless it came from a team's code."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import TracebackType

from drills.errors import DrillError, Outcome, PlanError

_OURS = frozenset({"drills", "_pytest", "pytest", "pytest_bdd", "pluggy"}) | sys.stdlib_module_names


def briefly(error: BaseException) -> str | None:
    """The error in words, without a traceback; None where that shows more.

    It does where the error, or what a judged drill was ended by, passed through a team's code.
    """
    if not isinstance(error, DrillError):
        return None
    chain = list(_chain(error))
    if not isinstance(error, PlanError) and not all(map(_ours, chain)):
        return None
    said = [f"{type(error).__name__}: {error}"]
    for each in chain:
        said += getattr(each, "__notes__", ())
    return "\n".join(f"E   {line}" for line in "\n".join(dict.fromkeys(said)).splitlines())


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, and what ended the drill before it was judged."""
    yield error
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None and isinstance(error, Outcome):
        yield from _chain(before)


def _ours(error: BaseException) -> bool:
    return isinstance(error, DrillError) and all(
        module in _OURS for module in _modules(error.__traceback__)
    )


def _modules(traceback: TracebackType | None) -> Iterator[str]:
    while traceback is not None:
        yield str(traceback.tb_frame.f_globals.get("__name__", "")).partition(".")[0]
        traceback = traceback.tb_next
