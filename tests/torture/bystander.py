"""What stands beside the tortured stacks and is nobody's target: nothing of it may change.

The same compose file, run by hand, with a volume and a container of the names that the file gives;
a network of somebody else's that the tortured stacks join, with a guest on it; a volume without a
name.
"""

from __future__ import annotations

import os
import subprocess
from difflib import unified_diff
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.contract.neighbours import Neighbours
from tests.torture.shim import sitecustomize as shim
from tests.torture.tortured import ROOT, STACK


class Bystander:
    """All of that, for so many drills ``at_once``.

    ``environment`` is what a tortured drill needs to meet it. On one network there is room for one:
    two would be called the same there, which a drill refuses; ``networks`` are those there are.
    """

    def __init__(self, token: str, at_once: int = 1) -> None:
        self._project = f"bystander-{token}"
        self._neighbours = Neighbours(f"beside-{token}")
        name = self._neighbours.token
        self.environment = {
            "TORTURE_BESIDE": name,
            "TORTURE_OUTSIDE": f"{name}-outside",
            "TORTURE_EXTERNAL": "true",
        }
        self.networks = [f"{name}-outside", *(f"{name}-outside-{n}" for n in range(1, at_once))]
        self._environment = {
            **os.environ,
            "TORTURE_TOKEN": token,
            "TORTURE_BESIDE": name,
            "TORTURE_OUTSIDE": f"{self._project}_outside",
        }
        self._before: dict[str, object] = {}

    def __enter__(self) -> Self:
        name = self._neighbours.token
        try:
            self._neighbours.volume(f"{name}-store", project=self._project)
            for network in self.networks:
                outside = self._neighbours.network(network)
                guest = network.replace("-outside", "-guest")
                self._neighbours.container(guest, network=outside, anonymous=True)
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
        with self._neighbours:
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
        return {
            "containers": sorted(listed.stdout.splitlines()),
            "neighbours": self._neighbours.picture(),
            **shim.picture(self._project),
        }

    def changes(self) -> list[str]:
        """What is not as it was when it came up."""
        now = self._picture()
        keys = sorted(now.keys() | self._before.keys())
        return [
            f"bystander's {key}: "
            + "\n".join(unified_diff(_lines(self._before, key), _lines(now, key), n=2))
            for key in keys
            if now.get(key) != self._before.get(key)
        ]

    def _compose(self, *words: str) -> None:
        file = Path(ROOT, STACK, "compose.yaml")
        line = ["docker", "compose", "-p", self._project, "-f", str(file), *words]
        subprocess.run(line, env=self._environment, capture_output=True, check=True)


def _lines(picture: dict[str, object], key: str) -> list[str]:
    return str(picture.get(key)).splitlines()
