"""A machine made of nothing but fakes, on which the set-up scripts can be run for real."""

import os
import shutil
import stat
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
# What the scripts use of the machine itself; anything else must be a fake or is not there.
TOOLS = (
    "awk bash cat chmod cut date dirname find grep head id install mkdir mktemp mv paste readlink"
    " rm sed sha256sum sort tail timeout touch wc"
)

DOCKER = r"""
case "$1 ${2:-}" in
"context inspect") echo "${DOCKER_HOST:-unix:///var/run/docker.sock}" ;;
"info "*) [ ! -e engine ] || printf '26.1 '; [ ! -e plugins/compose ] || printf 'compose '; \
          [ ! -e plugins/buildx ] || printf 'buildx '; [ -e engine ] ;;
"version "*) [ -e engine ] ;;
"compose version") [ -e plugins/compose ] ;;
"buildx version") [ -e plugins/buildx ] ;;
"image inspect") shift 2; [ "$1" != --format ] || shift 2; \
    for name in "$@"; do [ -e "images/${name%%:*}" ] && cat "images/${name%%:*}" || exit 1; done ;;
"pull "*) [ -e hub ] ;;
"import "*) mkdir -p images; echo imported >images/debian ;;
"compose -f") case "$*" in
    *"/compose.yaml config --images") printf 'drill-erp:latest\n' ;;
    *"/tools.yaml config --images") printf 'drill-nginx:latest\n' ;;
    *" build"*) [ ! -e broken-build ] || exit 1; mkdir -p images; \
        echo sha256:a >images/drill-erp; \
        [ -e half-build ] || echo sha256:b >images/drill-nginx ;;
    esac ;;
*) exit 64 ;;
esac
"""

APT_GET = r"""
case "$*" in
indextargets*) cat apt-targets 2>/dev/null ;;
update*) [ ! -e apt-broken ] ;;
*install*)
    for word in "$@"; do case $word in
        docker-compose*) touch plugins/compose ;;
        docker-buildx*) touch plugins/buildx ;;
    esac; done ;;
esac
"""


@dataclass
class Machine:
    """A folder whose ``bin`` is all there is on PATH; state is files, calls are a log."""

    root: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.bin = self.root / "bin"
        self.bin.mkdir()
        (self.root / "apt/sources.list.d").mkdir(parents=True)
        (self.root / "apt/preferences.d").mkdir()
        (self.root / "plugins").mkdir()
        for tool in TOOLS.split():
            if path := shutil.which(tool):
                (self.bin / tool).symlink_to(path)
        self.release("ubuntu", "noble")
        self.command("sleep", f"{shutil.which('sleep')} 0.01")

    def command(self, name: str, body: str) -> None:
        """Put a fake command on PATH that logs its call and then runs ``body`` in the folder."""
        path = self.bin / name
        path.write_text(
            f'#!{shutil.which("bash")}\ncd "{self.root}"\necho "{name} $*" >>calls\n{body}\n'
        )
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def release(self, name: str, codename: str) -> None:
        """Make the machine one of this distribution."""
        self.has("os-release", f"ID={name}\nVERSION_CODENAME={codename}\n")

    def has(self, name: str, content: str = "") -> Path:
        """Put a file into the machine's folder."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        return path

    def debian(self, codename: str, uri: str = "http://mirror.test/debian/") -> None:
        """Make it a Debian machine with root, apt and one source for its release."""
        self.release("debian", codename)
        self.environment["DRILLS_USER_ID"] = "0"
        source = self.has("apt/sources.list.d/own.sources", f"URIs: {uri}\n")
        self.has("apt-targets", f"Packages|main|{codename}|{uri}|{source}:1\n")
        self.command("apt-get", APT_GET)
        for starter in ("setsid", "systemctl"):
            self.command(starter, "touch engine")

    def run(
        self, script: Path | str, *arguments: str, env: Mapping[str, str] | None = None
    ) -> "subprocess.CompletedProcess[str]":
        """Run a script of ``compose/setup`` (or a path) with nothing but the fakes around it."""
        path = script if isinstance(script, Path) else REPOSITORY / "compose/setup" / script
        environment = {
            "PATH": str(self.bin),
            "HOME": str(self.root),
            "DRILLS_OS_RELEASE": str(self.root / "os-release"),
            "DRILLS_USER_ID": "1000",
            "DRILLS_APT_FOLDER": str(self.root / "apt"),
            "DRILLS_ENGINE_LOG": str(self.root / "engine.log"),
            "DRILLS_ENGINE_PIDFILE": str(self.root / "engine.pid"),
            "DRILLS_ENGINE_WAIT_S": "60",
            "TMPDIR": str(self.root),
        }
        return subprocess.run(
            [shutil.which("bash") or "bash", os.fspath(path), *arguments],
            env={**environment, **self.environment, **(env or {})},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    @property
    def calls(self) -> list[str]:
        """Every call of a fake so far, oldest first."""
        log = self.root / "calls"
        return log.read_text().splitlines() if log.exists() else []

    def called(self, start: str) -> list[str]:
        """The calls that begin with ``start``."""
        return [call for call in self.calls if call.startswith(start)]


@pytest.fixture
def bare_machine(tmp_path: Path) -> Machine:
    """A machine without any container engine, not Debian, not root."""
    return Machine(tmp_path)


@pytest.fixture
def machine(bare_machine: Machine) -> Machine:
    """A machine with a docker client; engine and plugins are there if their files are."""
    bare_machine.command("docker", DOCKER)
    return bare_machine


@pytest.fixture
def ready_machine(machine: Machine) -> Machine:
    """A machine whose engine answers and has both plugins."""
    for part in ("engine", "plugins/compose", "plugins/buildx"):
        machine.has(part)
    return machine
