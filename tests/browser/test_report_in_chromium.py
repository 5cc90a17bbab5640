"""The report as Chromium shows it: wide, narrow, light, dark, printed. Run by ``make browser``."""

from __future__ import annotations

import re
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.chromium import Chromium, Scheme
from tests.browser.pages import VARIANTS, reports

pytestmark = pytest.mark.browser

WIDTHS = (320, 390, 599, 600, 761, 999, 1000, 1280, 1920)

# Elements that reach out of the window to the right, and texts of the chart out of their picture.
OVERFLOWING = """
[...document.querySelectorAll('body *')]
  .filter(e => e.getClientRects().length && !e.closest('.sr, .skip, .sprite, thead'))
  .filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1
            || e.getBoundingClientRect().left < -1)
  .map(e => e.tagName + '.' + e.getAttribute('class')).slice(0, 5)
"""
# Relative luminance and contrast as WCAG 2 defines them, of every text against what is behind it.
FAINT = """
(() => {
  const channels = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const part = c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  const behind = e => {
    for (; e; e = e.parentElement) {
      const c = channels(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] === 1) return c;
    }
    return [255, 255, 255];
  };
  const faint = [];
  for (const e of document.querySelectorAll('main *, header *, nav *, footer *')) {
    const own = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
    if (!own || !e.getClientRects().length || e.closest('.sr')) continue;
    const style = getComputedStyle(e);
    const ink = channels(e.closest('svg') ? style.fill : style.color);
    const [a, b] = [light(ink), light(behind(e))].sort((x, y) => y - x);
    const contrast = (a + 0.05) / (b + 0.05);
    if (contrast < 4.5 && !e.matches('.strip-name')) faint.push(e.className + ' ' + contrast);
  }
  return faint.slice(0, 5);
})()
"""

# Of every mark that carries meaning: what of it stands out from the page, and from a fault's shade.
MARKS = """
(() => {
  const channels = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const part = c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  const contrast = (a, b) => {
    const [x, y] = [light(a), light(b)].sort((x, y) => y - x);
    return (x + 0.05) / (y + 0.05);
  };
  const page = channels(getComputedStyle(document.body).backgroundColor);
  const style = getComputedStyle(document.documentElement);
  const probe = document.querySelector('.page').appendChild(document.createElement('i'));
  const named = name => {
    probe.style.color = style.getPropertyValue(name);
    return channels(getComputedStyle(probe).color);
  };
  const shade = named('--window');
  const faint = [];
  for (const name of ['--good-bar', '--slow-bar', '--bad-bar', '--cut-bar', '--late-bar',
      '--unsent-bar', '--lost-bar', '--median', '--worst', '--missed', '--unsure', '--ink']) {
    const least = Math.min(contrast(named(name), page), contrast(named(name), shade));
    if (least < 3) faint.push(name + ' ' + least.toFixed(2));
  }
  for (const name of ['--edge', '--pause', '--band', '--strong']) {
    const least = contrast(named(name), page);
    if (least < 3) faint.push(name + ' ' + least.toFixed(2));
  }
  probe.remove();
  return faint;
})()
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    """One browser for all pages."""
    with Chromium() as chromium:
        yield chromium


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return reports(tmp_path_factory.mktemp("reports"))


@pytest.mark.parametrize("variant", VARIANTS)
def test_nothing_sticks_out_at_any_width(
    browser: Chromium, pages: dict[str, Path], variant: str
) -> None:
    """From a small phone to a large screen nothing scrolls sideways."""
    for width in WIDTHS:
        browser.show(pages[variant], width)
        assert browser.ask("document.documentElement.scrollWidth") <= width, width
        assert browser.ask(OVERFLOWING) == [], width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("variant", VARIANTS)
def test_nothing_is_refused_and_nothing_complains(
    browser: Chromium, pages: dict[str, Path], variant: str, scheme: Scheme
) -> None:
    """The policy refuses nothing of ours, the console stays empty, the network is not asked."""
    browser.show(pages[variant], 1280, scheme)
    assert browser.complaints == []
    assert browser.ask("document.styleSheets.length") == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("variant", VARIANTS)
def test_every_text_stands_out_from_its_ground(
    browser: Chromium, pages: dict[str, Path], variant: str, scheme: Scheme
) -> None:
    """Contrast is at least 4.5 (WCAG AA) for every text, in both schemes."""
    browser.show(pages[variant], 1280, scheme)
    assert browser.ask(FAINT) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_mark_stands_out(browser: Chromium, pages: dict[str, Path], scheme: Scheme) -> None:
    """Contrast is at least 3 (WCAG 1.4.11), on the page and on a fault's shade."""
    browser.show(pages["met"], 1280, scheme)
    assert browser.ask(MARKS) == []


def test_text_grows_with_the_readers_font(browser: Chromium, pages: dict[str, Path]) -> None:
    """Twice the font is twice the text, in pictures nearly so, and nothing sticks out."""
    sizes = """[...document.querySelectorAll('svg.chart')].filter(e => e.getClientRects().length)
      .map(s => 12 * s.getBoundingClientRect().width / s.viewBox.baseVal.width)"""
    body = "parseFloat(getComputedStyle(document.querySelector('.opening dd')).fontSize)"
    seen = []
    for font in (16, 32):
        browser.show(pages["met"], 1280, font=font)
        seen.append((min(browser.ask(sizes)), browser.ask(body)))
        assert browser.ask("document.documentElement.scrollWidth") <= 1280
    (small, normal), (large, twice) = seen
    assert twice == 2 * normal
    assert large > 1.3 * small


def test_nothing_moves_by_itself_for_who_asked_for_that(
    browser: Chromium, pages: dict[str, Path]
) -> None:
    """Links jump where motion is reduced, and scroll where it is not."""
    scrolls = "getComputedStyle(document.documentElement).scrollBehavior"
    browser.show(pages["met"], 1280)
    assert browser.ask(scrolls) == "smooth"
    browser.show(pages["met"], 1280, reduced=True)
    assert browser.ask(scrolls) == "auto"


def test_every_count_is_reached_without_a_mouse(browser: Chromium, pages: dict[str, Path]) -> None:
    """The table beside each picture opens by the keyboard, without a script, and is then seen."""
    browser.show(pages["long"], 1280)
    tables = "[...document.querySelectorAll('table.counted')]"
    assert browser.ask(f"{tables}.length") == 2
    assert browser.ask(f"{tables}.every(t => !t.checkVisibility())")
    browser.ask("document.querySelector('#chart details.more > summary').focus()")
    browser.press("Enter")
    assert browser.ask(f"{tables}[0].checkVisibility()")
    assert browser.ask(f"{tables}[0].rows.length") > 2


def test_the_incident_of_a_long_drill_is_seen_closer(
    browser: Chromium, pages: dict[str, Path]
) -> None:
    """In a second picture; the whole one counts in hours or minutes and says so."""
    browser.show(pages["long"], 1280)
    shown = "[...document.querySelectorAll('svg.chart')].filter(e => e.getClientRects().length)"
    units = f"{shown}.map(s => [...s.querySelectorAll('text.note')].at(-1).textContent)"
    assert browser.ask(units) == ["minutes from the fault", "seconds from the fault"]


def test_what_folds_is_printed_whole_and_pages_have_numbers(
    browser: Chromium, pages: dict[str, Path], tmp_path: Path
) -> None:
    """Each page says which of how many it is, and a list that folds is there."""
    browser.show(pages["cjk"], 1280)
    file = tmp_path / "report.pdf"
    file.write_bytes(browser.pdf())
    command = ["pdftotext", "-layout", str(file), "-"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    sheets = text.removesuffix("\f").split("\f")
    for number, sheet in enumerate(sheets, 1):
        assert f"{number} / {len(sheets)}" in sheet
    assert "all met" in text
    folded = text.partition("all met")[2].partition("Times from the fault")[0]
    assert folded.count("must") >= 15


@pytest.mark.parametrize("variant", ["met", "missed", "long", "cjk"])
def test_no_page_is_half_empty(
    browser: Chromium, pages: dict[str, Path], tmp_path: Path, variant: str
) -> None:
    """Every page but the last is printed on to beyond its middle."""
    browser.show(pages[variant], 1280)
    file = tmp_path / "report.pdf"
    file.write_bytes(browser.pdf())
    command = ["pdftotext", "-bbox", str(file), "-"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    reached = [
        max(float(y) for y in re.findall(r'yMax="([\d.]+)"', sheet) if float(y) < 842 - 46)
        for sheet in text.split("<page ")[1:]
    ]
    assert [round(y) for y in reached[:-1] if y < 842 * 0.6] == []


def test_the_schemes_differ(browser: Chromium, pages: dict[str, Path]) -> None:
    """Dark is dark, light is light."""
    grounds = []
    for scheme in ("light", "dark"):
        browser.show(pages["met"], 1280, "dark" if scheme == "dark" else "light")
        grounds.append(browser.ask("getComputedStyle(document.body).backgroundColor"))
    assert grounds == ["rgb(255, 255, 255)", "rgb(18, 21, 24)"]


@pytest.mark.parametrize("width", WIDTHS)
def test_one_picture_is_shown_and_its_text_is_legible(
    browser: Chromium, pages: dict[str, Path], width: int
) -> None:
    """Of the layouts exactly one is visible, and no text in it is below ten pixels."""
    browser.show(pages["met"], width)
    shown = "[...document.querySelectorAll('svg.chart')].filter(e => e.getClientRects().length)"
    assert browser.ask(f"{shown}.length") == 1
    heights = (
        f"{shown}.flatMap(s => [...s.querySelectorAll('text')].map("
        "t => parseFloat(getComputedStyle(t).fontSize) * s.getBoundingClientRect().width"
        " / s.viewBox.baseVal.width))"
    )
    assert min(browser.ask(heights)) >= 10


def test_labels_in_the_picture_do_not_overlap(browser: Chromium, pages: dict[str, Path]) -> None:
    """As the browser lays them out, no two labels of moments touch, at any width."""
    overlapping = """
    (() => {
      const boxes = [...document.querySelectorAll('.mark-name, .lane, .strip-name')]
        .filter(e => e.getClientRects().length).map(e => e.getBoundingClientRect());
      return boxes.flatMap((a, i) => boxes.slice(i + 1).filter(b =>
        a.left < b.right && b.left < a.right && a.top + 2 < b.bottom && b.top + 2 < a.bottom))
        .length;
    })()
    """
    for width in WIDTHS:
        browser.show(pages["met"], width)
        assert browser.ask(overlapping) == 0, width


@pytest.mark.parametrize("variant", VARIANTS)
def test_it_prints_on_a4(browser: Chromium, pages: dict[str, Path], variant: str) -> None:
    """Printing gives A4 pages, a handful of them, in light colours also from a dark screen."""
    browser.show(pages[variant], 1280, "dark")
    pdf = browser.pdf()
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert boxes
    assert {(round(float(w)), round(float(h))) for w, h in boxes} == {(595, 842)}
    assert len(re.findall(rb"/Type /Page\b", pdf)) <= 20


def test_rows_are_kept_whole_in_print(browser: Chromium, pages: dict[str, Path]) -> None:
    """No row and no figure may be cut by a page's end; the navigation is not printed."""
    browser.show(pages["met"], 680, media="print")
    kept = browser.ask(
        "[...document.querySelectorAll('tr, .picture, .verdict, .tile')]"
        ".every(e => getComputedStyle(e).breakInside === 'avoid')"
    )
    assert kept
    assert browser.ask("getComputedStyle(document.querySelector('nav')).display") == "none"


def test_the_picture_for_the_readme_ends_with_the_chart(
    browser: Chromium, pages: dict[str, Path]
) -> None:
    """The picture is as wide as its window, and shorter than the page."""
    browser.show(pages["met"], 1280)
    width, height = struct.unpack(">II", browser.picture(until="#chart .legend")[16:24])
    assert width == 1280
    assert 1000 < height < browser.ask("document.body.scrollHeight") / 2


def test_it_is_whole_without_script(browser: Chromium, pages: dict[str, Path]) -> None:
    """Its one script only looks closer: where none may run, nothing of the page is missing."""
    browser.show(pages["hostile"], 1280, scripts=False)
    assert browser.ask("document.scripts.length") == 1
    assert browser.ask("document.querySelectorAll('.zoom, [tabindex]').length") == 0
    assert browser.ask("document.querySelectorAll('img, iframe, object, embed').length") == 0
