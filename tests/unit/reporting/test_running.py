"""The report of a drill that still runs: nothing in it reads like an end."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest

from drills.journal.timeline import Kind
from drills.judgement.criterion import Comparator, Criterion
from drills.judgement.metric import Observations
from drills.judgement.so_far import so_far
from drills.reporting.html import render_html, renewing_script
from drills.reporting.running import Running
from drills.reporting.words import VERDICTS
from tests.doubles.observed import Told, lane, ns
from tests.unit.reporting import example
from tests.unit.reporting.markup import Page

CRITERIA = (
    Criterion("noticed", "time to detect", Comparator.AT_MOST, 5),
    Criterion("noticed at once", "time to detect", Comparator.AT_MOST, 1),
    Criterion("kept", "lost orders", Comparator.EXACTLY, 0),
)
RUNS = Running("watching: noticed", 7, renewing_script())


def page(told: Told, until: float = 30, doing: str = "watching: noticed") -> str:
    seen = told.seen(until)
    samples = {"reads": lane("reads", 0, until, [(10, 12)])}
    under_way = Observations(seen.timeline, samples, seen.hold, ns(until), under_way=True)
    return render_html(so_far(under_way), running=Running(doing, 7, renewing_script()))


def told() -> Told:
    told = Told().fault(10).alert(12)
    for one in CRITERIA:
        told.tell(11, Kind.CRITERION, one.name, one.stated().data())
    return told


def text(page: str) -> str:
    return " ".join(re.sub(r"<(style|script).*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL).split())


def test_it_says_that_it_runs_and_what_is_so_by_now() -> None:
    """In the title, in the verdict's place, and of each criterion."""
    said = page(told())
    assert "<title>Running: It stops</title>" in said
    for words in (
        "1 missed so far",
        "1 met so far",
        "1 open",
        "Missed so far",
        "Met so far",
        "Open",
        "No score yet",
        "30 s so far",
    ):
        assert words in text(said)
    assert "watching: noticed" in text(said)


@pytest.mark.parametrize("begun", [Told(), told(), told().undone(20), Told().fault(10)])
def test_no_word_of_it_is_that_of_an_end(begun: Told) -> None:
    """No verdict, no crash, no undo that was not proven: all that is still to come."""
    said = text(page(begun)).replace("Not assessed yet", "")
    for word in VERDICTS.values():
        assert re.search(rf"\b{word}\b(?! so far)", said) is None, word
    for word in ("crashed", "aborted", "is not proven", "without a word", "watching ended"):
        assert word not in said


def test_its_five_sentences_say_what_is_known_by_now() -> None:
    """What will be lost nobody knows yet, and what to do is to wait, or to stop it."""
    said = text(page(told()))
    assert "Stop of replica-1 took effect at 00:00:10 UTC and is not undone yet." in said
    assert "came 2.000 s ± 0.001 after the fault; nobody has reacted yet." in said
    assert "What was lost is known once the drill is over" in said
    assert "drills halt abc123" in said
    before = text(page(Told()))
    for words in ("Nothing was broken yet.", "There is nothing to notice yet", "felt nothing of a"):
        assert words in before
    assert "Nobody is known to have noticed yet." in text(page(Told().fault(10)))


def test_its_script_is_the_one_that_the_policy_allows() -> None:
    """It may ask where the page came from, and nobody else."""
    said = page(told())
    (script,) = re.findall(r"<script>(.*?)</script>", said, re.DOTALL)
    (style,) = re.findall(r"<style>(.*?)</style>", said, re.DOTALL)
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', said)
    own = [
        base64.b64encode(hashlib.sha256(each.encode()).digest()).decode()
        for each in (style, script)
    ]
    assert policy.replace("&#39;", "'") == (
        f"default-src 'none'; style-src 'sha256-{own[0]}'; script-src 'sha256-{own[1]}'; "
        "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'"
    )
    assert 'data-number="7"' in said


def test_what_others_wrote_is_text_in_it() -> None:
    """No element of theirs, wherever it stands."""
    evil = "</script><script>alert(1)</script>"
    said = page(told().tell(13, Kind.PHASE, evil, phase=evil), doing=evil)
    assert said.count("<script>") == 1
    assert "alert(1)" in text(said)


@pytest.mark.parametrize("name", example.VARIANTS)
def test_any_result_may_be_that_of_a_drill_that_runs(name: str) -> None:
    """The page is whole HTML whatever it shows."""
    assert Page(render_html(example.VARIANTS[name](), running=RUNS)).faults == []


@pytest.mark.parametrize("name", example.VARIANTS)
def test_a_report_has_nothing_of_it(name: str) -> None:
    """Once a drill is over its page does not renew itself, and nothing asks for anything."""
    said = render_html(example.VARIANTS[name]())
    for word in ("fetch(", "renewing", "connect-src", "so far</", "data-number"):
        assert word not in said
