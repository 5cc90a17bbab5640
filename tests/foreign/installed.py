"""The built wheel in an environment of its own, outside the repository, beside nothing of it."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Installed:
    """An environment with the wheel; its other packages are those of the tests' environment."""

    folder: Path

    @property
    def packages(self) -> Path:
        """Where the wheel was unpacked to."""
        return Path(sysconfig.get_path("purelib", "venv", vars={"base": str(self.folder)}))

    def pytest(
        self, *arguments: str, cwd: Path, variables: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """pytest, as the environment has it."""
        return self.run("python", "-m", "pytest", *arguments, cwd=cwd, variables=variables)

    def run(
        self,
        command: str,
        *arguments: str,
        cwd: Path,
        variables: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """One of the environment's commands; the repository is on no path of it."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "PYTEST"))}
        return subprocess.run(
            [str(self.folder / "bin" / command), *arguments],
            cwd=cwd,
            env={**kept, "DRILLS_STATE": str(self.folder / "state"), **(variables or {})},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )


def install(folder: Path) -> Installed:
    """Build the wheel and install it into a new environment in ``folder``. Needs no network."""
    _python("-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "dist"))
    (wheel,) = (folder / "dist").iterdir()
    installed = Installed(folder / "venv")
    venv.create(installed.folder, with_pip=False)
    # A path in a .pth file is searched, but the .pth files in it (this checkout's) are not read.
    (installed.packages / "tests-environment.pth").write_text(sysconfig.get_path("purelib"))
    pip = ("-m", "pip", "--disable-pip-version-check", "--python", f"{installed.folder}/bin/python")
    _python(*pip, "install", "-q", "--no-deps", "--no-index", str(wheel))
    return installed


def _python(*arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
