"""The faults: what is done to the system. Each is undone when its scenario ends, if not before."""

from __future__ import annotations

from collections.abc import Callable, Generator

from pytest_bdd import parsers, when

import drills

# By the words for them, the names of those that need no parameter.
SUFFERED = {
    "an orderly stop": "Stop",
    "a sudden death": "SuddenDeath",
    "a freeze": "Freeze",
    "a restart": "Restart",
}


def _seconds(text: str) -> float:
    return drills.parse_duration(text)


# What is no duration is told at collection.
LASTING: dict[str, Callable[[str], object]] = {"time": _seconds}


def fault_named(words: str) -> drills.Fault:
    """The fault that a scenario names. Raises PlanError with those there are."""
    if words not in SUFFERED:
        raise drills.PlanError(f"expected one of {', '.join(sorted(SUFFERED))}, got {words!r}")
    fault: drills.Fault = getattr(drills, SUFFERED[words])()
    return fault


@when(parsers.parse('the "{service}" service stops'))
def _(drill: drills.Exercise, service: str) -> Generator[None, None, None]:
    with drill.inject(drills.Stop(), drills.Target(service)):
        yield


@when(parsers.parse('the "{service}" service stops for {time}'), converters=LASTING)
def _(drill: drills.Exercise, service: str, time: float) -> Generator[None, None, None]:
    with drill.inject(drills.Stop(), drills.Target(service), lasting=time):
        yield


@when(parsers.parse('the "{service}" service is killed by the engine'))
def _(drill: drills.Exercise, service: str) -> Generator[None, None, None]:
    with drill.inject(drills.Kill(), drills.Target(service)):
        yield


@when(
    parsers.parse('the "{service}" service is killed by the engine for {time}'), converters=LASTING
)
def _(drill: drills.Exercise, service: str, time: float) -> Generator[None, None, None]:
    with drill.inject(drills.Kill(), drills.Target(service), lasting=time):
        yield


@when(parsers.re(r'the "(?P<service>[^"]+)" service suffers (?P<words>(?:(?! for ).)+)'))
def _(drill: drills.Exercise, service: str, words: str) -> Generator[None, None, None]:
    with drill.inject(fault_named(words), drills.Target(service)):
        yield


@when(
    parsers.re(r'the "(?P<service>[^"]+)" service suffers (?P<words>.+?) for (?P<time>.+)'),
    converters=LASTING,
)
def _(drill: drills.Exercise, service: str, words: str, time: float) -> Generator[None, None, None]:
    with drill.inject(fault_named(words), drills.Target(service), lasting=time):
        yield


@when(parsers.parse('one "{service}" instance leaks memory at {rate} a second'))
def _(drill: drills.Exercise, service: str, rate: str) -> Generator[None, None, None]:
    with drill.inject(
        drills.MemoryLeak(rate=drills.parse_size(rate)), drills.Target(service, instance=1)
    ):
        yield


@when(
    parsers.parse('one "{service}" instance leaks memory at {rate} a second for {time}'),
    converters=LASTING,
)
def _(drill: drills.Exercise, service: str, rate: str, time: float) -> Generator[None, None, None]:
    leak = drills.MemoryLeak(rate=drills.parse_size(rate))
    with drill.inject(leak, drills.Target(service, instance=1), lasting=time):
        yield


@when(parsers.parse('the "{service}" replica stops replaying'))
def _(drill: drills.Exercise, service: str) -> Generator[None, None, None]:
    with drill.inject(drills.ReplayPaused(), drills.Target(service)):
        yield


@when(parsers.parse('the "{service}" replica stops replaying for {time}'), converters=LASTING)
def _(drill: drills.Exercise, service: str, time: float) -> Generator[None, None, None]:
    with drill.inject(drills.ReplayPaused(), drills.Target(service), lasting=time):
        yield


@when(parsers.parse('the link between the "{service}" service and the "{other}" service is cut'))
def _(drill: drills.Exercise, service: str, other: str) -> Generator[None, None, None]:
    with drill.inject(drills.Partition(other), drills.Target(service)):
        yield


@when(
    parsers.parse(
        'the link between the "{service}" service and the "{other}" service is cut for {time}'
    ),
    converters=LASTING,
)
def _(drill: drills.Exercise, service: str, other: str, time: float) -> Generator[None, None, None]:
    with drill.inject(drills.Partition(other), drills.Target(service), lasting=time):
        yield


FILLED = r'the "(?P<volume>[^"]+)" volume of the "(?P<service>[^"]+)" service is filled'
BUT_FOR = r" but for (?P<rest>\S+ \S+)"


@when(parsers.re(FILLED))
def _(drill: drills.Exercise, volume: str, service: str) -> Generator[None, None, None]:
    with drill.inject(drills.VolumeFilled(volume), drills.Target(service)):
        yield


@when(parsers.re(f"{FILLED} for (?P<time>.+)"), converters=LASTING)
def _(
    drill: drills.Exercise, volume: str, service: str, time: float
) -> Generator[None, None, None]:
    with drill.inject(drills.VolumeFilled(volume), drills.Target(service), lasting=time):
        yield


@when(parsers.re(FILLED + BUT_FOR))
def _(drill: drills.Exercise, volume: str, service: str, rest: str) -> Generator[None, None, None]:
    fault = drills.VolumeFilled(volume, drills.parse_size(rest))
    with drill.inject(fault, drills.Target(service)):
        yield


@when(parsers.re(f"{FILLED}{BUT_FOR} for (?P<time>.+)"), converters=LASTING)
def _(
    drill: drills.Exercise, volume: str, service: str, rest: str, time: float
) -> Generator[None, None, None]:
    fault = drills.VolumeFilled(volume, drills.parse_size(rest))
    with drill.inject(fault, drills.Target(service), lasting=time):
        yield
