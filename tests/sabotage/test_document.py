"""What people read of the sabotages is what is tried."""

from __future__ import annotations

from tests.paper.project import ROOT
from tests.sabotage.case import Part
from tests.sabotage.cases import ALL, CASES
from tests.sabotage.document import document
from tests.sabotage.scenario import feature_of


def test_the_page_is_the_table() -> None:
    """To the letter; ``python -m tests.sabotage.document >docs/sabotage.md`` writes it anew."""
    assert (ROOT / "docs" / "sabotage.md").read_text("utf-8") == document()


def test_every_case_has_a_name_of_its_own() -> None:
    """Or one would take the place of another, and never be tried."""
    assert len(CASES) == len(ALL)
    assert {case.part for case in CASES.values()} == set(Part)


def test_every_case_finds_its_scenario() -> None:
    """As it is written today, without an engine: what breaks nothing is an error."""
    for case in CASES.values():
        assert "Scenario" in feature_of(case), case.name
