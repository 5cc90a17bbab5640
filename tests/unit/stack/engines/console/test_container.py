"""The container that is a console."""

from __future__ import annotations

import subprocess
import sys
from typing import Any, cast

from drills.stack.engines.console.container import _created


class Client:
    """As much of an engine's client as describes a container."""

    def create_host_config(self, **given: object) -> dict[str, object]:
        return given


def test_its_first_process_ends_when_its_time_is_over() -> None:
    """So that a console that is left behind by whatever killed its drill goes by itself."""
    made: Any = _created(cast("Any", Client()), "d", "p", 0.0)
    program, *arguments = made["entrypoint"]
    assert (program, made["command"]) == ("python3", [])
    assert subprocess.run([sys.executable, *arguments], check=False).returncode == 0
