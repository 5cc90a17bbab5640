"""What is done to whom and when: the deck of drills, drawn from a seed. Pure."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

# What is struck at every sync point, in every way. The names are those of the scenarios.
FAULTS = (
    *("stop", "kill", "freeze", "restart", "memory leak", "replay pause"),
    *("partition", "full volume"),
)
# Every further fault, which is struck once: by SIGKILL, as soon as it is in effect.
STRUCK_ONCE: tuple[str, ...] = (
    *("hang", "CPU quota", "CPU hog", "file descriptors", "process limit"),
    *("broken setting", "unreadable file", "emptied file", "crash loop", "rotated secret"),
    *("token lifetime", "missing migration", "slot left behind"),
    *("wrong configuration", "wrong upstream"),
    *("one-way partition", "refused connections", "packet loss", "limited bandwidth"),
    *("replica cut off", "hanging commits", "table lock", "long transaction", "connection leak"),
    *("connection limit", "refused login", "password rotated", "password replaced"),
    *("column renamed", "flag turned", "access rejected", "reset of connections"),
    *("latency", "slow answers", "unanswered lookups", "failing lookups", "misled lookups"),
    *("table page corrupted", "index page corrupted", "replica data lost", "inodes used up"),
    *("exit with a code", "primary lost", "slow disk", "certificate expired"),
)
# What a drill syncs, in order; its number is that of the crash point.
SYNCS = (
    "entry",
    "drill.started",
    "fault.intended",
    "undo.called",
    "undo.verified",
    "drill.ended",
    "sealed",
    "closed",
)
# What the watchdog syncs when a drill died under its fault.
HEALER_SYNCS = ("mended", "undo.called", "undo.verified", "drill.ended", "sealed", "closed")
LINES = 32  # of a drill's journal, roughly: what moments are drawn from
ARMED = range(6, 16)  # lines at which an undo is armed and not proven, roughly: every second moment
LATE = 0.12  # seconds after a line
EARLY = 2.0  # seconds in which a drill has no journal yet


@dataclass(frozen=True, slots=True)
class Sync:
    """At a sync point, counted from 1: ``before`` or ``after`` it, or with its line ``torn``."""

    number: int
    when: str

    def __str__(self) -> str:
        return f"{self.when} sync {self.number}"


@dataclass(frozen=True, slots=True)
class Moment:
    """``delay`` seconds after the journal holds so many lines."""

    lines: int
    delay: float

    def __str__(self) -> str:
        return f"{self.delay * 1000:.0f} ms after line {self.lines}"


@dataclass(frozen=True, slots=True)
class InEffect:
    """As soon as the journal says that the fault took effect."""

    def __str__(self) -> str:
        return "once it is in effect"


@dataclass(frozen=True, slots=True)
class Blow:
    """A signal to some of drill, watchdog and probes, ``delay`` seconds after the one before."""

    signal: str
    victims: tuple[str, ...] = ("drill",)
    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class Case:
    """One drill: its fault, what it suffers and when; ``healer`` is where its healer dies too."""

    fault: str
    signals: str  # the name of what it suffers, for the counts
    blows: tuple[Blow, ...]
    moment: Sync | Moment | InEffect
    healer: Sync | None = None

    def __str__(self) -> str:
        healer = f", its watchdog {self.healer}" if self.healer else ""
        return f"{self.fault}: {self.signals} {self.moment}{healer}"


KILL, TERM, INT = Blow("SIGKILL"), Blow("SIGTERM"), Blow("SIGINT")
SIGNALS: dict[str, tuple[Blow, ...]] = {
    "SIGKILL": (KILL,),
    "SIGINT": (INT,),
    "SIGTERM": (TERM,),
    "SIGKILL of drill and watchdog": (Blow("SIGKILL", ("watchdog", "drill")),),
    "SIGKILL of drill and prober": (Blow("SIGKILL", ("prober", "drill")),),
    "SIGKILL of the watchdog": (Blow("SIGKILL", ("watchdog",)),),
    "SIGINT, SIGINT": (INT, INT),
    "SIGINT, SIGTERM": (INT, TERM),
    "SIGTERM, SIGTERM": (TERM, TERM),
    "SIGINT, SIGKILL": (INT, KILL),
    "SIGTERM, SIGKILL": (TERM, KILL),
}
HEALER = "SIGKILL, then of the watchdog"


def at_sync_points() -> Iterator[Case]:
    """SIGKILL before and after every sync point, for every fault."""
    for (number, _), fault, when in product(enumerate(SYNCS, 1), FAULTS, ("before", "after")):
        yield Case(fault, "SIGKILL", SIGNALS["SIGKILL"], Sync(number, when))


def torn() -> Iterator[Case]:
    """SIGKILL with half of a synced line written; the last sync writes none."""
    for number in range(1, len(SYNCS)):
        yield Case(
            FAULTS[number % len(FAULTS)], "SIGKILL", SIGNALS["SIGKILL"], Sync(number, "torn")
        )


def asked_to_end() -> Iterator[Case]:
    """SIGINT and SIGTERM at every sync point."""
    for number, name in product(range(1, len(SYNCS) + 1), ("SIGINT", "SIGTERM")):
        fault = FAULTS[(number + (name == "SIGTERM")) % len(FAULTS)]
        yield Case(fault, name, SIGNALS[name], Sync(number, ("before", "after")[number % 2]))


def healers_too() -> Iterator[Case]:
    """The drill dies under its fault, and its watchdog at each of its own sync points."""
    for number, when in product(range(1, len(HEALER_SYNCS) + 1), ("before", "after")):
        fault = FAULTS[(2 * number + (when == "after")) % len(FAULTS)]
        yield Case(fault, HEALER, SIGNALS["SIGKILL"], Moment(13, 0.1), Sync(number, when))


def in_effect() -> Iterator[Case]:
    """Every further fault: SIGKILL while it is in effect."""
    for fault in STRUCK_ONCE:
        yield Case(fault, "SIGKILL", SIGNALS["SIGKILL"], InEffect())


def chosen() -> Sequence[Case]:
    """All that is struck at a moment that was chosen, none that was drawn."""
    return [*at_sync_points(), *torn(), *asked_to_end(), *healers_too(), *in_effect()]


def whole() -> int:
    """How many drills the whole deck has: those, and at random every signal with every fault."""
    return len(chosen()) + len(SIGNALS) * len(FAULTS)


def at_random(chance: random.Random) -> Iterator[Case]:
    """Everything, at random moments, without end."""
    while True:
        for name, fault in chance.sample(
            list(product(SIGNALS, FAULTS)), len(FAULTS) * len(SIGNALS)
        ):
            lines = chance.choice(chance.choice((range(LINES), ARMED)))
            moment = Moment(lines, chance.uniform(0, LATE if lines else EARLY))
            first, *more = SIGNALS[name]
            late = (replace(blow, delay=chance.uniform(0, 0.5)) for blow in more)
            yield Case(fault, name, (first, *late), moment)


def deck(count: int, seed: int) -> Sequence[Case]:
    """So many cases in the order of their turn; the same for the same seed.

    One that is smaller than the whole deck has two in three at chosen moments, as far as there are
    so many; the rest is at random ones.
    """
    chance = random.Random(seed)
    cases = list(chosen())
    if count < whole() and len(cases) > count * 2 // 3:
        cases = chance.sample(cases, count * 2 // 3)
    rest = at_random(chance)
    cases += [next(rest) for _ in range(count - len(cases))]
    chance.shuffle(cases)
    return cases


def short_deck() -> Sequence[Case]:
    """Ten that meet every fault, every way to end a drill and every way it is healed."""
    under_fault = Moment(13, 0.1)
    second = 0.2
    return (
        Case("stop", "SIGKILL", SIGNALS["SIGKILL"], Sync(3, "after")),
        Case("kill", "SIGKILL", SIGNALS["SIGKILL"], Sync(4, "torn")),
        Case("freeze", "SIGKILL", SIGNALS["SIGKILL"], under_fault),
        Case("restart", "SIGINT, SIGINT", (INT, replace(INT, delay=second)), under_fault),
        Case("memory leak", "SIGTERM", SIGNALS["SIGTERM"], under_fault),
        Case("freeze", "SIGTERM, SIGKILL", (TERM, replace(KILL, delay=second)), under_fault),
        *(
            Case(fault, name, SIGNALS[name], under_fault)
            for fault, name in (
                ("partition", "SIGKILL of drill and watchdog"),
                ("kill", "SIGKILL of the watchdog"),
                ("replay pause", "SIGKILL of drill and prober"),
            )
        ),
        Case("full volume", HEALER, SIGNALS["SIGKILL"], under_fault, Sync(2, "after")),
    )
