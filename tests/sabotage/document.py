"""The table of all sabotages, for people.

``python -m tests.sabotage.document >docs/sabotage.md`` writes it anew.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.sabotage.case import Bench, Case, Part
from tests.sabotage.cases import CASES

HEAD = """\
# Sabotage

A drill that cannot fail proves nothing. Each case below breaks the stack, its monitoring or the
drill itself in one way, and names the criterion that must turn, the verdict it must get, and the
reason. Each is a whole run of pytest on a scenario with one sabotage in it: a shipped scenario on
containers, or the like on paper (the real plugin, prober, journal and judge, and a system that
consists of a scripted server). Besides the verdict it is held that pytest's exit code is not 0,
that every fault was proven undone, and that no container, network or volume is left. Without
sabotage the same scenarios are met.

`make sabotage` tries them all and prints the share that turned, the mutation score. 100 % is the
bar. One on paper of nearly every part is tried by `make test` too.

A criterion that no system could meet, or none could miss, is *refused*: pytest says why before
anything is begun.

One case must turn nothing: with the wall clock set forward by an hour in the middle of it, a drill
is met, and no measured time has that hour in it. The machine's own clock is never touched; the
drill is given another reading of it. How a stepped clock meets the engine's stamps is a test of
its own (`tests/unit/stack/engines/test_events.py`).

One turns the run and not the drill: where its stack cannot be taken down, what was met stays met,
and pytest exits with 70 and says who holds what. Where the engine is started anew it exits with 75:
the ground gave way, not the system.

In two cases the fault cannot be proven undone, by their nature. Where what was broken does not
start again, pytest exits with 70 and says what to do by hand. Where the disk is full, no proof can
be written; that the fault is undone is seen from outside.
"""
BENCHES = {Bench.STACK: "containers", Bench.PAPER: "paper"}


def document() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(line for part in Part for line in _part(part))])


def _part(part: Part) -> Iterator[str]:
    yield f"## {part.value}\n"
    yield "| sabotage | tried on | what turns | to |"
    yield "|---|---|---|---|"
    yield from (_row(case) for case in CASES.values() if case.part is part)
    yield ""


def _row(case: Case) -> str:
    turns = f"“{case.turns}”" if case.turns else "the drill"
    return f"| {case.name} | {BENCHES[case.bench]} | {turns} | {case.verdict} |"


if __name__ == "__main__":
    print(document(), end="")
