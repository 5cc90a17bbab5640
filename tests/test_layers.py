"""The arrows between the modules of ``drills`` point down, and each third party has one door."""

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

# Bottom to top. A module may import only what stands before it, in its own layer or below.
LAYERS = {
    "words": """
        drills errors settings secret_names redact units program timeline surroundings excerpt
        clock wait watcher state""",
    "values": """
        content probe packed result criteria claims runtime target runbook runbook.policy
        verdict ledger outage degradation""",
    "on disk": "journal seal evidence attest",
    "prober": """
        probes probes.http1 probes.reactor probes.rowfile probes.wire probes.check
        probes.exchange probes.usual probes.hiccup probes.openloop probes.prober probes.samples
        probes.__main__""",
    "judgement": """
        stalls score subjects metric dwell crashes data outcomes detection recovery redundancy
        restart latency readdressed metrics stop starvation statement impact incident chart
        conclusion declared journeys grade account judge""",
    "doors": "http replication",
    "faults and detectors": """
        rollback fault faults.lifecycle faults.memory faults detectors.engine detectors.footing
        detectors.health detectors.pager detectors injection""",
    "runbook": """
        manifest.section manifest.variables manifest.journeys manifest.data manifest.incidents
        manifest.document manifest runbook.environment runbook.processes runbook.procedure
        runbook.responder runbook.tagged""",
    "reporting": """
        reporting.cleansing reporting.proof reporting.schema reporting.scoring reporting.wording
        reporting.axis reporting.buckets reporting.figures reporting.story reporting.failures
        reporting.lanes reporting.notices reporting.duties reporting.marks reporting.terminal
        reporting.chart reporting.markdown reporting.html reporting reporting.files""",
    "a drill": """
        addresses audit observers readiness plan steady durations exercise aftermath drill
        dry_run briefing verify""",
    "engines": """
        runtime.uninterrupted runtime.private runtime.readings runtime.frames runtime.access
        runtime.engine runtime.engine_events runtime.event_feed runtime.subscription
        runtime.crash runtime.lend runtime.docker runtime.holders runtime.sweep runtime.composed
        runtime.isolation runtime.needs runtime.neighbours runtime.compose_command
        runtime.source runtime.preview runtime.lease runtime.ground runtime.compose""",
    "fakes": """
        testing.manual_clock testing.fake_events testing.fake_container testing.fake_runtime
        testing.fake_stack testing""",
    "watchdog": "registry halt life heal watchdog watchdog.renewal watchdog.__main__",
    "gherkin": """
        gherkin.named gherkin.root gherkin.characters gherkin.dialect gherkin.written
        gherkin.guards gherkin.document gherkin.lines gherkin.scenario gherkin.tags
        gherkin.definitions gherkin.record gherkin.rehearsal gherkin.collect gherkin""",
    "front doors": "places sentences hookspecs composition live terminal_report plugin cli",
}
ORDER = [name for layer in LAYERS.values() for name in layer.split()]

# Which modules may import which third party (a prefix ends in a dot); nobody else may.
DOORS = {
    "docker": "runtime.engine runtime.docker",
    "requests": "runtime.engine runtime.docker",
    "urllib3": "runtime.engine runtime.engine_events",
    "testcontainers": "runtime.compose_command",
    "httpx": "http",
    "dotenv": "runbook.environment",
    "psycopg": "replication",
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
    """``runtime.docker`` of ``drills/runtime/docker.py``; ``drills`` of the package itself."""
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


def test_every_module_has_its_place() -> None:
    """A new module is put into a layer, a deleted one taken out, and none stands twice."""
    assert sorted(ORDER) == sorted(MODULES)


@pytest.mark.parametrize("module", sorted(MODULES))
def test_imports_point_down(module: str) -> None:
    """Only to what stands before it; so there is no cycle either."""
    below = set(ORDER[: ORDER.index(module)]) if module in ORDER else set()
    assert ours(MODULES[module]) - below == set()


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


@pytest.mark.parametrize("module", ["drills", "drills.metrics", "drills.probes.prober"])
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
