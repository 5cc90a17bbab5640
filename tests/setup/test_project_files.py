"""The files that hold the project together agree with each other."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.setup.conftest import REPOSITORY

LOCKS = ("runtime", "dev")
SCRIPTS = [*sorted((REPOSITORY / "compose/setup").glob("*.sh")), REPOSITORY / ".ci/run"]


def requirements(name: str) -> list[str]:
    """The requirements of an ``.in`` file, without comments and inclusions."""
    lines = (REPOSITORY / "requirements" / f"{name}.in").read_text().splitlines()
    return [line for line in lines if line and not line.startswith(("#", "-r"))]


def locked(name: str) -> dict[str, str]:
    """Package and version of every entry of a lock."""
    text = (REPOSITORY / "requirements" / f"{name}.txt").read_text()
    return dict(re.findall(r"^([a-z0-9.-]+)(?:\[[a-z,]+\])?==([^ ;\\]+)", text, re.MULTILINE))


def test_the_project_and_its_lock_ask_for_the_same() -> None:
    """requirements/runtime.in and the dependencies of pyproject.toml are one list."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]

    assert sorted(project["dependencies"]) == sorted(requirements("runtime"))


def test_the_locks_agree_on_every_version() -> None:
    """What a user runs is what the tests ran: dev holds runtime, version by version."""
    assert locked("runtime").items() <= locked("dev").items()


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_asked_for_is_locked(name: str) -> None:
    """Each requirement has an entry in its lock."""
    wanted = {re.split(r"[\[<>=]", line)[0] for line in requirements(name)}

    assert wanted <= locked(name).keys()


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_hashes(name: str) -> None:
    """Pip would refuse the whole file for one entry without a hash."""
    text = (REPOSITORY / "requirements" / f"{name}.txt").read_text()
    entries = re.split(r"\n(?=[a-z0-9])", text)

    assert len(entries) > 20
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_machine_and_no_host(name: str) -> None:
    """No index, no links, no absolute path: the reader's own configuration decides."""
    text = (REPOSITORY / "requirements" / f"{name}.txt").read_text()

    assert not re.search(r"://|^-|find-links|index-url|(?<=\s)/", text, re.MULTILINE)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_parse_and_stop_at_the_first_error(script: Path) -> None:
    """Every script that is run is bash, executable and strict."""
    bash = shutil.which("bash") or "bash"
    subprocess.run([bash, "-n", str(script)], check=True)
    if script.name == "debian.sh":
        return

    text = script.read_text()
    assert text.startswith("#!/usr/bin/env bash\n")
    assert "\nset -euo pipefail\n" in text
    assert script.stat().st_mode & 0o111


def test_help_lists_every_target() -> None:
    """`make help` has a line for each target but the inner one."""
    text = (REPOSITORY / "Makefile").read_text()
    targets = set(re.findall(r"^\.PHONY: ([a-z-]+)$", text, re.MULTILINE)) - {"venv"}

    done = subprocess.run(
        ["make", "help"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )

    assert {line.split()[0] for line in done.stdout.splitlines()} == targets
    assert {"help", "setup", "drill", "test"} <= targets


def test_continuous_integration_runs_what_people_run() -> None:
    """.ci/run is `make test` and nothing of weight besides."""
    assert (REPOSITORY / ".ci/run").read_text().splitlines()[-1] == "exec make test"
