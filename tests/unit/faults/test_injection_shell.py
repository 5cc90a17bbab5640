"""Names and arguments never become part of a program: every script is fixed, the rest arguments."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from drills.errors import PlanError, UnknownTarget
from drills.faults import Freeze, Kill, MemoryLeak, Restart, Stop
from drills.faults.fault import Fault
from drills.faults.injection import Injector
from drills.faults.resource.lent import marked_processes
from drills.faults.rollback import RollbackStack
from drills.faults.target import BlastRadius, Target
from drills.journal.facts import DrillStarted
from drills.journal.journal import Journal
from drills.observers.engine import EngineWatch
from drills.runbook.processes import largest_growth, processes
from drills.stack.runtime import Container, Executed
from drills.testing import Call, FakeRuntime, ManualClock
from tests.doubles.hostile import TEXTS

ROOT = Path(__file__).resolve().parents[3]
NAMES = ["$(touch x)", "`touch x`", "a; touch x", "a\ntouch x", "../../x", "-rf", "' || touch x #"]
FAULTS: list[Fault] = [Stop(), Kill(), Freeze(), Restart(), MemoryLeak()]


def calls_of(directory: Path, name: str, fault: Fault) -> list[Call]:
    """What the engine is asked while a fault of the service is injected, inspected and undone."""
    clock = ManualClock()
    runtime = FakeRuntime(clock, {name: 1})
    runtime.answer("sh", with_=Executed(0, b""))
    journal = Journal(directory, clock)
    journal.write(DrillStarted("began"))
    watch = EngineWatch(runtime, journal)
    rollbacks = RollbackStack(runtime, journal, clock)
    radius = BlastRadius((name,), 1, unlabelled=(name,))
    injector = Injector(runtime, watch, rollbacks, radius, journal, clock)
    injector.inject(fault, Target(name), "d1")
    rollbacks.unwind(budget=1)
    runtime.answer("sh", with_=Executed(0, b"1 2048 app\n"))
    largest_growth(runtime, name, clock)
    watch.stop()
    journal.close()
    return runtime.calls


def commands(calls: list[Call]) -> list[tuple[str, ...]]:
    """The command lines among them."""
    return [call.argument for call in calls if isinstance(call.argument, tuple)]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.kind)
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.thorough
def test_every_command_is_a_fixed_script_and_arguments(
    tmp_path: Path, name: str, fault: Fault
) -> None:
    """The program is the same whatever the service, and the drill, are called.

    One that is lent is started without any shell.
    """
    plain = commands(calls_of(tmp_path / "plain", "app", fault))
    hostile = commands(calls_of(tmp_path / "hostile", name, fault))
    programs = [line[:1] if line[0] == "memory-leak" else line[:3] for line in hostile]
    assert programs == [line[: len(program)] for line, program in zip(plain, programs, strict=True)]
    for program in programs:
        assert program[:2] in (("sh", "-c"), ("memory-leak",))
        assert name not in program[-1]


def test_a_name_that_is_no_service_touches_nothing(tmp_path: Path) -> None:
    """Step arguments are looked up, not run."""
    clock = ManualClock()
    runtime = FakeRuntime(clock, {"app": 1})
    journal = Journal(tmp_path / "drill", clock)
    watch = EngineWatch(runtime, journal)
    rollbacks = RollbackStack(runtime, journal, clock)
    injector = Injector(runtime, watch, rollbacks, BlastRadius(("app",), 1), journal, clock)
    for name in NAMES:
        with pytest.raises(UnknownTarget):
            injector.inject(Stop(), Target(name), "d1")
    watch.stop()
    journal.close()
    assert runtime.calls == []


MARKS = [*NAMES, *(text for text in TEXTS.values() if text.isascii() and len(text) < 10_000)]


@pytest.mark.parametrize("mark", [m for m in MARKS if m.splitlines() == [m] and "\0" not in m])
@pytest.mark.thorough
def test_the_search_for_a_mark_in_a_real_shell(tmp_path: Path, mark: str) -> None:
    """The mark is looked for as it is; nothing in it runs."""
    argv = marked_processes(mark, kill=False)
    done = subprocess.run(argv, cwd=tmp_path, capture_output=True, timeout=60, check=False)
    assert done.stdout == b""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "mark", ["a\n", "\n", "", "a\nb", "a\0", *(TEXTS[n] for n in ("newlines", "nul"))]
)
def test_a_mark_that_would_match_anything_is_refused(mark: str) -> None:
    """An empty pattern among those of grep is found in every process, and each would be killed."""
    with pytest.raises(PlanError, match="mark"):
        marked_processes(mark, kill=True)


@pytest.fixture
def forger() -> Iterator[subprocess.Popen[bytes]]:
    """A process whose command line poses as another one's line."""
    forged = "\n4711 999999999 forged\n"
    process = subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()", forged, "\x1b[2J"],
        stdin=subprocess.PIPE,
    )
    yield process
    process.communicate()


@pytest.mark.thorough
def test_a_process_cannot_pose_as_another(forger: subprocess.Popen[bytes]) -> None:
    """Whatever its command line holds, it is one process with its own id and size."""
    runtime = FakeRuntime(ManualClock(), {"app": 1})

    def here(_: Container, argv: tuple[str, ...]) -> Executed:
        done = subprocess.run(argv, capture_output=True, timeout=60, check=False)
        return Executed(done.returncode, done.stdout)

    runtime.answer("sh", with_=here)
    found = processes(runtime, runtime.find("app"))
    (own,) = (process for process in found if process.pid == forger.pid)
    assert "forged" in own.command
    assert not any(process.resident == 999999999 * 1024 for process in found)


@pytest.mark.thorough
def test_no_line_of_ours_asks_for_a_shell() -> None:
    """No ``shell=True``, no ``os.system`` and the like, nothing that runs text as a program."""
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in [*ROOT.glob("drills/**/*.py"), *ROOT.glob("steps/**/*.py")]
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and _runs_text(node)
    ]
    assert found == []


def _runs_text(call: ast.Call) -> bool:
    name = ast.unparse(call.func)
    shell = any(
        keyword.arg == "shell" and ast.unparse(keyword.value) != "False"
        for keyword in call.keywords
    )
    ends = ("os.system", "os.popen", "getoutput", "getstatusoutput", "create_subprocess_shell")
    return shell or name in ("eval", "exec") or name.endswith(ends)
