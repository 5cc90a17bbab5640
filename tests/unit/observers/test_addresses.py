"""A published port changes with a restart: whoever asks is told where the service is now."""

from __future__ import annotations

import pytest

from drills.errors import EngineError
from drills.journal.facts import AddressMoved
from drills.journal.observed import ADDRESSES
from drills.journal.timeline import Event, Json, Kind, Timeline
from drills.judgement.readdressed import counted
from drills.observers.addresses import Address, Addresses
from tests.doubles.bench import Bench
from tests.doubles.observed import ns, sample

OLD, NEW = ("127.0.0.1", 32768), ("127.0.0.1", 32769)


class Followed:
    """An app whose address somebody follows."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.app = bench.runtime.find("app")
        self.told: list[Address] = []
        bench.runtime.ports["app", 80] = OLD
        self.addresses = Addresses(bench.runtime, bench.watch, bench.journal, bench.clock)
        self.now = self.addresses.of("app", 80)
        self.addresses.follow("app", 80, self._moved)

    def _moved(self, address: Address) -> list[str]:
        self.told.append(address)
        self.bench.clock.advance(0.003)
        return ["reads", "orders"]

    def look(self) -> None:
        self.bench.watch._ask()
        self.addresses.look()

    def events(self) -> list[AddressMoved]:
        return self.bench.journal.timeline().all(AddressMoved)


@pytest.fixture
def followed(bench: Bench) -> Followed:
    return Followed(bench)


def test_an_address_is_asked_once_and_anew_after_a_start(followed: Followed) -> None:
    """Whoever asks next gets the new one, and who follows is told."""
    runtime = followed.bench.runtime
    assert followed.now() == OLD
    runtime.republish("app", 80, NEW)
    assert followed.now() == OLD
    runtime.restart(followed.app, 1.0)
    followed.look()
    assert (followed.now(), followed.told) == (NEW, [NEW])


def test_what_went_astray_is_told_with_its_time(followed: Followed) -> None:
    """From the start of the container until it was known where it is."""
    followed.now()
    followed.bench.runtime.republish("app", 80, NEW)
    followed.bench.runtime.restart(followed.app, 1.0)
    followed.look()
    heard, _ = followed.bench.watch.known(0)
    (start,) = (event for event in heard if event.action == "start")
    (event,) = followed.events()
    assert event.low_ns == start.at_ns - start.error_ns
    assert event.high_ns == followed.bench.clock.monotonic_ns()
    assert event.lanes == ("reads", "orders")
    assert event.text.startswith("app is published anew, at 127.0.0.1:32769, which was known ")


def test_a_start_at_the_same_address_is_no_news(followed: Followed) -> None:
    """A port that the team chose itself stays."""
    followed.now()
    followed.bench.runtime.restart(followed.app, 1.0)
    followed.look()
    assert (followed.now(), followed.told, followed.events()) == (OLD, [], [])


def test_who_follows_is_told_though_somebody_else_asked_first(followed: Followed) -> None:
    """The service was not found at first, then by another, and started once more before a look."""
    runtime = followed.bench.runtime
    followed.now()
    runtime.republish("app", 80, NEW)
    runtime.restart(followed.app, 1.0)
    runtime.fail_next("port", EngineError("port 80 of app is not published"))
    with pytest.raises(EngineError):
        followed.look()
    assert followed.now() == NEW
    runtime.restart(followed.app, 1.0)
    followed.look()
    assert followed.told == [NEW]


def test_other_services_starts_change_nothing(followed: Followed) -> None:
    """Nor is the engine asked again for their sake."""
    followed.now()
    followed.bench.runtime.fail_next("port", EngineError("the engine is busy"))
    followed.bench.runtime.restart(followed.bench.runtime.find("replica"), 1.0)
    followed.look()
    assert followed.now() == OLD


def test_an_engine_that_does_not_tell_at_once_is_asked_again(followed: Followed) -> None:
    """The service runs, so its address is known sooner or later."""
    followed.now()
    followed.bench.runtime.republish("app", 80, NEW)
    followed.bench.runtime.restart(followed.app, 1.0)
    followed.bench.runtime.fail_next("port", EngineError("port 80 of app is not published"))
    with pytest.raises(EngineError):
        followed.look()
    followed.look()
    assert followed.told == [NEW]


def test_what_ended_again_is_nowhere(followed: Followed) -> None:
    """Nobody is sent there, and the next start is told with the next address."""
    runtime = followed.bench.runtime
    followed.now()
    runtime.republish("app", 80, NEW)
    runtime.restart(followed.app, 1.0)
    for app in runtime.containers("app"):
        runtime.kill(app)
    followed.look()
    assert followed.told == []
    with pytest.raises(EngineError):
        followed.now()
    runtime.start(followed.app)
    followed.look()
    assert followed.told == [NEW]


def test_only_what_was_sent_astray_does_not_count() -> None:
    """What failed before the start or after it was known is the system's, as are other lanes."""
    facts: dict[str, Json] = {
        "observer": ADDRESSES,
        "lanes": ["reads"],
        "low_ns": ns(2),
        "high_ns": ns(3),
    }
    timeline = Timeline([Event(1, ns(3), Kind.OBSERVED, "published anew", facts)])
    lanes = {name: [sample(name, at) for at in (1, 2, 2.5, 3, 4)] for name in ("reads", "orders")}
    left = counted(timeline, lanes)
    assert [each.intended_ns for each in left["reads"]] == [ns(1), ns(4)]
    assert left["orders"] == lanes["orders"]
    assert counted(Timeline(), lanes) is lanes
