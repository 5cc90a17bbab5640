"""Calibration: outages that are known, on this very machine, and what was measured of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from drills.clock import Clock, SystemClock
from drills.journal.sample import Expect, Lane, Sample
from drills.journal.samples import read_samples, read_stalls
from drills.judgement.calibration import APART, PARTIAL
from drills.observers.calibration.server import KnownServer
from drills.observers.calibration.truth import OutageKind, Truth
from drills.observers.prober.prober import Prober
from drills.units import NS

RATE = 100.0  # requests a second, as a journey has by default
SHORTEST = 0.02  # seconds


@dataclass(frozen=True, slots=True)
class Planned:
    """One outage to be made: ``calm`` seconds before it begins, in which all is well."""

    kind: OutageKind
    seconds: float
    calm: float


def plan(outages: int, longest: float, seed: int) -> list[Planned]:
    """So many outages of all kinds, of 20 ms to ``longest`` seconds, as many short as long ones.

    One in twelve is a partial one, which has whole calm seconds around it. In one of four, the
    outage follows 50 ms after the one before: neighbours must not be taken for one.
    """
    chance = random.Random(seed)
    whole = [kind for kind in OutageKind if kind is not OutageKind.HALF]
    kinds = [
        OutageKind.HALF if number % 12 == 11 else whole[number % len(whole)]
        for number in range(outages)
    ]
    chance.shuffle(kinds)
    # What a usual answer takes is learnt before the first failure: one that is none comes later.
    kinds.insert(0, kinds.pop(kinds.index(OutageKind.KILL)))
    return [
        _planned(kind, before, longest, chance)
        for before, kind in pairwise([OutageKind.HALF, *kinds])  # calm before the first one, too
    ]


def _planned(
    kind: OutageKind, before: OutageKind, longest: float, chance: random.Random
) -> Planned:
    shortest = PARTIAL if kind is OutageKind.HALF else SHORTEST
    seconds = shortest * max(longest / shortest, 1.0) ** chance.random()
    if OutageKind.HALF in {kind, before}:
        return Planned(kind, seconds, APART)
    return Planned(kind, seconds, 0.05 if chance.random() < 0.25 else chance.uniform(0.1, 0.2))


def lane(name: str, *, timeout: float, slow: float) -> Lane:
    """A journey of 100 requests a second whose answers are looked at; seconds."""
    expect = Expect(contains="right")
    return Lane(
        *(name, "127.0.0.1", 0, f"/{name}", RATE),
        expect=expect,
        timeout=timeout,
        slow=slow,
        in_flight=max(32, round(2 * timeout * RATE)),  # a lane at its cap is blind
    )


QUICK = lane("quick", timeout=0.1, slow=0.02)


@dataclass(frozen=True, slots=True)
class Measured:
    """What a prober saw of outages, and what it took.

    ``processor_ms`` is its own time on a processor for each request, ``stalled`` the share of the
    time in which it did not run. ``cut``: how many outages were not made, because all took far
    longer than planned.
    """

    truths: tuple[Truth, ...]
    samples: Mapping[str, Sequence[Sample]]
    processor_ms: float
    stalled: float
    seconds: float
    cut: int


def measure(
    planned: Sequence[Planned],
    lanes: Sequence[Lane],
    directory: Path,
    tell: Callable[[int], None] = lambda _made: None,
    beside: Callable[[int], AbstractContextManager[object]] = lambda _port: nullcontext(),
) -> Measured:
    """Make the outages, on 127.0.0.1 alone, while the lanes are asked; ``tell`` how many are made.

    It takes twice as long as planned, and 10 s, at most. ``beside``: who else asks that port.
    """
    clock = SystemClock()
    within = 2 * seconds_of(planned) + 10
    with (
        KnownServer(wait=clock.sleep) as server,
        Prober(directory) as prober,
        beside(server.port),
    ):
        for each in lanes:
            prober.add(replace(each, port=server.port))
        clock.sleep(APART)
        before, began_ns = _processor_ns(prober.pid), clock.monotonic_ns()
        truths = [*_made(planned, server, clock, began_ns + within * NS, tell)]
        clock.sleep(APART)
        used = _processor_ns(prober.pid) - before
        passed = clock.monotonic_ns() - began_ns
    samples = read_samples(directory)
    asked = sum(each.intended_ns >= began_ns for lane in samples.values() for each in lane)
    gaps = sum(stall.gap_ns for stall in read_stalls(directory))
    return Measured(
        truths=tuple(truths),
        samples=samples,
        processor_ms=used / max(asked, 1) / 1_000_000,
        stalled=gaps / passed,
        seconds=passed / NS,
        cut=len(planned) - len(truths),
    )


def _made(
    planned: Sequence[Planned],
    server: KnownServer,
    clock: Clock,
    until_ns: float,
    tell: Callable[[int], None],
) -> Iterator[Truth]:
    """Make one outage after the other, until all are made or time is up."""
    for made, outage in enumerate(planned, 1):
        if clock.monotonic_ns() > until_ns:
            return
        clock.sleep(outage.calm)
        yield server.outage(outage.kind, outage.seconds)
        tell(made)


def seconds_of(planned: Sequence[Planned]) -> float:
    """How long it takes to make them."""
    return sum(each.seconds + each.calm for each in planned) + 2 * APART


def _processor_ns(pid: int) -> int:
    """Nanoseconds on a processor so far, as the scheduler counts them."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])
