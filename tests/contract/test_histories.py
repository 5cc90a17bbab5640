"""A history keeps and finds the same, wherever it is kept."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from drills.errors import JournalError
from drills.history.store import Store, Wanted
from tests.contract.histories import PASSWORD, Server, file_in
from tests.doubles.finished import BEGAN, CJK, HOSTILE, RTL, row


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One, for all tests of this module."""
    with closing(Server(tmp_path_factory.mktemp("server") / "journal")) as server:
        yield server


@pytest.fixture(
    params=["file", "memory", pytest.param("postgresql", marks=pytest.mark.engine)],
)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """One of them, which holds nothing yet."""
    if request.param == "postgresql":
        server: Server = request.getfixturevalue("server")
        server.empty()
        made = Store.on(server.url(quote(PASSWORD, safe="")))
    else:
        made = file_in(tmp_path) if request.param == "file" else Store.in_memory()
    with made as opened:
        yield opened


def numbers(store: Store, wanted: Wanted | None = None) -> list[int]:
    return [int(each.id, 16) for each in store.rows(wanted)]


def test_a_row_comes_back_as_it_was(store: Store) -> None:
    """To the last figure and the microsecond, in whatever script its names are."""
    scenario = f"{HOSTILE} {CJK} {RTL} '; DROP TABLE drills_2; --"
    kept = row(1, at=BEGAN + timedelta(microseconds=1), scenario=scenario, score=None, faults=())
    store.add([kept])
    assert store.rows() == [kept]


def test_adding_twice_is_once(store: Store) -> None:
    """Runs of several machines are merged by the drill's id; the last word on it counts."""
    store.add([row(1), row(2)])
    store.add([replace(row(2), reason="judged anew"), row(3)])
    assert numbers(store) == [1, 2, 3]
    assert [each.reason for each in store.rows()][1] == "judged anew"
    store.add([])
    assert numbers(store) == [1, 2, 3]


def test_replacing_leaves_nothing_else(store: Store) -> None:
    """All at once."""
    store.add([row(1), row(2)])
    store.replace([row(3)])
    assert numbers(store) == [3]
    store.replace([])
    assert numbers(store) == []


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(), [0, 1, 2, 3]),
        (Wanted(most=2), [0, 1]),
        (Wanted(verdict="missed"), [2]),
        (Wanted(scenario="REPLICA"), [0, 1, 2]),
        (Wanted(scenario="100%"), [3]),
        (Wanted(scenario="a_b"), []),
        (Wanted(named="The read replica stops"), [0, 1, 2]),
        (Wanted(named="The read replica"), []),
        (Wanted(since=BEGAN - timedelta(hours=1)), [0, 1]),
        (Wanted(month="2026-11"), [0, 1, 2, 3]),
        (Wanted(month="2026-10"), []),
        (Wanted(verdict="met", scenario="replica", most=1), [0]),
    ],
)
def test_what_is_wanted_is_found(store: Store, wanted: Wanted, found: list[int]) -> None:
    """The newest first; signs of the database's own patterns are signs."""
    others = row(2, verdict="missed"), row(3, scenario="a-b is 100% full")
    store.add([row(1), *others, row(0)])
    assert numbers(store, wanted) == found
    assert [int(each["id"], 16) for each in store.short(wanted)] == found


def test_the_short_form_has_what_a_list_shows(store: Store) -> None:
    """Without the figures, but for those two."""
    store.add([row(1)])
    (short,) = store.short()
    assert short["detect"] == pytest.approx(row(1).measured("time to detect"))
    assert short["recover"] == row(1).measured("time to recover")
    assert (short["at"], short["faults"]) == (row(1).at, row(1).faults)
    assert "figures" not in short


def test_drills_are_found_by_the_beginning_of_their_id(store: Store) -> None:
    """Whatever signs are in it."""
    store.add([row(1, id="ab_1"), row(2, id="abc1"), row(3, id="b")])
    assert [each.id for each in store.named("ab")] == ["ab_1", "abc1"]
    assert [each.id for each in store.named("ab_")] == ["ab_1"]
    assert store.named("%") == []
    assert store.folders() == {r.folder: r.id for r in store.rows()}


def test_groups_change_when_one_of_them_does(store: Store) -> None:
    """By their number or their state; others stay as they are."""
    store.add([row(0), row(1, verdict="missed"), row(2, scenario="Another")])
    before = {each.name: each for each in store.groups("scenario")}
    assert {name: each.count for name, each in before.items()} == {
        "The read replica stops": 2,
        "Another": 1,
    }
    assert before["Another"].newest == row(2).at
    store.add([row(1, verdict="missed", reason="judged anew")])
    after = {each.name: each for each in store.groups("scenario")}
    assert after["Another"] == before["Another"]
    assert after["The read replica stops"].state != before["The read replica stops"].state
    assert store.pairs("incident", "verdict") == {
        ("read-replica-down", "met"): 2,
        ("read-replica-down", "missed"): 1,
    }


@pytest.mark.parametrize(
    "store", ["file", pytest.param("postgresql", marks=pytest.mark.engine)], indirect=True
)
def test_many_write_at_once(store: Store) -> None:
    """Each on a connection of its own; nobody loses a row."""
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: store.add([row(number), row(0)]), range(1, 21)))
    assert sorted(numbers(store)) == list(range(21))


@pytest.mark.engine
def test_a_server_that_refuses_is_told_without_the_password(server: Server) -> None:
    """In what it says itself, too."""
    with pytest.raises(JournalError, match="password authentication failed") as caught:
        Store.on(server.url("another-s3cret"))
    assert "s3cret" not in str(caught.value)
