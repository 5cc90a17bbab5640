"""Looking closer at a report's charts: by mouse, by finger, by keyboard, by address."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.chromium import Chromium
from tests.browser.pages import reports

pytestmark = pytest.mark.browser

VISIBLE = "[...document.querySelectorAll('svg.chart')].filter(e => e.getClientRects().length)"
AXES = f"{VISIBLE}.map(s => [...s.querySelectorAll('.ticks text')].map(t => t.textContent))"
TOLD = "[...document.querySelectorAll('.zoom p')].map(p => p.textContent)"
HASH = "location.hash"
# Of every bar that may be seen: its outcome, its height, and where it is, in pixels of the picture.
BARS = f"""
{VISIBLE}.flatMap(s => {{
  const [, , left, right] = s.dataset.axis.split(' ').map(Number);
  return [...s.querySelectorAll('.bar:not(.good)')].flatMap(p =>
    [...p.getAttribute('d').matchAll(/M(\\S+) (\\S+?)h([\\d.]+)v([\\d.]+)/g)].map(m =>
      ({{ kind: p.getAttribute('class'), x: +m[1], width: +m[3], height: +m[4], left, right }})));
}})
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    with Chromium() as chromium:
        yield chromium


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return reports(tmp_path_factory.mktemp("reports"))


def place(browser: Chromium, seconds: float) -> tuple[float, float]:
    """Where a moment is in the window, in the middle of the first chart that is seen."""
    x, y = browser.ask(
        f"(() => {{ const s = {VISIBLE}[0];"
        "s.scrollIntoView({ block: 'center', behavior: 'instant' });"
        "const [low, high, left, right] = s.dataset.axis.split(' ').map(Number);"
        "const box = s.getBoundingClientRect(), wide = s.viewBox.baseVal.width;"
        f"const x = left + ({seconds} - low) / (high - low) * (right - left);"
        "return [box.left + x / wide * box.width, box.top + box.height / 2]; })()"
    )
    return x, y


def span(browser: Chromium) -> tuple[float, float]:
    """What the address says is shown."""
    low, high = browser.ask(HASH).removeprefix("#zoom=").split(",")
    return float(low), float(high)


@pytest.mark.parametrize("width", [320, 700, 1280])
def test_a_span_is_chosen_with_the_mouse(
    browser: Chromium, pages: dict[str, Path], width: int
) -> None:
    """What is dragged over is what is shown, told, and in the address; a double click goes back."""
    browser.show(pages["met"], width)
    whole = browser.ask(AXES)
    browser.drag(place(browser, 2), place(browser, 12))
    low, high = span(browser)
    assert low == pytest.approx(2, abs=0.2)
    assert high == pytest.approx(12, abs=0.2)
    assert browser.ask(TOLD)[0].startswith("Shown: +2")
    assert browser.ask(AXES) != whole
    assert browser.ask("document.documentElement.scrollWidth") <= width
    browser.double_click(*place(browser, 5))
    assert browser.ask(AXES) == whole
    assert browser.ask(HASH) == ""
    assert browser.complaints == []


def test_a_finger_chooses_a_span_too(browser: Chromium, pages: dict[str, Path]) -> None:
    """Along the axis; the page still scrolls, and is still enlarged by two fingers."""
    browser.show(pages["met"], 390)
    browser.swipe(place(browser, 2), place(browser, 12))
    low, high = span(browser)
    assert low == pytest.approx(2, abs=0.5)
    assert high == pytest.approx(12, abs=0.5)
    assert browser.ask(f"getComputedStyle({VISIBLE}[0]).touchAction") == "pan-y pinch-zoom"


def test_a_click_and_a_tremble_choose_nothing(browser: Chromium, pages: dict[str, Path]) -> None:
    """A span is dragged over on purpose."""
    browser.show(pages["met"], 1280)
    x, y = place(browser, 5)
    browser.drag((x, y), (x + 3, y))
    assert browser.ask(HASH) == ""
    assert browser.ask("document.querySelectorAll('.pick').length") == 0


def test_every_chart_of_the_axis_goes_along(browser: Chromium, pages: dict[str, Path]) -> None:
    """The one of the incident shows as much of the span as it reaches; the tables stay whole."""
    rows = "[...document.querySelectorAll('table.counted')].map(t => t.rows.length)"
    browser.show(pages["long"], 1280)
    before = browser.ask(rows)
    browser.show(pages["long"], 1280, fragment="#zoom=20,90")
    assert [axis[0] for axis in browser.ask(AXES)] == ["20 s", "20 s"]
    assert [axis[-1] for axis in browser.ask(AXES)] == ["90 s", "26 s"]
    assert browser.ask(rows) == before
    browser.show(pages["long"], 1280, fragment="#zoom=200,300")
    first, second = browser.ask(TOLD)
    assert first.startswith("Shown: +3 min 20 s to +5 min.")
    assert second.startswith("All of it is shown")


@pytest.mark.parametrize("variant", ["met", "long"])
@pytest.mark.parametrize("width", [320, 1280])
def test_no_failure_goes_when_it_is_looked_at_closer(
    browser: Chromium, pages: dict[str, Path], variant: str, width: int
) -> None:
    """Of each bar with one: its height stays, it is as wide as its span, and none is left out."""
    browser.show(pages[variant], width)
    whole = browser.ask(BARS)
    assert whole
    low, high = browser.ask(f"{VISIBLE}[0].dataset.axis.split(' ').slice(0, 2).map(Number)")
    middle = (low + high) / 2
    seen = []
    for begin, end in ((low, middle), (middle, high)):
        browser.show(pages[variant], width, fragment=f"#zoom={begin},{end}")
        seen += [
            each
            for each in browser.ask(BARS)
            if each["x"] < each["right"] and each["x"] + each["width"] > each["left"]
        ]
    before, after = (
        Counter((one["kind"], one["height"]) for one in them) for them in (whole, seen)
    )
    assert before - after == Counter()  # one in the middle is seen twice, none is seen never
    assert min(each["width"] for each in seen) > 0.4


def test_the_keyboard_does_the_same(browser: Chromium, pages: dict[str, Path]) -> None:
    """On the chart itself: plus, minus, arrows, Escape. Nothing is caught where none is meant."""
    browser.show(pages["met"], 1280)
    whole = browser.ask(AXES)
    browser.ask("document.querySelector('.pictures').focus()")
    browser.press("+")
    begun = span(browser)
    browser.press("+")
    low, high = span(browser)
    assert high - low == pytest.approx((begun[1] - begun[0]) / 2, abs=0.01)
    browser.press("ArrowRight")
    assert span(browser)[0] == pytest.approx(low + (high - low) / 4, abs=0.01)
    browser.press("ArrowLeft")
    assert span(browser)[0] == pytest.approx(low, abs=0.01)
    browser.press("-")
    browser.press("-")
    assert browser.ask(AXES) == whole
    browser.press("+")
    browser.press("Escape")
    assert (browser.ask(AXES), browser.ask(HASH)) == (whole, "")


def test_the_buttons_do_the_same(browser: Chromium, pages: dict[str, Path]) -> None:
    """Each says what it does; one that does nothing just now says so, and keeps the focus."""
    browser.show(pages["met"], 1280)
    names = "[...document.querySelectorAll('.zoom button')].map(b => b.textContent)"
    off = "[...document.querySelectorAll('.zoom button')].map(b => b.ariaDisabled === 'true')"
    assert browser.ask(names) == ["Zoom in", "Zoom out", "Earlier", "Later", "Whole drill"]
    assert browser.ask(off) == [False, True, True, True, True]
    browser.ask("document.querySelectorAll('.zoom button')[0].focus()")
    browser.press("Enter")
    assert browser.ask(off) == [False] * 5
    before = span(browser)
    browser.ask("document.querySelectorAll('.zoom button')[3].click()")
    assert span(browser)[0] > before[0]
    browser.ask("document.querySelectorAll('.zoom button')[4].focus()")
    browser.press("Enter")
    assert browser.ask(HASH) == ""
    assert browser.ask("document.activeElement.textContent") == "Whole drill"


@pytest.mark.parametrize(
    ("fragment", "told"),
    [
        ("#zoom=2,12", "Shown: +2 s to +12 s."),
        ("#zoom=-2,3.5", "Shown: −2 s to +3.5 s."),
        ("#zoom=12,2", "Drag over"),
        ("#zoom=nonsense,1", "Drag over"),
        ("#zoom=-1e9,1e9", "Drag over"),
        ("#zoom=%3Cimg%20src=x%3E,1", "Drag over"),
        ("#zoom=-99999,99999", "Drag over"),
        ("#criteria", "Drag over"),
    ],
)
def test_a_view_has_an_address(
    browser: Chromium, pages: dict[str, Path], fragment: str, told: str
) -> None:
    """It can be sent to somebody; what is none shows all."""
    browser.show(pages["met"], 1280, fragment=fragment)
    assert browser.ask(TOLD)[0].startswith(told)
    assert browser.complaints == []


def test_a_view_that_is_sent_is_where_the_page_opens(
    browser: Chromium, pages: dict[str, Path]
) -> None:
    """At the chart, at once where motion is reduced; what is zoomed never moves by itself."""
    browser.show(pages["met"], 1280, fragment="#zoom=2,12", reduced=True)
    assert abs(browser.ask("document.getElementById('chart').getBoundingClientRect().top")) < 20
    assert browser.ask("document.getAnimations().length") == 0


def test_it_is_printed_whole(browser: Chromium, pages: dict[str, Path]) -> None:
    """Paper has no button to go back with; afterwards the view is as it was."""
    browser.show(pages["met"], 1280)
    ticks = "document.querySelector('.picture.medium .ticks').textContent"
    whole = browser.ask(ticks)
    browser.show(pages["met"], 1280, fragment="#zoom=2,12")
    closer = browser.ask(ticks)
    browser.ask("dispatchEvent(new Event('beforeprint'))")
    assert browser.ask(ticks) == whole
    browser.ask("dispatchEvent(new Event('afterprint'))")
    assert browser.ask(ticks) == closer != whole


@pytest.mark.parametrize("variant", ["met", "long", "hostile"])
def test_no_label_of_a_closer_view_touches_another(
    browser: Chromium, pages: dict[str, Path], variant: str
) -> None:
    """Nor does any leave its picture, wherever it is looked at closer."""
    overlapping = """
    (() => {
      const boxes = [...document.querySelectorAll('.mark-name, .lane, .strip-name')]
        .filter(e => e.getClientRects().length).map(e => e.getBoundingClientRect());
      return boxes.flatMap((a, i) => boxes.slice(i + 1).filter(b =>
        a.left < b.right && b.left < a.right && a.top + 2 < b.bottom && b.top + 2 < a.bottom))
        .length;
    })()
    """
    outside = f"""
    {VISIBLE}.flatMap(s => [...s.querySelectorAll('text')]
      .filter(t => t.getClientRects().length)
      .filter(t => t.getBoundingClientRect().right > s.getBoundingClientRect().right + 1)).length
    """
    for width in (320, 1280):
        for fragment in ("#zoom=-3,3", "#zoom=0,8", "#zoom=5,14"):
            browser.show(pages[variant], width, fragment=fragment)
            assert browser.ask(overlapping) == 0, (width, fragment)
            assert browser.ask(outside) == 0, (width, fragment)
