"""Hooks that a project may implement in its conftest to change how drills run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from drills.clock import Clock
    from drills.config.document import Manifest
    from drills.judgement.result import DrillResult
    from drills.stack.runtime import Stack


@pytest.hookspec(firstresult=True)
def pytest_drills_stack(
    config: pytest.Config, manifest: Manifest, project: str, drill_id: str, clock: Clock
) -> Stack | None:
    """Return the stack that a drill runs on; by default it is composed from the manifest.

    Nothing of it may be created before its ``up()``: the watchdog, which would remove it if the
    drill died, is armed only once the stack has said which engine runs it.
    """


@pytest.hookspec
def pytest_drills_judged(config: pytest.Config, result: DrillResult, directory: Path) -> None:
    """A drill was judged and its report written to ``directory``."""
