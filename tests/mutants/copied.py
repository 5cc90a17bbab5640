"""A copy of the tree to mutate in: what git knows, and what is new and not ignored."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
COPY = ROOT / ".setup" / "mutants"
ALSO = ("steps", "compose", "features", "benchmarks", "docs", "reports", "conftest.py")
OPTIONS = ("-p", "tests.mutants.order", "--hypothesis-profile=mutants", "-p", "no:cacheprovider")
WHICH = ("-m", "not engine and not thorough")


def refresh(*, anew: bool) -> None:
    """Bring the copy up to date; ``anew`` forgets what the last run found."""
    if anew:
        shutil.rmtree(COPY, ignore_errors=True)
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(listed, cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True)
    for name in filter(None, done.stdout.split("\0")):
        source, target = ROOT / name, COPY / name
        if source.is_file() and not _same(source, target):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)


def _same(source: Path, target: Path) -> bool:
    return target.is_file() and target.stat().st_mtime == source.stat().st_mtime


def configure(modules: list[str]) -> None:
    """Say to mutmut, in the copy's pyproject.toml, what to mutate and which tests to run."""
    rooms = sorted({f"tests/unit/{module.split('/')[0]}" for module in modules})
    values = {
        "source_paths": ["drills"],
        "only_mutate": [f"drills/{module}.py" for module in modules],
        "also_copy": list(ALSO),
        "pytest_add_cli_args": list(OPTIONS),
        "pytest_add_cli_args_test_selection": [*WHICH, *rooms],
        "use_git_change_detection": False,
        "track_dependencies": False,
    }
    lines = (f"{key} = {json.dumps(value)}" for key, value in values.items())
    text = (ROOT / "pyproject.toml").read_text()
    (COPY / "pyproject.toml").write_text("\n".join([text, "[tool.mutmut]", *lines, ""]))
