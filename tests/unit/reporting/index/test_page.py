"""The page of all drills."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

from drills.errors import DrillError
from drills.history.store import Store
from drills.journal.folder import INDEX
from drills.reporting.index import page
from drills.reporting.index.page import render_index, write_index
from drills.reporting.index.parts import Parts
from drills.reporting.index.planned import Planned
from drills.runbook.policy import Rehearsal
from tests.doubles.finished import BEGAN, CJK, HOSTILE, RTL, row

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.fixture
def store() -> Iterator[Store]:
    with Store.in_memory() as store:
        yield store


def rendered(store: Store, parts: Parts | None = None, there: frozenset[str] = frozenset()) -> str:
    return render_index(store, None, there=there, parts=parts or Parts(None), now=NOW)


class Page(HTMLParser):
    """The tags of a page, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_page_has_all_drills(store: Store) -> None:
    """Counted by verdict, listed by month; every link leads to a report beside it, or inside."""
    store.add([row(0), row(1, verdict="missed"), row(2, at=BEGAN - timedelta(days=60))])
    there = frozenset({row(0).folder})
    found = Page(rendered(store, there=there))
    # drills, heads of months, incidents, the calendar
    assert found.tags.count("tr") == 3 + 2 + 2 + 2
    assert "November 2026" in found.text
    assert "September 2026" in found.text
    inside = {link[1:] for link in found.links if link.startswith("#")}
    assert inside <= set(found.ids)
    assert len(found.ids) == len(set(found.ids))
    assert [each for each in found.links if each[0] != "#"] == [
        "data:,",
        f"{row(0).folder}/report.html",
    ]


def test_nothing_is_loaded_and_one_script_may_run(store: Store) -> None:
    """By its hash; the list stands without it."""
    store.add([row(0)])
    text = rendered(store)
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
    assert "default-src &#39;none&#39;" in policy
    assert policy.count("sha256-") == 2
    assert text.count("<script>") == 1
    assert not re.search(r"https?://|\bon[a-z]+=|style=", text)


def test_what_others_wrote_is_text(store: Store) -> None:
    """In the list, in trends, in the matrix, in the chips."""
    hostile = dict.fromkeys(("scenario", "incident", "severity", "reason"), HOSTILE)
    store.add([row(0, **hostile, faults=(HOSTILE,)), row(1, scenario=RTL), row(2, scenario=CJK)])
    text = rendered(store)
    assert text.count("<script") == 1
    assert "alert(1)</script>" not in text
    assert not any(sign in text for sign in "\u202e\x1b")
    assert text.count("-->") == text.count("<!--part ") * 1 + text.count("<!--end-->")


def test_an_empty_history_is_a_page_too(store: Store) -> None:
    """It says that there is nothing."""
    found = Page(rendered(store))
    assert "0 drills" in found.text
    assert "There is no drill yet." in found.text


def test_the_runbook_is_held_against_the_drills(store: Store) -> None:
    """What was never drilled, and what is overdue, is told; without a runbook that is told."""
    store.add([row(0)])
    planned = [
        Planned(incident="read-replica-down", title="Replica down"),
        Planned(
            incident="x",
            title="<b>Never</b>",
            drills={"x": Rehearsal(title="<i>X</i>", incident="x", next=date(2026, 11, 1))},
        ),
    ]
    text = render_index(store, planned, there=frozenset(), parts=Parts(None), now=NOW)
    found = Page(text)
    assert re.search(r"<b>Never</b>\s+never drilled\s+2026-11-01 overdue", found.text)
    assert "Replica down" in found.text
    assert re.search(r"<i>X</i>\s+x\s+never\s+2026-11-01 overdue", found.text)
    assert "the runbook was not at hand" not in found.text
    assert "the runbook was not at hand" in Page(rendered(store)).text


def test_one_drill_more_makes_its_own_parts_anew(store: Store, tmp_path: Path) -> None:
    """And nothing else; the page is the one that would have been made from nothing."""
    months = [row(n, at=BEGAN - timedelta(days=31 * n), scenario=f"s{n % 3}") for n in range(9)]
    store.add(months)
    (tmp_path / INDEX).write_text(rendered(store), "utf-8")
    same = Parts(tmp_path / INDEX)
    assert rendered(store, same) == (tmp_path / INDEX).read_text("utf-8")
    assert same.made == 0
    store.add([replace(row(100, at=BEGAN), scenario="s1")])
    more = Parts(tmp_path / INDEX)
    assert rendered(store, more) == rendered(store)
    assert more.made == 3


def test_a_report_that_came_is_linked(store: Store, tmp_path: Path) -> None:
    """Its month is made anew where its folder was not there before."""
    store.add([row(0)])
    (tmp_path / INDEX).write_text(rendered(store), "utf-8")
    text = rendered(store, Parts(tmp_path / INDEX), frozenset({row(0).folder}))
    assert f"<a href={row(0).folder}/report.html>" in text


def test_a_page_stays_below_its_size(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest months and scenarios are left out, and counted."""
    rows = [
        row(n, at=BEGAN - timedelta(days=n), scenario=f"{CJK * 9} {n % 40}") for n in range(400)
    ]
    store.add(rows)
    monkeypatch.setattr(page, "LARGEST", 260_000)
    monkeypatch.setattr(page, "FOR_TRENDS", 60_000)
    text = rendered(store)
    assert len(text.encode()) < 260_000
    (left,) = re.findall(r"(\d+) older drills are left out here", text)
    assert int(left) == 400 - text.count("<tr class=")
    assert re.search(r"\d+ scenarios more", text)


def test_it_is_written_at_once_and_by_one_at_a_time(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who waits for another one for too long gives up, and the page stays as it was."""
    store.add([row(0)])
    assert write_index(tmp_path, store, now=NOW) == tmp_path / INDEX
    before = (tmp_path / INDEX).read_bytes()
    lock = os.open(tmp_path / page._LOCK, os.O_RDWR)
    fcntl.flock(lock, fcntl.LOCK_EX)
    monkeypatch.setattr(page, "WITHIN", 0.01)
    with pytest.raises(DrillError, match="is written by nobody"):
        write_index(tmp_path, store, now=NOW)
    os.close(lock)
    assert (tmp_path / INDEX).read_bytes() == before


def test_a_disk_that_refuses_is_told(store: Store, tmp_path: Path) -> None:
    """As ours, with the path."""
    with pytest.raises(DrillError, match="expected to write"):
        write_index(tmp_path / "none", store)
    (tmp_path / INDEX).mkdir()
    with pytest.raises(DrillError, match="found something else, which is left alone"):
        write_index(tmp_path, store)


@pytest.mark.parametrize("theirs", [b"<!doctype html><title>Our shop</title>", b""])
def test_a_page_of_somebody_else_is_never_written_over(
    store: Store, tmp_path: Path, theirs: bytes
) -> None:
    """A folder of reports may be a site of theirs; our own page is written again."""
    (tmp_path / INDEX).write_bytes(theirs)
    with pytest.raises(DrillError, match="found something else, which is left alone"):
        write_index(tmp_path, store, anew=True)
    assert (tmp_path / INDEX).read_bytes() == theirs
    (tmp_path / INDEX).unlink()
    write_index(tmp_path, store)
    write_index(tmp_path, store)


def test_what_had_no_room_is_not_made_again(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page keeps its size; where there is room for it later, it is there."""
    store.add([row(n, at=BEGAN - timedelta(days=n), scenario=f"s {n % 40}") for n in range(400)])
    largest = page.LARGEST
    monkeypatch.setattr(page, "LARGEST", 260_000)
    monkeypatch.setattr(page, "FOR_TRENDS", 60_000)
    (tmp_path / INDEX).write_text(rendered(store), "utf-8")
    again = Parts(tmp_path / INDEX)
    assert rendered(store, again) == (tmp_path / INDEX).read_text("utf-8")
    assert again.made == 0
    monkeypatch.setattr(page, "LARGEST", largest)
    assert "left out here" not in rendered(store, Parts(tmp_path / INDEX))


def test_the_calendar_says_what_ran_when_and_what_is_flaky(store: Store) -> None:
    """By month; the definition of flaky stands there, and where there are too few it is said."""
    verdicts = ["met", "missed", "met", "met", "inconclusive", "met", "met"]
    store.add([row(n, scenario="a", version="v", verdict=v) for n, v in enumerate(verdicts)])
    store.add([row(50, scenario="b", at=BEGAN - timedelta(days=400)), row(60, scenario="c")])
    text = Page(rendered(store)).text
    table = text.partition("Inconclusive")[2]
    assert "the same commit without changes, and the same images" in text
    assert re.search(r"a read-replica-down7 ×1 \?114 % 1 of 740 % 2 of 5", table)
    assert re.search(r"c read-replica-down1too few \(1\)too few \(0\)", table)
