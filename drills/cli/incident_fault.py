"""The fault that brings an incident about: as it says itself, or else as a scenario of it does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from drills.cli.scenarios import scenarios_in
from drills.errors import DrillError, PlanError
from drills.faults.catalogue import parse_fault
from drills.faults.disk import VolumeFilled
from drills.faults.fault import Fault
from drills.faults.process import Kill, Stop
from drills.faults.resource import MemoryLeak
from drills.faults.target import Target
from drills.units import parse_size

_SUFFERS = re.compile(
    r'(?P<which>the|one) "(?P<service>[^"]+)" (?:service|instance) suffers (?P<words>.+?)'
    r"(?: for [^\"]+)?$"
)
# Sentences that have words of their own.
_STOPS = re.compile(r'the "(?P<service>[^"]+)" service stops')
_KILLED = re.compile(r'the "(?P<service>[^"]+)" service is killed by the engine')
_LEAKS = re.compile(r'one "(?P<service>[^"]+)" instance leaks memory at (?P<size>\S+ \S+) a second')
_FILLED = re.compile(
    r'the "(?P<volume>[^"]+)" volume of the "(?P<service>[^"]+)" service is filled'
    r"(?: but for (?P<size>\S+ \S+))?"
)


def fault_of(incident: str, said: str, root: Path) -> tuple[Fault, Target, str] | None:
    """The fault of an incident, on what, and the sentence that says so; None where nothing does.

    It is what the incident ``said``, or that of the first scenario with its tag that has one.
    Raises PlanError where what it said is no fault.
    """
    if said:
        if found := _meant(said):
            return (*found, said)
        raise PlanError(
            "expected a sentence with a fault, such as 'the \"app\" service suffers a freeze', "
            f"got {said!r}. Hint: `drills faults` lists them"
        )
    for sentence in _sentences(incident, root):
        if found := _meant(sentence):
            return (*found, sentence)
    return None


def _meant(sentence: str) -> tuple[Fault, Target] | None:
    if not (match := _SUFFERS.match(sentence)):
        return _plain(sentence)
    try:
        fault = parse_fault(match["words"])
    except DrillError:
        return None
    return fault, Target(match["service"], int(match["which"] == "one"))


def _plain(sentence: str) -> tuple[Fault, Target] | None:
    if match := _STOPS.match(sentence):
        return Stop(), Target(match["service"])
    if match := _KILLED.match(sentence):
        return Kill(), Target(match["service"])
    if match := _LEAKS.match(sentence):
        return MemoryLeak(rate=parse_size(match["size"])), Target(match["service"], 1)
    if match := _FILLED.match(sentence):
        rest = {"rest": parse_size(match["size"])} if match["size"] else {}
        return VolumeFilled(match["volume"], **rest), Target(match["service"])
    return None


def _sentences(incident: str, root: Path) -> Iterator[str]:
    """What is done in scenarios with the incident's tag, row by row, in the order of the files."""
    for scenario in scenarios_in(root / "features"):
        if incident in scenario.tags:
            yield from scenario.acts
