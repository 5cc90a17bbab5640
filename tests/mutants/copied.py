"""A copy of the tree to mutate in: what git knows, and what is new and not ignored."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
COPY = ROOT / ".setup" / "mutants"
ALSO = ("steps", "compose", "features", "benchmarks", "docs", "reports", "conftest.py")
OPTIONS = ("-p", "tests.mutants.examples", "--hypothesis-profile=mutants", "-p", "no:cacheprovider")
WHICH = ("-m", "not engine and not thorough")
STATS = Path("mutants", "mutmut-stats.json")  # which test calls what, as mutmut found


def refresh(*, anew: bool) -> None:
    """Bring the copy up to date; ``anew`` forgets what the last run mutated and found."""
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


def configure(modules: Sequence[str], tests: Sequence[str]) -> None:
    """Say to mutmut, in the copy's pyproject.toml, what to mutate and which tests to run."""
    values = {
        "source_paths": ["drills"],
        "only_mutate": [f"drills/{module}.py" for module in modules],
        "also_copy": list(ALSO),
        "pytest_add_cli_args": list(OPTIONS),
        "pytest_add_cli_args_test_selection": [*WHICH, *tests],
        "use_git_change_detection": False,
        "track_dependencies": False,
    }
    lines = (f"{key} = {json.dumps(value)}" for key, value in values.items())
    text = (ROOT / "pyproject.toml").read_text()
    (COPY / "pyproject.toml").write_text("\n".join([text, "[tool.mutmut]", *lines, ""]))
    (COPY / STATS).unlink(missing_ok=True)


def mirrors(modules: Sequence[str], root: Path = COPY) -> list[str]:
    """The tests that are about these modules: ``test_<module>.py`` and more about it."""
    return sorted(
        str(test.relative_to(root))
        for module in modules
        for path in (root / "drills").glob(f"{module}.py")
        for test in _about(path.relative_to(root / "drills").with_suffix(""), root)
    )


def _about(module: Path, root: Path) -> Iterator[Path]:
    folder = root / "tests" / "unit" / module.parent
    yield from folder.glob(f"test_{module.name}.py")
    yield from folder.glob(f"test_{module.name}_*.py")


def rooms(modules: Sequence[str]) -> list[str]:
    """The folders of all tests of the rooms that these modules are in."""
    return sorted({f"tests/unit/{module.split('/')[0]}" for module in modules})
