"""The modules of ``drills`` import in one direction, and each third party has one door."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "drills"

# Which modules may import which third party (a prefix ends in a dot); nobody else may.
DOORS = {
    "docker": "runtime.engine runtime.docker",
    "requests": "runtime.engine runtime.docker",
    "urllib3": "runtime.engine runtime.engine_events",
    "testcontainers": "runtime.compose_command",
    "httpx": "http",
    "dotenv": "runbook.environment",
    "psycopg": "postgres",
    "jinja2": "reporting.html",
    "markupsafe": "reporting.html",
    "rich": "reporting.terminal",
    "pydantic": "result runtime.composed manifest.",
    "pytest": "gherkin. hookspecs composition places plugin terminal_report",
    "_pytest": "gherkin.",
    "pytest_bdd": "gherkin.",
    "gherkin": "gherkin.dialect",
}


def name_of(path: Path) -> str:
    """``stack.engines.docker`` of that file; ``drills`` of the package itself."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__") or "drills"


MODULES = {name_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def imports(path: Path, *, for_types: bool = False) -> Iterator[str]:
    """Every module that a file imports, wherever in it, by its full name.

    What is imported for the type checker alone counts only with ``for_types``.
    """
    tree = parsed(path)
    guarded = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
        for statement in node.body
        for inner in ast.walk(statement)
    }
    for node in ast.walk(tree):
        if id(node) in guarded and not for_types:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                known = inner.removeprefix("drills.") in MODULES
                yield inner if known else str(node.module)


def ours(path: Path) -> set[str]:
    """The modules of this package that a file imports, without the package's own name."""
    found = {name.removeprefix("drills.") for name in imports(path) if name.startswith("drills")}
    return found - {"drills"}


def test_no_imports_go_in_a_circle() -> None:
    """Module by module: each can be read after those that it imports."""
    open_, done = {name: ours(path) for name, path in MODULES.items()}, set[str]()
    while ready := {name for name, needs in open_.items() if needs <= done}:
        done |= ready
        open_ = {name: needs for name, needs in open_.items() if name not in ready}
    assert open_ == {}


@pytest.mark.parametrize("library", DOORS)
def test_a_third_party_has_one_door(library: str) -> None:
    """Elsewhere nobody knows of it; and a door that nobody uses is closed."""
    doors = DOORS[library].split()
    users = {
        name
        for name, path in MODULES.items()
        if library in {each.split(".")[0] for each in imports(path, for_types=True)}
    }
    strangers = {
        user
        for user in users
        if not any(user == door or (door.endswith(".") and user.startswith(door)) for door in doors)
    }
    assert users
    assert strangers == set()


def test_every_third_party_is_known() -> None:
    """What is imported is of the standard library, ours, or has its door in the list."""
    known = set(sys.stdlib_module_names) | DOORS.keys() | {"drills"}
    used = {each.split(".")[0] for path in MODULES.values() for each in imports(path)}
    assert used - known == set()


HEAVY = ("docker", "httpx", "psycopg", "jinja2", "testcontainers", "pytest", "pydantic", "rich")


@pytest.mark.parametrize(
    "module", ["drills", "drills.judgement.metrics", "drills.observers.prober.prober"]
)
def test_importing_it_loads_nothing_heavy(module: str) -> None:
    """Whoever only wants a value or a verdict does not pay for an engine."""
    code = f"import sys, {module}; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


SOURCES = [
    path
    for folder in ("drills", "steps", "tests", "compose", "benchmarks")
    for path in sorted((ROOT / folder).rglob("*.py"))
]


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    """What is longer has two subjects."""
    lengths = {str(p.relative_to(ROOT)): len(p.read_text("utf-8").splitlines()) for p in SOURCES}
    assert {path: length for path, length in lengths.items() if length > 400} == {}


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_no_function_is_longer_than_forty_lines() -> None:
    """Of the framework and of the stack; what is longer does two things."""
    long = {
        f"{path.relative_to(ROOT)}:{each.name}"
        for path in SOURCES
        if "tests" not in path.relative_to(ROOT).parts
        for each in functions(path)
        if (each.end_lineno or 0) - each.lineno + 1 > 40
    }
    assert long == set()


def test_no_module_is_called_after_nothing() -> None:
    """The file list is the glossary."""
    nothing = re.compile(r"_?(utils?|helpers?|common|misc|models?|types|core|base)")
    assert [p for p in MODULES if nothing.fullmatch(p.rpartition(".")[2])] == []


def test_every_test_says_what_it_holds() -> None:
    """In a docstring, as a sentence that ends."""
    silent = [
        f"{path.relative_to(ROOT)}:{each.name}"
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        for each in functions(path)
        if each.name.startswith("test_")
        if not (ast.get_docstring(each) or "").split("\n")[0].endswith((".", "?", ":", ";", ","))
    ]
    assert silent == []
