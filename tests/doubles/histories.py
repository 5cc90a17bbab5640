"""Histories of writes in which all is well, and what may be done to one so that it is not.

A history is what customers were told and what two nodes hold at the end. Everything in one follows
from its random number generator.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from drills.journal.sample import Outcome, Sample
from drills.units import NS

MAYBE_THERE = (Outcome.RESET, Outcome.TIMEOUT, Outcome.ERROR, Outcome.WRONG)
ACKNOWLEDGED = (Outcome.OK, Outcome.SLOW)
NEVER_THERE = (Outcome.REFUSED, Outcome.REJECTED, Outcome.DROPPED)


@dataclass(slots=True)
class History:
    """Writes in the order in which they were due, and the digests that each node holds by id."""

    writes: list[Sample]
    primary: dict[str, tuple[str, ...]]
    replica: dict[str, tuple[str, ...]]

    def acknowledged(self) -> list[Sample]:
        """Those that customers were told were done, oldest acknowledgement first."""
        told = [write for write in self.writes if write.outcome in ACKNOWLEDGED]
        return sorted(told, key=lambda write: write.ended_ns)


def identity(chance: random.Random) -> str:
    """A new id."""
    return str(UUID(int=chance.getrandbits(128), version=4))


def content(chance: random.Random) -> str:
    """A digest of something that no other write says."""
    return f"{chance.getrandbits(64):016x}"


def clean(chance: random.Random, writes: int = 20) -> History:
    """A history in which no promise was broken.

    Some writes have no certain outcome and half of these are there; answers overtake each other.
    """
    told: list[Sample] = []
    held: dict[str, tuple[str, ...]] = {}
    for place in range(writes):
        outcome = chance.choice((*Outcome, *ACKNOWLEDGED * 8))
        subject, due = identity(chance), place * NS // 100
        took = 0 if outcome is Outcome.DROPPED else chance.randrange(1, NS // 10)
        said = content(chance)
        sample = Sample("orders", place, due, due, due + took, outcome, subject=subject)
        told.append(sample._replace(content=said))
        if outcome in ACKNOWLEDGED or (outcome in MAYBE_THERE and chance.random() < 0.5):
            held[subject] = (said,)
    return History(told, held, dict(held))


# --- what may be wrong -------------------------------------------------------------------------


def lose(history: History, chance: random.Random) -> str:
    """One acknowledged write is on no node."""
    subject = chance.choice(history.acknowledged()).subject
    del history.primary[subject], history.replica[subject]
    return subject


def duplicate(history: History, chance: random.Random) -> str:
    """One acknowledged write is there twice, on every node."""
    subject = chance.choice(history.acknowledged()).subject
    history.primary[subject] = history.replica[subject] = history.primary[subject] * 2
    return subject


def intrude(history: History, chance: random.Random) -> str:
    """One write is there that nobody ever sent."""
    subject = identity(chance)
    history.primary[subject] = history.replica[subject] = (content(chance),)
    return subject


def refuse(history: History, chance: random.Random) -> str:
    """One write is there that its customer was told was not done."""
    subject = identity(chance)
    last = history.writes[-1]
    refused = last._replace(outcome=chance.choice(NEVER_THERE), subject=subject)
    history.writes.append(refused)
    history.primary[subject] = history.replica[subject] = (refused.content,)
    return subject


def lag(history: History, chance: random.Random) -> str:
    """One acknowledged write has not come to the replica."""
    subject = chance.choice(history.acknowledged()).subject
    del history.replica[subject]
    return subject


def tear(history: History, chance: random.Random) -> str:
    """Half of one acknowledged transfer was booked: the row is there and says another sum."""
    subject = chance.choice(history.acknowledged()).subject
    history.primary[subject] = history.replica[subject] = (content(chance),)
    return subject


def fork(history: History, chance: random.Random) -> list[str]:
    """The last half went to a primary that was cut off; the one that leads took other writes."""
    at = len(history.writes) // 2
    gone = {write.subject for write in history.writes[at:]}
    lost = [each.subject for each in history.acknowledged() if each.subject in gone]
    for subject in gone:
        history.primary.pop(subject, None)
        history.replica.pop(subject, None)
    intrude(history, chance)
    return lost


ONE: dict[str, Callable[[History, random.Random], str]] = {
    "lost": lose,
    "duplicated": duplicate,
    "unexpected": intrude,
    "refused and there": refuse,
    "stale": lag,
    "torn": tear,
}
