"""The ledger's audit of the primary while a drill goes on."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from drills.journal.facts import LedgerAudited, Note
from drills.journal.journal import Journal
from drills.journal.sample import Outcome, Sample
from drills.judgement.metric import Observations
from drills.judgement.stop import StopConditions, met
from drills.observers.audit import EVERY, SETTLED, Audit
from drills.stack.database import DatabaseError, DataGone, Holding
from drills.testing import ManualClock
from drills.units import NS


class Ledger:
    """A drill's samples of writes, a primary that holds some of them, and their audit."""

    def __init__(self, directory: Path, replace: Callable[[object, str, object], None]) -> None:
        self.clock = ManualClock()
        self.journal = Journal(directory, self.clock)
        self.primary: list[str] = []
        self.digests: dict[str, list[str]] = {}
        self.asked = 0
        self.broken = False
        self.gone = False
        samples = directory / "samples"
        self._file = samples / "orders.jsonl"
        self.audit = Audit(self._read, "orders", samples, self.journal, self.clock)

    def write(self, subject: str, outcome: Outcome = Outcome.OK, content: str = "") -> None:
        """A customer's write ends, now."""
        now = self.clock.monotonic_ns()
        row = Sample("orders", 0, now, now, now, outcome, subject=subject, content=content).row()
        with self._file.open("a", encoding="ascii") as file:
            file.write(json.dumps(row) + "\n")

    def told(self) -> list[int]:
        """How many were missing, as often as that was told."""
        events = self.journal.timeline().all(LedgerAudited)
        return [event.missing for event in events]

    def _read(self) -> Holding:
        self.asked += 1
        if self.broken:
            raise DatabaseError("the primary is gone")
        if self.gone:
            raise DataGone('relation "orders" does not exist')
        return self.digests or dict.fromkeys(self.primary, 1)


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    return Ledger(tmp_path / "drill", monkeypatch.setattr)


def test_a_write_that_is_there_is_not_missing(ledger: Ledger) -> None:
    """And nothing is told of a ledger that is in order."""
    ledger.write("a")
    ledger.primary = ["a", "of somebody else"]
    ledger.clock.advance(SETTLED)
    ledger.audit.ask()
    assert (ledger.asked, ledger.told()) == (1, [])


def test_missing_writes_are_told_when_their_number_changes(ledger: Ledger) -> None:
    """Seen before and gone now counts as well: that is how a fail-over loses them."""
    for subject in "abc":
        ledger.write(subject)
    ledger.primary = ["a", "b", "c"]
    ledger.clock.advance(SETTLED)
    ledger.audit.ask()
    ledger.primary = ["b"]
    ledger.audit.ask()
    ledger.audit.ask()
    ledger.primary = ["a", "b", "c"]
    ledger.audit.ask()
    assert ledger.told() == [2, 0]


@pytest.mark.parametrize("outcome", [Outcome.TIMEOUT, Outcome.REFUSED, Outcome.ERROR])
def test_only_what_was_acknowledged_can_be_missing(ledger: Ledger, outcome: Outcome) -> None:
    """The others may be there or not, and nobody was promised anything."""
    ledger.write("a", outcome)
    ledger.clock.advance(SETTLED)
    ledger.audit.ask()
    assert (ledger.asked, ledger.told()) == (0, [])


def test_a_slow_acknowledgement_is_one(ledger: Ledger) -> None:
    """The customer was told so, however late."""
    ledger.write("a", Outcome.SLOW)
    ledger.clock.advance(SETTLED)
    ledger.audit.ask()
    assert ledger.told() == [1]


def test_a_write_of_just_now_is_given_time(ledger: Ledger) -> None:
    """Its acknowledgement and the read may pass each other."""
    ledger.write("a")
    ledger.clock.advance(SETTLED - 1 / NS)
    ledger.audit.ask()
    assert ledger.asked == 0
    ledger.clock.advance(1 / NS)
    ledger.audit.ask()
    assert ledger.told() == [1]


def test_a_primary_that_cannot_be_asked_proves_nothing(ledger: Ledger) -> None:
    """It is noted; no write is called missing."""
    ledger.write("a")
    ledger.clock.advance(SETTLED)
    ledger.broken = True
    with pytest.raises(DatabaseError) as error:
        ledger.audit.ask()
    ledger.audit._failed(error.value)
    (note,) = ledger.journal.timeline().all(Note)
    assert note.text == "the primary was not asked for its writes: the primary is gone"
    assert ledger.told() == []


def test_a_table_that_vanished_has_none_of_them(ledger: Ledger) -> None:
    """The primary answers, so all that was acknowledged is missing, with its number."""
    ledger.write("a")
    ledger.write("b")
    ledger.clock.advance(SETTLED)
    ledger.gone = True
    ledger.audit.ask()
    assert ledger.told() == [2]
    (event,) = ledger.journal.timeline().all(LedgerAudited)
    assert event.text.endswith(': 2 (relation "orders" does not exist)')
    assert met(StopConditions(), Observations(ledger.journal.timeline(), {}, 1.0, 0))


def test_a_write_that_says_something_else_is_told(ledger: Ledger) -> None:
    """And ends a drill as one that is missing does."""
    ledger.write("a", content="one")
    ledger.write("b", content="one")
    ledger.clock.advance(SETTLED)
    ledger.digests = {"a": ["one"], "b": ["two"]}
    ledger.audit.ask()
    (event,) = ledger.journal.timeline().all(LedgerAudited)
    assert (event.missing, event.altered) == (0, 1)
    told = met(StopConditions(), Observations(ledger.journal.timeline(), {}, 1.0, 0))
    assert told == "1 acknowledged write is altered on the primary, the bound is 0"


def test_what_is_told_says_how_many_of_each(ledger: Ledger) -> None:
    """Those that are missing, and those that say something else, only where there are any."""
    ledger.write("a", content="one")
    ledger.write("b", content="one")
    ledger.clock.advance(SETTLED)
    ledger.digests = {"b": ["two"]}
    ledger.audit.ask()
    ledger.digests = {"b": ["one"]}
    ledger.audit.ask()
    missing = "acknowledged writes that the primary does not hold: 1"
    assert [event.text for event in ledger.journal.timeline().all(LedgerAudited)] == [
        f"{missing}; that say something else there: 1",
        missing,
    ]


def test_a_journey_that_has_not_written_yet_asks_nothing(ledger: Ledger) -> None:
    """There is no file of its samples."""
    ledger.audit.ask()
    assert ledger.asked == 0


def test_it_is_asked_on_a_thread_of_its_own_until_it_ends(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every two seconds; a failure is noted."""
    made: list[tuple[tuple[object, ...], dict[str, object]]] = []
    monkeypatch.setattr(
        "drills.observers.audit.Watcher", lambda *args, **named: made.append((args, named))
    )
    audit = Audit(dict, "orders", Path("samples"), ledger.journal, ledger.clock)
    assert made == [(("audit", audit.ask), {"interval": EVERY, "failed": audit._failed})]
