"""Teams whose stacks are none of ours: their compose projects, built and drilled as they would."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from drills.judgement.result import DrillResult
from drills.reporting.files import read_result
from tests.foreign.installed import Installed

FOLDER = Path(__file__).parent / "projects"
TAG = os.environ.get("DRILLS_IMAGE_TAG", "latest")
# What a team's files are built on comes from where the team says; here it is what set-up has built.
IMAGES = {
    f"{name.upper()}_IMAGE": f"incident-drills/{name}:{TAG}"
    for name in ("mariadb", "php", "postgres", "python", "redis")
}


@dataclass(frozen=True, slots=True)
class Project:
    """A compose project, by the paths in its folder of what matters to a drill."""

    name: str
    compose: str
    configuration: str
    feature: str
    secrets: tuple[tuple[str, str], ...] = ()


GUESTBOOK = Project(
    "guestbook",
    "docker-compose.yml",
    "pyproject.toml",
    "features/guestbook.feature",
    (("GUEST_PASSWORD", "welcome"),),
)
WISHES = Project(
    "wishes",
    "deploy/docker-compose.yaml",
    "qa/drills.toml",
    "qa/wishes.feature",
    (("WISHES_PASSWORD", "santa"),),
)
THUMBNAILS = Project("thumbnails", "compose.yaml", "drills.toml", "drills/thumbnails.feature")
PROJECTS = (GUESTBOOK, WISHES, THUMBNAILS)


class Team:
    """A team with its project in a folder of its own, and the wheel."""

    def __init__(self, project: Project, installed: Installed, where: Path) -> None:
        self.project = project
        self.installed = installed
        self.name = f"{project.name}-{uuid4().hex[:8]}"
        self.folder = Path(shutil.copytree(FOLDER / project.name, where / self.name))
        self.variables = {**dict(project.secrets), **IMAGES, "COMPOSE_PROJECT_NAME": self.name}
        self.said = ""
        self.built = False

    def change(self, file: str, old: str, new: str) -> None:
        """Change one of its files, in which ``old`` stands once; images are to be built anew."""
        text = (self.folder / file).read_text("utf-8")
        assert text.count(old) == 1, f"{file}: expected this once: {old}"
        (self.folder / file).write_text(text.replace(old, new), "utf-8")

    def build(self) -> None:
        """Build the project's own images, by its own build sections."""
        self.built = True
        self.compose("build", "--quiet")

    def compose(self, *words: str) -> str:
        """What compose says to the team."""
        line = ["docker", "compose", "-f", self.project.compose, *words]
        done = subprocess.run(
            line,
            cwd=self.folder,
            env={**os.environ, **self.variables},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def plan(self) -> int:
        """The status of a dry run of all its drills."""
        return self.pytest(self.project.feature, "--drill-dry-run")

    def drill(self, scenario: str, *more: str) -> DrillResult:
        """Run one of its drills."""
        self.pytest(f"{self.project.feature}::{scenario}", *more)
        return self.latest()

    def latest(self) -> DrillResult:
        """The result of its last drill."""
        found = list(self.folder.rglob("reports/latest"))
        assert found, f"no drill was run: {self.said}"
        (latest,) = found
        return read_result(latest.resolve())

    def forget(self) -> None:
        """It has no configuration and no feature."""
        for own in (self.project.configuration, self.project.feature):
            (self.folder / own).unlink()

    def init(self) -> str:
        """The feature that is written for its compose file, with a configuration."""
        done = self.installed.run(
            "drills", "init", self.project.compose, cwd=self.folder, variables=self.variables
        )
        self.said = done.stdout + done.stderr
        assert done.returncode == 0, self.said
        folder = (self.folder / self.project.compose).parent
        (feature,) = (folder / "features").glob("*.feature")
        return str(feature.relative_to(self.folder))

    def pytest(self, *arguments: str) -> int:
        """The status of what it runs."""
        done = self.installed.pytest(*arguments, cwd=self.folder, variables=self.variables)
        self.said = done.stdout + done.stderr
        return done.returncode

    def leave(self) -> None:
        """Remove the images that were built for it."""
        for image in self.compose("config", "--images").split():
            if self.built and image.startswith(self.name):
                subprocess.run(["docker", "image", "rm", "-f", image], check=False, timeout=60)
