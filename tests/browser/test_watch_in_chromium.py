"""The page of a drill that runs, as Chromium shows it: it renews itself, and ends as the report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from drills.cli.watch.page import LivePage
from drills.cli.watch.server import Server
from drills.journal.timeline import Kind
from drills.judgement.criterion import Comparator, Criterion
from drills.judgement.judge import judge
from drills.judgement.metric import Observations
from drills.judgement.so_far import so_far
from drills.reporting.html import render_html, renewing_script
from drills.reporting.running import Running
from drills.wait import until
from tests.browser.chromium import Chromium
from tests.doubles.observed import Told, lane, ns

pytestmark = pytest.mark.browser
TITLE = "document.title"
DOING = "document.querySelector('.verdict-reason').textContent"


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    with Chromium() as browser:
        yield browser


class Drill:
    """A drill that goes on as the test says."""

    def __init__(self) -> None:
        self.told, self.until = Told(), 5.0
        noticed = Criterion("noticed", "time to detect", Comparator.AT_MOST, 5)
        self.told.tell(1, Kind.CRITERION, noticed.name, noticed.stated().data())
        self.page = LivePage(lambda: len(self.told.events), self.made)

    def seen(self, *, under_way: bool) -> Observations:
        samples = {"reads": lane("reads", 0, self.until, [(10, 12)])}
        timeline = self.told.seen(self.until).timeline
        return Observations(timeline, samples, 2.0, ns(self.until), under_way=under_way)

    def made(self, number: int) -> str:
        result = so_far(self.seen(under_way=True))
        doing = f"watching, {len(self.told.events)} told"
        return render_html(result, running=Running(doing, number, renewing_script()))

    def report(self) -> str:
        return render_html(judge(self.seen(under_way=False)))


@pytest.fixture
def drill() -> Drill:
    return Drill()


@pytest.fixture
def server(drill: Drill) -> Iterator[Server]:
    with Server(drill.page, 0) as server:
        yield server


def awaits(browser: Chromium, expression: str, value: Any) -> None:
    until(
        lambda: browser.ask(expression) == value,
        awaited=f"{expression} is {value}",
        within=60,
        last_seen=lambda: str(browser.ask(expression)),
    )


def test_it_renews_itself_and_ends_as_the_report(
    browser: Chromium, drill: Drill, server: Server
) -> None:
    """Without a word of its console, and nobody else is asked; then nothing renews it any more."""
    browser.visit(server.url)
    assert browser.ask(TITLE) == "Running: It stops"
    awaits(browser, DOING, "watching, 2 told")
    assert "No score yet" in browser.ask("document.body.textContent")
    drill.told.fault(10).alert(12)
    drill.until = 20
    awaits(browser, DOING, "watching, 6 told")
    assert "Met so far" in browser.ask("document.querySelector('#criteria').textContent")
    drill.told.undone(21).tell(30, Kind.DRILL_ENDED, status="completed")
    drill.until = 30
    report = drill.report()
    drill.page.finish(report.encode())
    awaits(browser, TITLE, "Met: It stops")
    assert browser.ask("document.getElementById('renewing')") is None
    assert browser.ask("document.scripts[0].textContent.includes('fetch(')") is False
    assert server.fetched.wait(60)
    assert browser.complaints == []


def test_who_reads_it_is_not_disturbed(browser: Chromium, drill: Drill, server: Server) -> None:
    """Where one has scrolled to, what was unfolded, and what has the focus, stay as they were."""
    for second in range(150):
        drill.told.tell(2 + second / 100, Kind.NOTE, f"note {second}")
    browser.visit(server.url)
    awaits(browser, DOING, "watching, 152 told")
    browser.ask("document.querySelector('#chart details').open = true")
    browser.ask("document.querySelector('nav a[href=\"#data\"]').focus()")
    browser.ask("scrollTo({top: 2000, behavior: 'instant'})")
    place = browser.ask("scrollY")
    assert place > 1000
    drill.told.tell(4, Kind.NOTE, "one more")
    awaits(browser, DOING, "watching, 153 told")
    assert browser.ask("document.querySelector('#chart details').open") is True
    assert browser.ask("document.activeElement.getAttribute('href')") == "#data"
    assert abs(browser.ask("scrollY") - place) < 200
    assert browser.complaints == []


def test_what_is_selected_stays_until_it_is_let_go(
    browser: Chromium, drill: Drill, server: Server
) -> None:
    """Who copies a figure has it; the page goes on after that, and is not asked for before."""
    browser.visit(server.url)
    awaits(browser, DOING, "watching, 2 told")
    browser.ask("getSelection().selectAllChildren(document.querySelector('h1'))")
    drill.told.fault(3)
    begun = server.asked
    until(lambda: server.asked > begun, awaited="it asks whether it is over", within=60)
    begun = server.asked
    until(lambda: server.asked > begun, awaited="it asks again", within=60)
    assert browser.ask(DOING) == "watching, 2 told"
    assert browser.ask("String(getSelection()).trim()") == "It stops"
    browser.ask("getSelection().removeAllRanges()")
    awaits(browser, DOING, "watching, 5 told")


def test_hostile_texts_are_texts_on_it_too(browser: Chromium, drill: Drill, server: Server) -> None:
    """Also in what comes later, which no parser of ours reads as anything else."""
    browser.visit(server.url)
    awaits(browser, DOING, "watching, 2 told")
    evil = "<img src=x onerror=alert(1)><script>document.title = 'evil'</script>"
    drill.told.tell(3, Kind.NOTE, evil)
    awaits(browser, DOING, "watching, 3 told")
    assert browser.ask("document.querySelector('#timeline').textContent.includes('onerror')")
    assert browser.ask("document.querySelectorAll('img').length") == 0
    assert browser.ask(TITLE) == "Running: It stops"
    assert browser.complaints == []


def test_a_page_whose_server_is_gone_says_so(browser: Chromium, drill: Drill) -> None:
    """It is no longer live, and does not look as if it were."""
    with Server(drill.page, 0) as server:
        browser.visit(server.url)
        awaits(browser, DOING, "watching, 2 told")
    told = "document.getElementById('renewing').textContent.includes('not renewed any more')"
    awaits(browser, told, True)
