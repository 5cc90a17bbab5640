"""The forms in which a run can be told: ours, and those that installed packages bring.

An installed package adds one by an entry point of the group ``drills.exports``: a function that is
given a ``Run`` and returns the text of the file. Each is loaded when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, TypeAlias

from drills.errors import PlanError, near

if TYPE_CHECKING:
    from drills.reporting.exports.run import Run

GROUP = "drills.exports"
OURS = {  # each module has ``render``
    "annotations": "annotations that GitHub shows at a feature's line",
    "badge": "an SVG badge",
    "codequality": "GitLab's code quality report",
    "ctrf": "Common Test Report Format (JSON)",
    "cucumber": "Cucumber JSON",
    "openmetrics": "OpenMetrics text, the newest drill of each scenario",
    "summary": "Markdown, for the page of a CI job",
}
Render: TypeAlias = "Callable[[Run], str]"


def names() -> list[str]:
    """All there are, by name."""
    return sorted({*OURS, *(point.name for point in entry_points(group=GROUP))})


def check(name: str) -> None:
    """Raise PlanError where no export is called so."""
    if name not in (known := names()):
        listed = ", ".join(known)
        raise PlanError(f"expected one of the exports ({listed}), got {name!r}{near(name, known)}")


def render_of(name: str) -> Render:
    """What makes the text. Raises PlanError where there is none, or it cannot be loaded."""
    check(name)
    if name in OURS:
        render: Render = import_module(f"{__package__}.{name}").render
        return render
    (point, *_) = entry_points(group=GROUP, name=name)
    try:
        found = point.load()
    except Exception as error:
        raise PlanError(
            f"the export {name!r} ({point.value}) cannot be loaded: {type(error).__name__}: {error}"
        ) from error
    if not callable(found):
        raise PlanError(f"the export {name!r} ({point.value}): expected a function, got {found!r}")
    return found  # type: ignore[no-any-return] # what it returns is checked where it is written
