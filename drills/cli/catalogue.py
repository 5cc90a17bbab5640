"""`drills faults`: what can be broken, in which words, and whether this machine is able to."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator

from drills.faults.catalogue import CATALOGUE
from drills.faults.described import Described, families
from drills.reporting.cleansing import clean_line
from drills.stack.abilities import Ability

Lacks = Callable[[Ability], str]  # why the machine is not able to, "" where it is


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command, to the others."""
    faults = commands.add_parser(
        "faults", help="list the faults, their words in scenarios, and what this machine is able to"
    )
    faults.add_argument(
        "words", nargs="*", metavar="WORD", help="only those that have these words (default: all)"
    )
    faults.add_argument(
        "--remote", action="store_true", help="allow a container engine on another machine"
    )
    faults.set_defaults(run=_faults)


def _faults(options: argparse.Namespace) -> int:
    from drills.stack.engines.abilities import lacking_here

    tried: dict[Ability, str] = {}

    def lacks(ability: Ability) -> str:
        if ability not in tried:
            tried[ability] = lacking_here(ability, allow_remote=options.remote)
        return tried[ability]

    lines = list(listed(" ".join(options.words).lower(), lacks))
    for line in lines or ["no fault has these words"]:
        print(" " * (len(line) - len(line.lstrip())) + clean_line(line))
    return 0 if lines else 2


def listed(words: str, lacks: Lacks) -> Iterator[str]:
    """The list as lines: those of a family, each with what happens and what it needs."""
    for family, faults in families().items():
        chosen = [fault for fault in faults if _has(fault, family, words)]
        if chosen:
            yield family
        for fault in chosen:
            yield from _one(fault, lacks)
    for name, why in CATALOGUE.broken.items():
        yield f"not loaded: {name}: {why}"


def _has(fault: Described, family: str, words: str) -> bool:
    told = f"{family} {fault.name} {fault.words} {fault.happens}".lower()
    return all(word in told for word in words.split())


def _one(fault: Described, lacks: Lacks) -> Iterator[str]:
    yield f"  {fault.words}"
    yield f"      {fault.happens}"
    for need in fault.needs:
        yield f"      needs {need}"
    for ability in fault.asks:
        lacking = lacks(ability)
        yield f"      {'NOT HERE' if lacking else 'here'}: {ability}{lacking and f': {lacking}'}"
