"""What axe-core finds wrong with the pages for who does not see them, or uses no mouse: nothing."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from tests.browser import pages
from tests.browser.chromium import Chromium, Scheme

pytestmark = pytest.mark.browser

FEW = (
    24  # drills on the page of all drills: its parts are alike, and axe-core looks at each element
)
# Every rule that axe-core has, those of good practice too; what is folded is opened before.
FINDINGS = """
document.querySelectorAll('details').forEach(each => each.open = true);
axe.run(document, { resultTypes: ['violations'] }).then(found => found.violations.map(each =>
  `${each.id}: ${each.nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(' | ')}`))
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    with Chromium() as chromium:
        yield chromium


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Reports of every kind, and the page of all drills."""
    reports = pages.reports(tmp_path_factory.mktemp("reports"))
    return {**reports, "index": pages.index(tmp_path_factory.mktemp("index"), FEW)}


def findings(browser: Chromium) -> list[str]:
    """What axe-core says of the page that is shown."""
    browser.ask((files("axe_playwright_python") / "axe.min.js").read_text("utf-8"))
    found: list[str] = browser.ask(FINDINGS)
    return found


@pytest.mark.parametrize("page", ["index", "missed", "long", "hostile"])
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(
    browser: Chromium, made: dict[str, Path], page: str, width: int, scheme: Scheme
) -> None:
    """At either width, in either scheme, also of names that mean harm."""
    browser.show(made[page], width, scheme)
    assert findings(browser) == []


def test_axe_finds_nothing_closer(browser: Chromium, made: dict[str, Path]) -> None:
    """Nor in a chart that is zoomed."""
    browser.show(made["long"], 1280, fragment="#zoom=2,12")
    assert findings(browser) == []


def test_axe_would_find_something(browser: Chromium, made: dict[str, Path]) -> None:
    """A button without a name, a text that is too faint: what finds nothing was looked for."""
    browser.show(made["met"], 1280)
    browser.ask(
        "document.querySelector('main').append(document.createElement('button'));"
        "document.querySelector('.page').style.color = '#999'"
    )
    found = {each.partition(":")[0] for each in findings(browser)}
    assert {"button-name", "color-contrast"} <= found
