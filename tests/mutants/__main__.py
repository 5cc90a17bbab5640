"""Mutate the code that judges, one small change at a time, and see whether a unit test fails.

    python -m tests.mutants [--modules "judgement/data faults/undo"] [--again]

It works in a copy under ``.setup/mutants``, by mutmut: first on the tests that mirror a module,
then, for what survived them, on all of its room. Exits with 1 where a survivor is not listed
in ``docs/mutants.md``, or where fewer than 95 % of the mutants of a module were killed.
"""

from __future__ import annotations

import argparse
import sys

from tests.mutants.accepted import accepted
from tests.mutants.copied import COPY, configure, mirrors, refresh, rooms
from tests.mutants.mutants import Mutant, retry, run, tried

JUDGES = ("judgement/*", "faults/undo", "faults/rollback", "observers/ledger", "observers/audit")
AT_LEAST = 0.95  # of the mutants of each module are killed


def main() -> int:
    """Mutate, and tell."""
    parser = argparse.ArgumentParser(prog="tests.mutants")
    parser.add_argument("--modules", default="", help="of drills/; else all that judge")
    parser.add_argument("--again", action="store_true", help="of the same modules, what survived")
    chosen = parser.parse_args()
    modules = chosen.modules.split() or list(JUDGES)
    refresh(anew=not chosen.again)
    for tests in (mirrors(modules), rooms(modules)):
        configure(modules, tests)
        retry(COPY)
        if tests and run(COPY):
            return 1
        if not surprising(tried(COPY)):
            break
    return tell(tried(COPY))


def surprising(mutants: list[Mutant]) -> list[Mutant]:
    """What survived and is not listed."""
    known = accepted()
    return [each for each in mutants if not each.killed and each.change not in known]


def tell(mutants: list[Mutant]) -> int:
    """Print score and survivors; 0 where all is as it should be."""
    left = sum(not each.killed for each in mutants)
    unlisted = surprising(mutants)
    low = []
    for module in sorted({each.path for each in mutants}):
        of = [each for each in mutants if each.path == module]
        killed = sum(each.killed for each in of)
        if killed < AT_LEAST * len(of):
            low.append(module)
        print(f"{module:<44}{killed:>5} of {len(of):>5} killed{killed / len(of):>8.1%}")
    for each in unlisted:
        print(f"\n{each.status}: {each.name}\n{each.change}")
    print(f"\n{len(mutants) - left} of {len(mutants)} killed, {left} survived, ", end="")
    print(f"not listed: {len(unlisted)}")
    if low:
        print(f"below {AT_LEAST:.0%}: {', '.join(low)}")
    return 1 if unlisted or low or not mutants else 0


if __name__ == "__main__":
    sys.exit(main())
