"""The modules of ``drills`` import in one direction, and each third party has one door."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "drills"

# Bottom to top. A room imports what stands before it; | marks siblings that import neither's.
ORDER = (
    "ground < journal < stack < observers < faults | runbook < judgement < history < reporting"
    " < config < lifecycle < plugin | cli"
)
STANDS_ON = {
    "testing": ("journal", "stack", "faults")
}  # the public fakes, which no other room imports
FLOORS = [{room.strip() for room in floor.split("|")} for floor in ORDER.split("<")]

# Which modules may import which third party (a prefix ends in a dot); nobody else may.
DOORS = {
    "docker": "stack.engines.engine stack.engines.docker",
    "requests": "stack.engines.engine stack.engines.docker",
    "urllib3": "stack.engines.engine stack.engines.events",
    "testcontainers": "stack.engines.compose_command",
    "httpx": "stack.http",
    "dotenv": "runbook.settings_file",
    "psycopg": "stack.postgres",
    "pymysql": "stack.mysql",
    "parse": "faults.phrase",
    "icalendar": "cli.ics",
    "apprise": "runbook.messages",
    "yaml": "judgement.configuration",
    "tomlkit": "cli.dates cli.init.text",
    "markdown_it": "runbook.document.markdown runbook.document.text",
    "jinja2": "reporting.html reporting.compiled reporting.template.",
    "markupsafe": "reporting.html reporting.index.page reporting.template.sandbox",
    "rich": "reporting.terminal reporting.tables",
    "sqlalchemy": "history.store",
    "prometheus_client": "reporting.exports.openmetrics",
    "opentelemetry": "reporting.exports.spans",
    "allure": "plugin.allure",
    "pydantic": "journal.misfits history.row history.standing judgement.result"
    " judgement.runbook_line judgement.follow_up judgement.moment judgement.step"
    " judgement.environment stack.engines.composed config.",
    "pytest": "plugin plugin.",
    "_pytest": "plugin.gherkin. plugin.junit",
    "pytest_bdd": "plugin.gherkin.",
    "gherkin": "plugin.gherkin.dialect cli.scenarios",
}


def name_of(path: Path) -> str:
    """``stack.engines.docker`` of that file; ``drills`` of the package itself."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__") or "drills"


MODULES = {name_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}


BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")


def statements(path: Path) -> Iterator[tuple[ast.AST, bool]]:
    """Every statement of a file, wherever in it, and whether it is for the type checker alone."""
    todo: list[tuple[ast.AST, bool]] = [(ast.parse(path.read_text("utf-8")), False)]
    while todo:
        node, for_types = todo.pop()
        yield node, for_types
        for_types = for_types or is_for_types(node)
        todo += [(each, for_types) for block in BLOCKS for each in getattr(node, block, ())]


def is_for_types(node: ast.AST) -> bool:
    """Whether it is an ``if TYPE_CHECKING``."""
    return isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"


@cache
def imported(path: Path) -> tuple[tuple[str, bool], ...]:
    """Every module that a file imports, by its full name, and whether for the type checker alone.

    It is asked of each file many times, and trees are large: they are not kept.
    """
    found: list[tuple[str, bool]] = []
    for node, for_types in statements(path):
        if isinstance(node, ast.Import):
            found += [(alias.name, for_types) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                known = inner.removeprefix("drills.") in MODULES
                found.append((inner if known else str(node.module), for_types))
    return tuple(found)


def imports(path: Path, *, for_types: bool = False) -> list[str]:
    """What it imports; what is for the type checker alone counts only with ``for_types``."""
    return [name for name, for_types_alone in imported(path) if for_types or not for_types_alone]


def naming(word: str) -> set[str]:
    """The modules in which it is a name, and not only a word in a text."""
    return {
        name
        for name, path in MODULES.items()
        if word in (text := path.read_text("utf-8"))
        if any(getattr(node, "id", "") == word for node in ast.walk(ast.parse(text)))
    }


def ours(path: Path, *, for_types: bool = False) -> set[str]:
    """The modules of this package that a file imports, without the package's own name."""
    names = imports(path, for_types=for_types)
    found = {name.removeprefix("drills.") for name in names if name.startswith("drills")}
    return found - {"drills"}


def room_of(module: str) -> str:
    """The package that a module lies in; ``ground`` for those beside the packages."""
    room, _, inner = module.partition(".")
    return room if inner or (PACKAGE / room).is_dir() else "ground"


def below(room: str) -> set[str]:
    """The rooms that this one may import from."""
    if room in STANDS_ON:
        return {"ground", *STANDS_ON[room]}
    floor = next(number for number, rooms in enumerate(FLOORS) if room in rooms)
    return set().union(*FLOORS[:floor])


def test_a_room_imports_what_stands_below_it() -> None:
    """In the one order: no arrow points up or to a sibling, and none for types does either."""
    up = [
        f"{module} imports {each}"
        for module, path in MODULES.items()
        for each in ours(path, for_types=True)
        if room_of(each) not in below(room_of(module)) | {room_of(module)}
    ]
    assert up == []


def test_the_rooms_are_those_of_the_order() -> None:
    """Five modules on the ground, and no package besides the rooms."""
    ground = {path.stem for path in PACKAGE.glob("*.py")}
    assert ground == {"__init__", "errors", "units", "clock", "wait"}
    rooms = {path.name for path in PACKAGE.iterdir() if any(path.glob("*.py"))}
    assert rooms == set().union(*FLOORS, STANDS_ON) - {"ground"}


def test_the_drawing_shows_every_room_and_the_order() -> None:
    """``docs/architecture.md`` says of each what it is for, and the order as it is held here."""
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    rooms = set().union(*FLOORS, STANDS_ON)
    assert {room for room in rooms if f"**{room}**" not in page} == set()
    assert ORDER in " ".join(page.split())


def test_every_folder_that_the_drawing_names_is_there() -> None:
    """And every module that it sends a reader to."""
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    named = re.findall(r"`((?:tests|steps|docs)/[\w/.]+|[a-z]+/[\w/]+\.py)`", page)
    assert len(named) > 15
    assert [n for n in named if not (ROOT / n).exists() and not (PACKAGE / n).exists()] == []


def test_unit_tests_lie_where_their_modules_do() -> None:
    """``tests/unit/<room>/test_<module>.py``; more about one is ``test_<module>_<what>.py``."""
    unit = ROOT / "tests" / "unit"
    strangers = [
        str(path.relative_to(unit))
        for path in sorted(unit.rglob("test_*.py"))
        if not any(
            f"{path.stem}_".startswith(f"test_{module.stem}_")
            for module in (PACKAGE / path.parent.relative_to(unit)).glob("*.py")
        )
    ]
    assert strangers == []


def test_no_conftest_takes_fixtures_from_another() -> None:
    """What several folders need is a double, or stands above them."""
    takers = {
        str(path.relative_to(ROOT)): name
        for path in (ROOT / "tests").rglob("conftest.py")
        for name in imports(path)
        if name.endswith("conftest")
    }
    assert takers == {}


def test_a_module_hands_out_only_what_lives_in_it() -> None:
    """Nobody has two addresses: only a package's own front lists names of other modules."""
    lists = {name for name in naming("__all__") if MODULES[name].name != "__init__.py"}
    assert lists == set()


def test_no_imports_go_in_a_circle() -> None:
    """Module by module: each can be read after those that it imports."""
    open_, done = {name: ours(path) for name, path in MODULES.items()}, set[str]()
    while ready := {name for name, needs in open_.items() if needs <= done}:
        done |= ready
        open_ = {name: needs for name, needs in open_.items() if name not in ready}
    assert open_ == {}


PLANNING = {"lifecycle.plan", "lifecycle.dry_run"}  # a drill under way has what its plan took out


def test_no_room_below_config_knows_of_the_manifest() -> None:
    """Each owns plain values that check themselves; config reads a manifest into them."""
    knowing = naming("Manifest")
    assert {room_of(name) for name in knowing} == {"config", "lifecycle", "plugin", "cli"}
    assert {name for name in knowing if room_of(name) == "lifecycle"} == PLANNING


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


HEAVY = (
    "docker",
    "httpx",
    "psycopg",
    "pymysql",
    "jinja2",
    "testcontainers",
    "pytest",
    "pydantic",
    "rich",
    "sqlalchemy",
)


@pytest.mark.thorough
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


# What a run of pytest without a feature file may load of ours, besides the sentences. Each further
# module costs every test run of a team that has this installed: import it where it is needed.
LOADED = {
    "drills",
    "drills.errors",
    "drills.plugin",
    "drills.plugin.gherkin",
    "drills.plugin.gherkin.kept",
    "drills.plugin.gherkin.lines",
    "drills.plugin.gherkin.named",
    "drills.plugin.gherkin.root",
    "drills.plugin.hookspecs",
    "drills.plugin.masking",
    "drills.plugin.options",
    "drills.plugin.sentences",
    "drills.plugin.terminal",
}


@pytest.mark.thorough
def test_a_run_without_drills_pays_for_none(tmp_path: Path) -> None:
    """The plugin loads what it is asked through, and nothing else before a feature is collected."""
    (tmp_path / "test_other.py").write_text("def test_other(): pass\n")
    code = (
        "import pytest, sys; pytest.main(['-q', '-p', 'no:cacheprovider', '--rootdir=.']);"
        "print(sorted(name for name in sys.modules if name.partition('.')[0] == 'drills'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    said = done.stdout.splitlines()
    assert any("1 passed" in line for line in said)
    loaded = set(ast.literal_eval(said[-1]))
    sentences = {name for name in loaded if name.partition(".steps")[0] == "drills"} - {"drills"}
    assert sentences == {f"drills.steps.{p.stem}" for p in (ROOT / "steps").glob("[!_]*.py")} | {
        "drills.steps"
    }
    assert loaded - sentences <= LOADED


SOURCES = [
    path
    for folder in ("drills", "steps", "tests", "compose", "benchmarks")
    for path in sorted((ROOT / folder).rglob("*.py"))
]


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    """What is longer has two subjects."""
    lengths = {str(p.relative_to(ROOT)): len(p.read_text("utf-8").splitlines()) for p in SOURCES}
    assert {path: length for path, length in lengths.items() if length > 400} == {}


def test_half_of_the_modules_are_short() -> None:
    """So that each can be read at once."""
    lengths = [len(p.read_text("utf-8").splitlines()) for p in MODULES.values()]
    assert statistics.median(lengths) <= 110


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node, _ in statements(path):
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


@pytest.mark.thorough
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
