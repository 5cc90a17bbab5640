"""A stack beside the tortured ones that is nobody's target: nothing of it may change."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.torture.shim import sitecustomize as shim
from tests.torture.tortured import ROOT, STACK


class Bystander:
    """The light stack, started by hand: it carries no drill's label."""

    def __init__(self, token: str) -> None:
        self._project = f"bystander-{token}"
        self._environment = {**os.environ, "TORTURE_TOKEN": token}
        self._before: dict[str, object] = {}

    def __enter__(self) -> Self:
        try:
            self._compose("up", "--detach", "--wait", "--no-build", "--pull", "never")
            self._before = self._picture()
        except BaseException:
            self._down()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._down()

    def _down(self) -> None:
        self._compose("down", "--volumes", "--timeout", "0")

    def _picture(self) -> dict[str, object]:
        listed = subprocess.run(
            [
                *("docker", "ps", "-a", "--no-trunc", "--format", "{{.ID}} {{.Names}} {{.State}}"),
                *("--filter", f"label=com.docker.compose.project={self._project}"),
            ],
            capture_output=True,
            text=True,
            check=True,
        )
        return {"containers": sorted(listed.stdout.splitlines()), **shim.picture(self._project)}

    def changes(self) -> list[str]:
        """What is not as it was when it came up."""
        now = self._picture()
        keys = sorted(now.keys() | self._before.keys())
        return [
            f"bystander's {key}: {self._before.get(key)} became {now.get(key)}"
            for key in keys
            if now.get(key) != self._before.get(key)
        ]

    def _compose(self, *words: str) -> None:
        file = Path(ROOT, STACK, "compose.yaml")
        line = ["docker", "compose", "-p", self._project, "-f", str(file), *words]
        subprocess.run(line, env=self._environment, capture_output=True, check=True)
