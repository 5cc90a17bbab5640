"""The faults: what is done to the system. Each is undone when its scenario ends, if not before."""

from __future__ import annotations

from collections.abc import Callable, Generator

from pytest_bdd import parsers, when

from drills import (
    Exercise,
    Fault,
    Freeze,
    Kill,
    MemoryLeak,
    PlanError,
    ReplayPaused,
    Restart,
    Stop,
    SuddenDeath,
    Target,
    parse_duration,
    parse_size,
)

SUFFERED: dict[str, Fault] = {
    "an orderly stop": Stop(),
    "a sudden death": SuddenDeath(),
    "a freeze": Freeze(),
    "a restart": Restart(),
}


# What is no duration is told at collection.
LASTING: dict[str, Callable[[str], object]] = {"time": parse_duration}


def fault_named(words: str) -> Fault:
    """The fault that a scenario names. Raises PlanError with those there are."""
    if words not in SUFFERED:
        raise PlanError(f"expected one of {', '.join(sorted(SUFFERED))}, got {words!r}")
    return SUFFERED[words]


@when(parsers.parse('the "{service}" service stops'))
def _(drill: Exercise, service: str) -> Generator[None, None, None]:
    with drill.inject(Stop(), Target(service)):
        yield


@when(parsers.parse('the "{service}" service stops for {time}'), converters=LASTING)
def _(drill: Exercise, service: str, time: float) -> Generator[None, None, None]:
    with drill.inject(Stop(), Target(service), lasting=time):
        yield


@when(parsers.parse('the "{service}" service is killed by the engine'))
def _(drill: Exercise, service: str) -> Generator[None, None, None]:
    with drill.inject(Kill(), Target(service)):
        yield


@when(
    parsers.parse('the "{service}" service is killed by the engine for {time}'), converters=LASTING
)
def _(drill: Exercise, service: str, time: float) -> Generator[None, None, None]:
    with drill.inject(Kill(), Target(service), lasting=time):
        yield


@when(parsers.re(r'the "(?P<service>[^"]+)" service suffers (?P<words>(?:(?! for ).)+)'))
def _(drill: Exercise, service: str, words: str) -> Generator[None, None, None]:
    with drill.inject(fault_named(words), Target(service)):
        yield


@when(
    parsers.re(r'the "(?P<service>[^"]+)" service suffers (?P<words>.+?) for (?P<time>.+)'),
    converters=LASTING,
)
def _(drill: Exercise, service: str, words: str, time: float) -> Generator[None, None, None]:
    with drill.inject(fault_named(words), Target(service), lasting=time):
        yield


@when(parsers.parse('one "{service}" instance leaks memory at {rate} a second'))
def _(drill: Exercise, service: str, rate: str) -> Generator[None, None, None]:
    with drill.inject(MemoryLeak(rate=parse_size(rate)), Target(service, instance=1)):
        yield


@when(
    parsers.parse('one "{service}" instance leaks memory at {rate} a second for {time}'),
    converters=LASTING,
)
def _(drill: Exercise, service: str, rate: str, time: float) -> Generator[None, None, None]:
    leak = MemoryLeak(rate=parse_size(rate))
    with drill.inject(leak, Target(service, instance=1), lasting=time):
        yield


@when(parsers.parse('the "{service}" replica stops replaying'))
def _(drill: Exercise, service: str) -> Generator[None, None, None]:
    with drill.inject(ReplayPaused(), Target(service)):
        yield


@when(parsers.parse('the "{service}" replica stops replaying for {time}'), converters=LASTING)
def _(drill: Exercise, service: str, time: float) -> Generator[None, None, None]:
    with drill.inject(ReplayPaused(), Target(service), lasting=time):
        yield
