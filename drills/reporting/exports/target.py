"""Where an export goes: ``ctrf=reports/ctrf.json``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from drills.errors import PlanError
from drills.journal.replacing import replace
from drills.reporting.exports.catalogue import check, render_of

if TYPE_CHECKING:
    from drills.reporting.exports.run import Run

OFF = "off"  # nothing is exported, what CI would be told by itself included


@dataclass(frozen=True, slots=True)
class Target:
    """An export by name, and the file that it is written to."""

    name: str
    path: Path


def target_of(text: str, folder: Path) -> Target:
    """What ``NAME=PATH`` means, the path counted from ``folder``. Raises PlanError."""
    name, sign, path = (part.strip() for part in text.partition("="))
    if not (name and sign and path):
        raise PlanError(f"expected NAME=PATH, such as ctrf=reports/ctrf.json, got {text!r}")
    check(name)
    return Target(name, folder / Path(path).expanduser())


def targets_of(texts: Iterable[str], folder: Path) -> list[Target]:
    """All of them; none where one is ``off``. Raises PlanError with a line for each mistake."""
    written = [text.strip() for text in texts if text.strip()]
    found, problems = [], []
    for text in () if OFF in written else written:
        try:
            found.append(target_of(text, folder))
        except PlanError as error:
            problems.append(str(error))
    if problems:
        raise PlanError("\n".join(problems))
    return found


def rendered(name: str, run: Run) -> bytes:
    """What an export says of a run. Raises PlanError where it fails; it is others' code, maybe."""
    render = render_of(name)
    try:
        text = render(run)
        return text.encode("utf-8", "replace")
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
        raise PlanError(f"the export {name!r} failed: {said}") from error


def write(target: Target, run: Run) -> None:
    """Write an export's file, whole or not at all. Raises PlanError where that cannot be."""
    data = rendered(target.name, run)
    try:
        target.path.parent.mkdir(parents=True, exist_ok=True)
        replace(target.path, data)
    except OSError as error:
        said = error.strerror or error
        raise PlanError(f"{target.path}: expected to write {target.name} there: {said}") from error
