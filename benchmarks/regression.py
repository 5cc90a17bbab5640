"""How often the comparison of drills cries wolf, and how soon it finds a slow-down.

Simulated histories, of as many drills as are held against one, go through the same code as real
ones. Where nothing changed, the newest drill is told as regressed in at most its stated share of
histories; a slow-down of every time, or of one alone, is looked for in the drills that follow it.
Needs no container engine:

    python benchmarks/regression.py [--histories 1000] [--noise 0.2] [--slower 0.3] [--seed 1]
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from drills.history.regression import RATE, RUNS, hold_against
from drills.history.row import Figure, Row

WITHIN = 5  # drills in which a slow-down is looked for
METRICS = ("time to detect", "time to recover", "time to fail over", "time to resolve")
_BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def lognormal(random: Random, noise: float) -> float:
    """A factor about 1 that is never below nothing."""
    deviation = math.sqrt(math.log(1 + noise**2))
    return math.exp(random.gauss(-(deviation**2) / 2, deviation))


def normal(random: Random, noise: float) -> float:
    """A factor about 1."""
    return max(0.01, random.gauss(1, noise))


def uniform(random: Random, noise: float) -> float:
    """A factor about 1, as of whoever looks at intervals."""
    return 1 + noise * math.sqrt(3) * random.uniform(-1, 1)


def skewed(random: Random, noise: float) -> float:
    """A factor about 1 with a long tail to the slow side, as of a sum of waits."""
    shape = 1 / noise**2
    return random.gammavariate(shape, 1 / shape)


SHAPES = {each.__name__: each for each in (lognormal, normal, uniform, skewed)}


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Simulated drills: so many metrics, about ten seconds each, that scatter by ``noise``."""

    random: Random
    noise: float
    metrics: int
    draw: Callable[[Random, float], float] = lognormal

    def drill(self, number: int, slower: float = 0.0, of: int = 0) -> Row:
        """The drill of a day; the first ``of`` metrics take so much longer."""
        values = [10 * self.draw(self.random, self.noise) for _ in range(self.metrics)]
        values[:of] = [value * (1 + slower) for value in values[:of]]
        figures = tuple(
            Figure(kind="metric", name=name, unit="seconds", value=value)
            for name, value in zip(METRICS, values, strict=False)
        )
        return _row(number, figures)

    def before(self, runs: int) -> list[Row]:
        """So many drills in which nothing changes."""
        return [self.drill(number) for number in range(runs)]


def _row(number: int, figures: tuple[Figure, ...]) -> Row:
    return Row(
        id=f"{number:08x}",
        at=_BEGAN + timedelta(days=number),
        seconds=60.0,
        feature="simulated",
        scenario="simulated",
        severity="",
        incident="",
        faults=(),
        status="completed",
        verdict="met",
        reason="",
        score=None,
        score_low=None,
        score_high=None,
        rating="",
        machine="simulated",
        version="",
        folder="",
        figures=figures,
    )


def cries_wolf(history: History, runs: int = RUNS) -> bool:
    """Whether the newest drill of a history without change is told as regressed."""
    return hold_against(history.drill(runs), history.before(runs)).regressed


def found_after(history: History, slower: float, of: int, runs: int = RUNS) -> int | None:
    """With which drill after a slow-down of so many metrics it is told; None where not so soon."""
    rows = history.before(runs)
    for number in range(1, WITHIN + 1):
        row = history.drill(runs + number, slower, of)
        if hold_against(row, rows).regressed:
            return number
        rows.append(row)
    return None


def report(histories: int, noise: float, slower: float, seed: int) -> None:
    """Print both tables."""
    random = Random(seed)
    print(f"told as regressed where nothing changed; stated: at most {RATE:.1%}")
    for shape, draw in SHAPES.items():
        for runs, metrics in ((RUNS, 1), (RUNS, len(METRICS)), (10, 1), (10, len(METRICS))):
            history = History(random=random, noise=noise, metrics=metrics, draw=draw)
            wolves = sum(cries_wolf(history, runs) for _ in range(histories))
            print(f"  {shape:<10}{runs:>4} drills{metrics:>3} metrics{wolves / histories:>8.1%}")
    print(f"a slow-down of {slower:.0%} at {noise:.0%} noise is told with the nth drill, or before")
    for runs, metrics, of in ((RUNS, 1, 1), (RUNS, 4, 4), (RUNS, 4, 1), (20, 1, 1), (20, 4, 4)):
        history = History(random=random, noise=noise, metrics=metrics)
        found = [found_after(history, slower, of, runs) for _ in range(histories)]
        shares = (
            sum(each is not None and each <= n for each in found) for n in range(1, WITHIN + 1)
        )
        told = "".join(f"{share / histories:>7.0%}" for share in shares)
        print(f"  {runs:>3} drills, {of} of {metrics} metrics{told}", flush=True)


def main() -> None:
    """Simulate and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", type=int, default=1000)
    parser.add_argument("--noise", type=float, default=0.2)
    parser.add_argument("--slower", type=float, default=0.3)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    report(chosen.histories, chosen.noise, chosen.slower, chosen.seed)


if __name__ == "__main__":
    main()
