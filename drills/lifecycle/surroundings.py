"""Where a drill runs: versions, host, the code's state. Best effort: it never fails a drill."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from drills.journal.facts import StackReady
from drills.stack.runtime import DEPENDS_ON, IMAGE, Stack

PACKAGES = (
    "incident-drills",
    "pytest",
    "pytest-bdd",
    "docker",
    "testcontainers",
    "psycopg",
    "httpx",
)


def versions() -> dict[str, str]:
    """The versions of Python and of the packages that a drill rests on."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def host() -> str:
    """The kernel, the number of processors and the memory of this host; not its name."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return (
        f"{platform.system()} {platform.release()} {platform.machine()}, "
        f"{os.cpu_count()} processors, {memory:.0f} GiB"
    )


def coming_up(stack: Stack) -> str:
    """What is done for a drill to have its stack, in words."""
    if stack.attached:
        return f"looking at {stack.attached}, which runs already"
    return "bringing the stack up"


def composed(described: Mapping[str, str]) -> StackReady:
    """What a stack tells of itself, as the journal holds it: its engine, and of its services."""
    engine = ", ".join(f"{k} {v}" for k, v in described.items() if ":" not in k)
    images, depends_on = (
        {k.removeprefix(kind): v for k, v in described.items() if k.startswith(kind)}
        for kind in (IMAGE, DEPENDS_ON)
    )
    return StackReady(engine=engine, images=images, depends_on=depends_on)


def git_state(root: Path) -> str:
    """The commit of ``root``, with ``+changes`` where the tree differs; "" outside a checkout."""
    commit = _git(root, "rev-parse", "--short=12", "HEAD")
    if not commit:
        return ""
    return f"{commit}+changes" if _git(root, "status", "--porcelain", "-uno") else commit


def _git(root: Path, *words: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *words], capture_output=True, text=True, timeout=5, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
