"""Where acknowledged writes are found again: the same of every database, of a command, of fakes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from drills.errors import EngineError
from drills.journal.sample import Outcome, Sample
from drills.observers.ledger import Reconciliation, reconcile
from drills.stack.content import canonical, digest
from drills.stack.database import DatabaseError, DataGone
from drills.wait import until
from tests.contract.stores import STORES, FakeQueue, FakeTable, Store, Write

IDS = [f"6f1b0d0e-6c1e-4f0a-9d4e-{number:012x}" for number in range(4)]
WRITES: list[Write] = [(id_, "a bolt, M8 — ünï", number) for number, id_ in enumerate(IDS)]
REAL = [pytest.param(name, marks=pytest.mark.engine) for name in STORES]


@pytest.fixture(scope="module", params=["fake postgresql", "fake mysql", "fake list", *REAL])
def running(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """One of them, for all tests of this module."""
    name: str = request.param
    directory = tmp_path_factory.mktemp("store") / "journal"
    fakes = {"fake list": FakeQueue}
    if name in STORES:
        store = STORES[name](directory)  # type: ignore[call-arg] # of real ones
    else:
        store = fakes[name]() if name in fakes else FakeTable(name.removeprefix("fake "))
    with closing(store):
        yield store


@pytest.fixture
def store(running: Store) -> Store:
    """It runs, and holds every write as it was sent."""
    running.runtime.unpause(running.container)
    running.runtime.start(running.container)
    running.keep(WRITES)
    return running


def samples() -> list[Sample]:
    """What customers were told: that each write was done."""
    return [
        Sample(
            "orders",
            number,
            number,
            number,
            number + 1,
            Outcome.OK,
            subject=id_,
            content=digest([canonical(item), canonical(quantity)]),
        )
        for number, (id_, item, quantity) in enumerate(WRITES)
    ]


def found(store: Store) -> Reconciliation:
    """The ledger against what it holds."""
    return reconcile(samples(), store.held(), [])


CLEAN = Reconciliation(
    lost=(),
    recovered=0,
    duplicated=0,
    unexpected=0,
    stale=None,
    lost_span=0.0,
    altered=(),
    misread=0,
)


def test_what_is_there_as_it_was_sent_raises_no_alarm(store: Store) -> None:
    """Nothing is lost, altered, there twice, or nobody's."""
    assert found(store) == CLEAN


@pytest.mark.parametrize("number", range(len(WRITES)))
def test_one_that_is_lost_is_found(store: Store, number: int) -> None:
    """Whichever it is."""
    store.keep([write for write in WRITES if write is not WRITES[number]])
    assert found(store).lost == (IDS[number],)


def test_one_that_is_there_twice_is_found(store: Store) -> None:
    """And nothing else is said of it."""
    store.keep([*WRITES, WRITES[2]])
    seen = found(store)
    assert (seen.duplicated, seen.lost, seen.altered, seen.unexpected) == (1, (), (), 0)


@pytest.mark.parametrize("altered", [("a nut", 1), ("a bolt, M8 — ünï", 2), ("", 1)])
def test_one_that_says_something_else_is_found(store: Store, altered: tuple[str, int]) -> None:
    """In either of its columns."""
    store.keep([WRITES[0], (IDS[1], *altered), *WRITES[2:]])
    seen = found(store)
    assert (seen.altered, seen.lost) == ((IDS[1],), ())


def test_one_that_nobody_sent_is_found(store: Store) -> None:
    """Beside all others."""
    store.keep([*WRITES, ("00000000-0000-4000-8000-000000000000", "a nut", 1)])
    seen = found(store)
    assert (seen.unexpected, seen.lost) == (1, ())


def test_a_store_that_is_dropped_has_lost_all(store: Store) -> None:
    """It answers that what keeps the writes is not there, or that there are none."""
    store.lose()
    if store.table:
        with pytest.raises(DataGone):
            store.held()
    else:
        assert found(store).lost == tuple(IDS)


def test_a_store_that_refuses_proves_nothing(store: Store) -> None:
    """Neither that all is lost nor that nothing is."""
    store.refuse()
    with pytest.raises(DatabaseError) as caught:
        store.held()
    assert not isinstance(caught.value, DataGone)


def test_a_store_that_is_down_proves_nothing_until_it_is_up(store: Store) -> None:
    """Stopped; then it is read again, at whatever port it has then."""
    store.runtime.stop(store.container, 5)
    with pytest.raises((DatabaseError, EngineError)) as caught:  # it is published nowhere
        store.held()
    assert not isinstance(caught.value, DataGone)
    store.runtime.start(store.container)
    until(lambda: _reads(store), awaited="it is read again", within=20)


def test_a_store_that_hangs_proves_nothing_within_its_time(store: Store) -> None:
    """Frozen by the engine; it is read again when it goes on."""
    store.runtime.pause(store.container)
    with pytest.raises(DatabaseError) as caught:
        store.held(timeout=1)
    assert not isinstance(caught.value, DataGone)
    store.runtime.unpause(store.container)
    assert found(store) == CLEAN


def _reads(store: Store) -> bool:
    try:
        return found(store) == CLEAN
    except Exception:  # noqa: BLE001 - it is starting
        return False
