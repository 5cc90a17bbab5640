"""The page of all drills, as Chromium shows it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.browser.chromium import Chromium
from tests.browser.pages import COUNT, index
from tests.doubles.finished import CJK, row

pytestmark = pytest.mark.browser
SHOWN = "document.querySelectorAll('#drills tbody tr:not([hidden])').length"
FOUND = "document.getElementById('found').textContent"


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    with Chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return index(tmp_path_factory.mktemp("reports"))


def typed(browser: Chromium, query: str) -> None:
    """As somebody would, and the search is over."""
    browser.ask(
        f"input = document.getElementById('query'); input.value = {query!r};"
        "document.getElementById('search').requestSubmit()"
    )


@pytest.mark.parametrize("width", [320, 700, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_and_nothing_complains(
    browser: Chromium, page: Path, width: int, scheme: str
) -> None:
    """At any width, however long its names are; nothing is asked of anybody."""
    browser.show(page, width, scheme)  # type: ignore[arg-type]
    browser.ask("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert browser.ask("document.documentElement.scrollWidth") == width
    assert browser.complaints == []


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", COUNT),
        ("verdict:missed", 100),
        ("verdict:missed severity:P1", 50),
        ("-verdict:missed", 200),
        ('scenario:"it stops"', 75),
        ("alert(1) verdict:met", 50),
        (CJK[:4], 75),
        (f"id:{row(7).id}", 1),
        ("since:2026-11-20 before:2026-11-25", 5),
        ("nothing:here", 0),
    ],
)
def test_the_search_finds_what_is_meant(
    browser: Chromium, page: Path, query: str, count: int
) -> None:
    """It says how many, shows these and no others, and folds away the months without any."""
    browser.show(page, 1280)
    typed(browser, query)
    assert browser.ask(SHOWN) == count
    assert browser.ask(FOUND) == (f"{count} of {COUNT} drills" if query else "")
    empty = "[...document.querySelectorAll('#drills details:not([hidden])')].filter(each =>"
    assert browser.ask(f"{empty} !each.querySelector('tbody tr:not([hidden])')).length") == 0
    assert browser.complaints == []


def test_a_search_has_an_address(browser: Chromium, page: Path) -> None:
    """So that it can be sent to somebody; taken back, all is as it was."""
    browser.show(page, 1280)
    typed(browser, "verdict:missed severity:P2")
    asked = browser.ask("location.hash")
    assert asked == f"#q={quote('verdict:missed severity:P2')}"
    browser.show(page, 1280)
    browser.ask(f"location.hash = {asked!r}; dispatchEvent(new Event('hashchange'))")
    assert browser.ask(SHOWN) == 50
    typed(browser, "")
    assert browser.ask(SHOWN) == COUNT
    assert browser.ask("location.hash") == ""


def test_a_chip_is_a_term_of_the_search(browser: Chromium, page: Path) -> None:
    """Pressed once it narrows, pressed again it does not; who cannot see it is told."""
    browser.show(page, 1280)
    press = "document.querySelector('button.chip.missed')"
    browser.ask(f"{press}.click()")
    assert browser.ask(SHOWN) == 100
    assert browser.ask(f"{press}.getAttribute('aria-pressed')") == "true"
    assert browser.ask("document.getElementById('query').value") == "verdict:missed"
    browser.ask(f"{press}.click()")
    assert browser.ask(SHOWN) == COUNT
    assert browser.ask(f"{press}.getAttribute('aria-pressed')") == "false"


def test_hostile_names_are_text(browser: Chromium, page: Path) -> None:
    """No element of theirs, and no script but ours."""
    browser.show(page, 1280)
    assert browser.ask("document.scripts.length") == 1
    assert browser.ask("document.body.textContent.includes('<script>alert(1)')") is True
    links = "[...document.querySelectorAll('#drills a')].every(each => "
    assert browser.ask(f"{links} each.href.endsWith('/report.html'))") is True
