"""What an engine's machine is able to do, tried out in helper containers where nobody is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from functools import partial
from typing import Any
from uuid import uuid4

from drills.clock import SystemClock
from drills.errors import EngineError, UnknownTarget
from drills.stack.abilities import Ability
from drills.stack.engines import sockets
from drills.stack.engines.asking import Ask
from drills.stack.engines.attendants import Attendants
from drills.stack.engines.beside import ERRAND_SECONDS, Beside, Where
from drills.stack.engines.disks import DockerDisks
from drills.stack.engines.engine import READ_SECONDS, Engine
from drills.stack.engines.errand import ANSWER, FIRST, Call, Room
from drills.stack.engines.exit import Exit
from drills.stack.engines.processes import DockerProcesses
from drills.stack.engines.rules import RULES, made
from drills.stack.links import Delayed, Fate, Limited, Lost, Queued, Refused, rules

_TRIAL = "trial"
_CODE = 7  # that nothing ends with by itself
_WRITES = 1000  # a second, of a helper that makes none
_NOBODY = "192.0.2.1"  # an address for documentation, which nobody has


def lacking(ask: Ask, ability: Ability, image: str, drill: str = "") -> str:
    """Why the machine is not able to, "" where it is; the helper is of this image and drill."""
    try:
        _TRIALS[ability](Beside(ask), image, drill)
    except EngineError as error:
        return str(error)
    return ""


def lacking_beside(images: Iterable[str], ability: Ability, *, allow_remote: bool = False) -> str:
    """The same before there is a stack: by the first of its images that the engine has.

    Also says so where there is no engine that could be asked, or none of the images.
    """
    try:
        engine = Engine(allow_remote=allow_remote)

        def ask(question: str, seconds: float = READ_SECONDS) -> AbstractContextManager[Any]:
            return engine.asked(question, seconds=seconds)

        for image in images:
            try:
                with ask(f"look for {image}") as client:
                    identity = str(client.inspect_image(image)["Id"])
            except UnknownTarget:
                continue
            return lacking(ask, ability, identity)
    except EngineError as error:
        return f"not tried: {error}"
    return "not tried: no image that could be used is there"


def lacking_here(ability: Ability, *, allow_remote: bool = False) -> str:
    """The same where nothing is known of a stack: by any image of the engine's, ours before others.

    Of an image nothing is run but a helper's own program.
    """
    try:
        engine = Engine(allow_remote=allow_remote)
        with engine.asked("list the images") as client:
            images = [tag for one in client.images() for tag in one["RepoTags"] or [one["Id"]]]
    except EngineError as error:
        return f"not tried: {error}"
    ours = sorted(images, key=lambda tag: not tag.startswith("incident-drills/"))
    return lacking_beside(ours, ability, allow_remote=allow_remote)


def _rule(fate: Fate, beside: Beside, image: str, drill: str) -> None:
    """In the network of the helper alone."""
    where = Where(image, (RULES,))
    made(lambda calls: beside.run(where, calls, drill, _TRIAL), rules([_NOBODY], fate), _TRIAL)


def _reset(beside: Beside, image: str, drill: str) -> None:
    """Of the helper, which has no connection."""
    look, end = sockets.listing(), sockets.trying()
    calls = [*look, Call("close_range", (FIRST, FIRST, 0)), *end]
    gave = beside.run(Where(image, (RULES,)), calls, drill, _TRIAL)
    sockets.listed(gave[: len(look)], [])
    sockets.ended(gave[len(look) + 1 :])


def _queue(beside: Beside, image: str, drill: str) -> None:
    """By a rule in one helper's network, and a helper that takes packets in its own."""
    _rule(Queued(1), beside, image, drill)
    mark = f"{_TRIAL}-{uuid4().hex}"
    attendants = Attendants(beside.ask)
    try:
        attendants.start("none", Delayed(0), 0, drill, mark)
    finally:
        attendants.end(mark)


def _look(beside: Beside, image: str, drill: str) -> None:
    """At the helper's own file system."""
    (gave,) = beside.run(Where(image), [Call("statfs", (ANSWER, Room(120)))], drill, _TRIAL)
    if gave.value:
        raise EngineError(f"the helper cannot look at a file system: error {-gave.value}")


def _hang(beside: Beside, image: str, drill: str) -> None:
    """The helper itself, and have it go on."""
    with beside.held(image, drill, _TRIAL) as helper:
        processes = DockerProcesses(beside.ask, lambda: [image])
        processes.send(helper, "SIGSTOP")
        if not processes.suspended(helper):
            raise EngineError("a process that was to stop goes on")


def _exit(beside: Beside, image: str, drill: str) -> None:
    """Of the helper itself."""
    with beside.held(image, drill, _TRIAL) as helper:
        processes = DockerProcesses(beside.ask, lambda: [image])
        Exit(beside.ask, processes, SystemClock()).of(helper, _CODE)
        with beside.ask("see what a helper ended with", ERRAND_SECONDS) as client:
            code = client.wait(helper.id, timeout=ERRAND_SECONDS)["StatusCode"]
    if code != _CODE:
        raise EngineError(f"a process that was to end with {_CODE} ended with {code}")


def _slow(beside: Beside, image: str, drill: str) -> None:
    """Of the helper, which writes nothing."""
    disks = DockerDisks(beside.ask)
    with beside.held(image, drill, _TRIAL) as helper:
        disk = disks.own(helper)
        disks.limit_writes(helper, disk, _WRITES)
        if (now := disks.writes(helper, disk)) != _WRITES:
            raise EngineError(f"a limit of {_WRITES} writes a second reads back as {now}")


_TRIALS: Mapping[Ability, Callable[[Beside, str, str], None]] = {
    Ability.DISKS: _slow,
    Ability.EXITS: _exit,
    Ability.LINKS: partial(_rule, Lost()),
    Ability.REFUSALS: partial(_rule, Refused()),
    Ability.RESETS: _reset,
    Ability.CHANCE: partial(_rule, Lost(1)),
    Ability.QUEUES: _queue,
    Ability.LIMITS: partial(_rule, Limited(1, 1)),
    Ability.PROCESSES: _hang,
    Ability.VOLUMES: _look,
}
