"""Green means green: every drill that is broken in one way turns as it must, and no other does."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from drills.journal.journal import slug
from tests.paper.project import ROOT
from tests.sabotage.case import REFUSED, Bench, Case, Part
from tests.sabotage.cases import CASES
from tests.sabotage.project import Ran, run

KEPT = ROOT / "reports" / "sabotage-unturned"
STARVED = "host was too busy"  # what excuses a miss as inconclusive: red for a named reason too


def marks(bench: Bench, *, brief: bool) -> list[pytest.MarkDecorator]:
    """All but what is brief, and needs no real stack, is left to ``make sabotage``."""
    real = bench is Bench.STACK
    return [pytest.mark.engine] * real + [pytest.mark.sabotage] * (real or not brief)


@contextmanager
def kept(ran: Ran, case: Case) -> Iterator[None]:
    """Where an assertion fails: its report is kept, and the end of what was printed is told."""
    try:
        yield
    except BaseException as error:
        place = KEPT / slug(case.name)
        shutil.rmtree(place, ignore_errors=True)
        if (ran.project / "reports").exists():
            shutil.copytree(ran.project / "reports", place, symlinks=True)
        error.add_note(f"{ran.output[-4000:]}\nkept in {place}")
        raise


def turned(ran: Ran, case: Case) -> None:
    """Assert that the drill has the verdict that the case names, where and why it names it."""
    result = ran.result()
    judged = ran.criterion(case.turns) if case.turns else result
    excused = judged.verdict == "inconclusive" and STARVED in judged.reason
    said = f"{judged.verdict}: {judged.reason}"
    assert judged.verdict == case.verdict or (case.verdict == "missed" and excused), said
    assert excused or re.search(case.because, judged.reason), said
    assert (result.verdict == "met") == (case.verdict == "met"), said


def refused(ran: Ran, case: Case) -> None:
    """Assert that no drill was begun, and that pytest says why."""
    assert ran.code != 0, "exit code 0"
    assert re.search(case.because, ran.output), ran.output[-4000:]
    assert not (ran.project / "reports").exists()
    assert not (ran.project / "stacks").exists()


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=name, marks=marks(case.bench, brief=case.brief))
        for name, case in CASES.items()
    ],
)
def test_it_turns(case: Case, tmp_path: Path) -> None:
    """As named, with an exit code that says so; the fault is undone and nothing is left."""
    ran = run(case, tmp_path / "project")
    with kept(ran, case):
        if case.verdict == REFUSED:
            refused(ran, case)
            return
        turned(ran, case)
        green = case.verdict == "met" and not case.code
        assert (ran.code == 0) == green, f"exit code {ran.code}"
        assert case.code in (None, ran.code)
        assert ran.undone() or not case.undone
        assert ran.left() == []
        case.besides(ran)


@pytest.mark.parametrize(
    "bench", [pytest.param(bench, marks=marks(bench, brief=True)) for bench in Bench]
)
def test_without_sabotage_it_is_met(bench: Bench, tmp_path: Path) -> None:
    """Otherwise anything would turn, whatever is broken."""
    case = Case(f"nothing is broken on {bench}", Part.DRILL, bench, "", "met", "")
    ran = run(case, tmp_path / "project")
    with kept(ran, case):
        assert (ran.code, ran.result().verdict) == (0, "met")
        assert {one.verdict for one in ran.result().criteria} == {"met"}
        assert ran.undone()
        assert ran.left() == []
