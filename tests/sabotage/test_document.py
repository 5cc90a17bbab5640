"""What people read of the sabotages is what is tried."""

from __future__ import annotations

from tests.paper.project import ROOT
from tests.sabotage.case import Part
from tests.sabotage.cases import CASES
from tests.sabotage.document import document
from tests.sabotage.paper_cases import PAPER_CASES
from tests.sabotage.stack_cases import STACK_CASES
from tests.sabotage.verdict_cases import VERDICT_CASES


def test_the_page_is_the_table() -> None:
    """To the letter; ``python -m tests.sabotage.document >docs/sabotage.md`` writes it anew."""
    assert (ROOT / "docs" / "sabotage.md").read_text("utf-8") == document()


def test_every_case_has_a_name_of_its_own() -> None:
    """Or one would take the place of another, and never be tried."""
    assert len(CASES) == len(STACK_CASES) + len(PAPER_CASES) + len(VERDICT_CASES)
    assert {case.part for case in CASES.values()} == set(Part)
