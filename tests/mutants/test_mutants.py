"""What `make mutants` says of a run, and the list of survivors that it accepts."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.mutants.__main__ import tell
from tests.mutants.accepted import accepted
from tests.mutants.copied import mirrors, rooms
from tests.mutants.mutants import Mutant, told

ROOT = Path(__file__).parent.parent.parent
LISTED = accepted()
CHANGE = "drills/judgement/a.py f\n- 1\n+ 2"


def function(path: str, name: str) -> str:
    """The source of ``f`` or ``Class.f``. Raises StopIteration where there is none."""
    text = (ROOT / path).read_text()
    found: ast.AST = ast.parse(text)
    for part in name.split("."):
        found = next(
            node
            for node in ast.iter_child_nodes(found)
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == part
        )
    return ast.get_source_segment(text, found) or ""


@pytest.mark.parametrize("change", LISTED)
def test_what_is_accepted_is_in_the_code(change: str) -> None:
    """A survivor of code that is no more would hide the next one."""
    place, *lines = change.splitlines()
    source = {line.strip() for line in function(*place.split(" ")).splitlines()}
    gone = [line.removeprefix("- ") for line in lines if line.startswith("- ")]
    assert gone
    assert set(gone) <= source
    assert any(line.startswith("+ ") for line in lines)


def test_nothing_is_accepted_twice() -> None:
    """So each has one reason."""
    assert len(set(LISTED)) == len(LISTED)


def test_several_changes_stand_in_one_fence() -> None:
    """A blank line parts them; what is not in a fence of changes is none."""
    text = "why\n\n```diff\na.py f\n- 1\n+ 2\n\na.py g\n- 3\n+ 4\n```\n\n```text\nb.py h\n```\n"
    assert accepted(text) == ["a.py f\n- 1\n+ 2", "a.py g\n- 3\n+ 4"]


@pytest.mark.parametrize(
    ("name", "where"), [("a.x_f__mutmut_1", "f"), ("a.xǁCǁ_f__mutmut_12", "C._f")]
)
def test_a_change_is_told_by_where_it_is(name: str, where: str) -> None:
    """Not by mutmut's number, which another change of the same function would shift."""
    diff = "--- a.py\n+++ a.py\n@@ -1 +1 @@\n def f():\n-    1\n+    2"
    assert told("a.py", name, diff) == f"a.py {where}\n- 1\n+ 2"


def test_the_tests_of_a_module_are_known() -> None:
    """They go first; of a pattern, those of all that it means."""
    assert mirrors(["judgement/judge", "faults/network/link"], ROOT) == [
        "tests/unit/judgement/test_judge.py",
        "tests/unit/judgement/test_judge_lost.py",
    ]
    found = mirrors(["judgement/*"], ROOT)
    assert "tests/unit/judgement/test_data.py" in found
    assert not [test for test in found if not test.startswith("tests/unit/judgement/")]


def test_all_tests_of_a_room_are_known() -> None:
    """What survives the first is tried on them."""
    assert rooms(["judgement/*", "faults/network/link"]) == [
        "tests/unit/faults",
        "tests/unit/judgement",
    ]


class TestVerdict:
    def mutants(self, *codes: int | None, change: str = CHANGE) -> list[Mutant]:
        """Twenty that are killed, and these."""
        killed = [Mutant(f"a.x_f__mutmut_{n}", "drills/judgement/a.py", 1) for n in range(20)]
        rest = [Mutant("a.x_f__mutmut_99", "drills/judgement/a.py", code, change) for code in codes]
        return [*killed, *rest]

    def test_is_good_where_all_are_killed_or_listed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A mutant that never ends is killed, too."""
        monkeypatch.setattr("tests.mutants.__main__.accepted", lambda: [CHANGE])
        assert tell(self.mutants(36, 0)) == 0

    @pytest.mark.parametrize("code", [0, 33, 5, None, -11, 35])
    def test_is_bad_where_one_is_not_listed(
        self, code: int | None, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Whether it survived, no test called it, or nobody knows what became of it."""
        assert tell(self.mutants(code)) == 1
        assert CHANGE in capsys.readouterr().out

    def test_is_bad_where_too_many_survive(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Even listed ones: 20 of 22 are less than 95 %."""
        monkeypatch.setattr("tests.mutants.__main__.accepted", lambda: [CHANGE])
        assert tell(self.mutants(0, 0)) == 1

    def test_is_bad_where_nothing_was_tried(self) -> None:
        """A pattern that means no module proves nothing."""
        assert tell([]) == 1
