"""What the sentences ask of a stack is read from their functions, all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from drills.config.sentences import sentences, where
from drills.judgement.metrics import metric

ROOT = Path(__file__).parents[3]
FOUND = {each.text: each for each in sentences()}


def test_every_sentence_is_found() -> None:
    """As many as there are decorators in the package's modules."""
    texts = [path.read_text("utf-8") for path in where().glob("[!_]*.py")]
    assert len(sentences()) == sum(
        text.count(f"@{kind}(") for text in texts for kind in ("given", "when", "then")
    )


def test_every_criterion_has_a_metric_that_there_is() -> None:
    """But for a table of criteria, and the runbook, which name their own."""
    without = {each.text for each in sentences() if each.kind == "then" and not each.metric}
    assert without == {
        "the drill meets every success criterion",
        "the runbook is followed as written",
    }
    for each in sentences():
        assert not each.metric or metric(each.metric).unit


@pytest.mark.parametrize(
    ("text", "measured", "journeys", "starts"),
    [
        ("exports keep working", "availability", ("exports",), False),
        ("the incident is detected within {limit}", "time to detect", (), False),
        (
            'the "{service}" service is restored within {limit}',
            "time to restore services",
            (),
            False,
        ),
        ("customers make {rates} a second", "", (), True),
        ("customers sign in {rate} times a second", "", ("sign-ins",), False),
    ],
)
def test_a_sentence_says_what_it_asks_for(
    text: str, measured: str, journeys: tuple[str, ...], starts: bool
) -> None:
    """In the words of a reader, whatever pattern it is written with."""
    found = FOUND[text]
    assert (found.metric, found.journeys, found.starts) == (measured, journeys, starts)
