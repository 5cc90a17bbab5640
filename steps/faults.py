"""The faults: what is done to the system. Each is undone when its scenario ends, if not before."""

from __future__ import annotations

from collections.abc import Callable, Generator

from pytest_bdd import parsers, when

import drills


def _seconds(text: str) -> float:
    return drills.parse_duration(text)


def _size(text: str) -> int:
    return drills.parse_size(text)


def _fault(text: str) -> drills.Fault:
    return drills.parse_fault(text)


# What is no duration, no size or no fault is told at collection.
LASTING: dict[str, Callable[[str], object]] = {"time": _seconds}
SIZED: dict[str, Callable[[str], object]] = {"rate": _size, "rest": _size}
SUFFERED: dict[str, Callable[[str], object]] = {"fault": _fault}


@when(parsers.parse('the "{service}" service stops'))
def _(drill: drills.Exercise, service: str) -> Generator[None, None, None]:
    """An orderly stop, with the grace that the service declares (``stop_grace_period``)."""
    with drill.inject(drills.Stop(), drills.Target(service)):
        yield


@when(parsers.parse('the "{service}" service stops for {time}'), converters=LASTING)
def _(drill: drills.Exercise, service: str, time: float) -> Generator[None, None, None]:
    """The same, for so long."""
    with drill.inject(drills.Stop(), drills.Target(service), lasting=time):
        yield


@when(parsers.parse('the "{service}" service is killed by the engine'))
def _(drill: drills.Exercise, service: str) -> Generator[None, None, None]:
    """The engine's own SIGKILL, as by ``docker kill``: no restart policy acts."""
    with drill.inject(drills.Kill(), drills.Target(service)):
        yield


@when(
    parsers.parse('the "{service}" service is killed by the engine for {time}'), converters=LASTING
)
def _(drill: drills.Exercise, service: str, time: float) -> Generator[None, None, None]:
    """The same, for so long."""
    with drill.inject(drills.Kill(), drills.Target(service), lasting=time):
        yield


SERVICE = r'the "(?P<service>[^"]+)" service suffers '
INSTANCE = r'one "(?P<service>[^"]+)" instance suffers '
IN_ZONE = r'the "(?P<service>[^"]+)" service in the "(?P<zone>[^"]+)" zone suffers '
ZONE = r'everything in the "(?P<zone>[^"]+)" zone suffers '
ALWAYS = "(?P<fault>(?:(?! for ).)+)"
A_WHILE = "(?P<fault>.+?) for (?P<time>.+)"


@when(parsers.re(SERVICE + ALWAYS), converters=SUFFERED)
def _(drill: drills.Exercise, service: str, fault: drills.Fault) -> Generator[None, None, None]:
    """Any fault in its words, in every instance of the service."""
    with drill.inject(fault, drills.Target(service)):
        yield


@when(parsers.re(SERVICE + A_WHILE), converters=SUFFERED | LASTING)
def _(
    drill: drills.Exercise, service: str, fault: drills.Fault, time: float
) -> Generator[None, None, None]:
    """The same, for so long."""
    with drill.inject(fault, drills.Target(service), lasting=time):
        yield


@when(parsers.re(INSTANCE + ALWAYS), converters=SUFFERED)
def _(drill: drills.Exercise, service: str, fault: drills.Fault) -> Generator[None, None, None]:
    """Any fault in its words, in one instance of the service."""
    with drill.inject(fault, drills.Target(service, instance=1)):
        yield


@when(parsers.re(INSTANCE + A_WHILE), converters=SUFFERED | LASTING)
def _(
    drill: drills.Exercise, service: str, fault: drills.Fault, time: float
) -> Generator[None, None, None]:
    """The same, for so long."""
    with drill.inject(fault, drills.Target(service, instance=1), lasting=time):
        yield


@when(parsers.re(ZONE + ALWAYS), converters=SUFFERED)
def _(drill: drills.Exercise, zone: str, fault: drills.Fault) -> Generator[None, None, None]:
    """Any fault in its words, in every service that ``[zones]`` puts there."""
    with drill.inject(fault, drills.Target("", zone=zone)):
        yield


@when(parsers.re(ZONE + A_WHILE), converters=SUFFERED | LASTING)
def _(
    drill: drills.Exercise, zone: str, fault: drills.Fault, time: float
) -> Generator[None, None, None]:
    """The same, for so long."""
    with drill.inject(fault, drills.Target("", zone=zone), lasting=time):
        yield


@when(parsers.re(IN_ZONE + ALWAYS), converters=SUFFERED)
def _(
    drill: drills.Exercise, service: str, zone: str, fault: drills.Fault
) -> Generator[None, None, None]:
    """Any fault in its words, in those services of a role that are in the zone."""
    with drill.inject(fault, drills.Target(service, zone=zone)):
        yield


@when(parsers.re(IN_ZONE + A_WHILE), converters=SUFFERED | LASTING)
def _(
    drill: drills.Exercise, service: str, zone: str, fault: drills.Fault, time: float
) -> Generator[None, None, None]:
    """The same, for so long."""
    with drill.inject(fault, drills.Target(service, zone=zone), lasting=time):
        yield


@when(parsers.parse('one "{service}" instance leaks memory at {rate} a second'), converters=SIZED)
def _(drill: drills.Exercise, service: str, rate: int) -> Generator[None, None, None]:
    """A process inside the instance that grows; its image needs to have nothing for it."""
    with drill.inject(drills.MemoryLeak(rate=rate), drills.Target(service, instance=1)):
        yield


@when(
    parsers.parse('one "{service}" instance leaks memory at {rate} a second for {time}'),
    converters=SIZED | LASTING,
)
def _(drill: drills.Exercise, service: str, rate: int, time: float) -> Generator[None, None, None]:
    """The same, for so long."""
    with drill.inject(
        drills.MemoryLeak(rate=rate), drills.Target(service, instance=1), lasting=time
    ):
        yield


@when(parsers.parse('the "{service}" replica stops replaying'))
def _(drill: drills.Exercise, service: str) -> Generator[None, None, None]:
    """PostgreSQL's own pause: it receives changes, applies none, and serves older data."""
    with drill.inject(drills.ReplayPaused(), drills.Target(service)):
        yield


@when(parsers.parse('the "{service}" replica stops replaying for {time}'), converters=LASTING)
def _(drill: drills.Exercise, service: str, time: float) -> Generator[None, None, None]:
    """The same, for so long."""
    with drill.inject(drills.ReplayPaused(), drills.Target(service), lasting=time):
        yield


@when(parsers.parse('the link between the "{service}" service and the "{other}" service is cut'))
def _(drill: drills.Exercise, service: str, other: str) -> Generator[None, None, None]:
    """What either sends the other is lost; both go on to reach everybody else."""
    with drill.inject(drills.Partition(other), drills.Target(service)):
        yield


@when(
    parsers.parse(
        'the link between the "{service}" service and the "{other}" service is cut for {time}'
    ),
    converters=LASTING,
)
def _(drill: drills.Exercise, service: str, other: str, time: float) -> Generator[None, None, None]:
    """The same, for so long."""
    with drill.inject(drills.Partition(other), drills.Target(service), lasting=time):
        yield


FILLED = r'the "(?P<volume>[^"]+)" volume of the "(?P<service>[^"]+)" service is filled'
BUT_FOR = r" but for (?P<rest>\S+ \S+)"


@when(parsers.re(FILLED))
def _(drill: drills.Exercise, volume: str, service: str) -> Generator[None, None, None]:
    """All that is free of it is taken, so that writing there fails."""
    with drill.inject(drills.VolumeFilled(volume), drills.Target(service)):
        yield


@when(parsers.re(f"{FILLED} for (?P<time>.+)"), converters=LASTING)
def _(
    drill: drills.Exercise, volume: str, service: str, time: float
) -> Generator[None, None, None]:
    """The same, for so long."""
    with drill.inject(drills.VolumeFilled(volume), drills.Target(service), lasting=time):
        yield


@when(parsers.re(FILLED + BUT_FOR), converters=SIZED)
def _(drill: drills.Exercise, volume: str, service: str, rest: int) -> Generator[None, None, None]:
    """So much of it is left free."""
    with drill.inject(drills.VolumeFilled(volume, rest), drills.Target(service)):
        yield


@when(parsers.re(f"{FILLED}{BUT_FOR} for (?P<time>.+)"), converters=SIZED | LASTING)
def _(
    drill: drills.Exercise, volume: str, service: str, rest: int, time: float
) -> Generator[None, None, None]:
    """The same, for so long."""
    with drill.inject(drills.VolumeFilled(volume, rest), drills.Target(service), lasting=time):
        yield
