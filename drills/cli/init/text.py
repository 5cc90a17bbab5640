"""The files that `drills init` writes: a configuration in which each guess says why, a feature."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import tomlkit

from drills.cli.init.guess import Door, Drillable, doors, drillables, target
from drills.stack.engines.composed import Composed
from drills.stack.engines.needs import fixed_names, refused, writes

SCHEMA = "drills.schema.json"  # beside the configuration, for editors
_NO_NAME = re.compile(r"[^a-z0-9-]")  # of what a journey may be called
_RESTORED = "30 seconds"
_BREAK = "5 seconds"  # longer than the hold window, so that it proves something


def configuration(composed: Composed, profiles: Sequence[str] = (), *, found: bool = False) -> str:
    """drills.toml for this compose file, which lies beside it; ``found`` by compose's own names."""
    stack = _stack(composed, profiles, named=not found)
    return "\n".join([*_head(composed), *stack, *_rest(composed)]) + "\n"


def _head(composed: Composed) -> Iterator[str]:
    yield f"#:schema ./{SCHEMA}"
    yield f"# Written by `drills init` from {composed.file.name}. What a line guesses, it says why."
    yield "# `drills doctor` tells whether a drill can run with it."
    yield ""


def _stack(composed: Composed, profiles: Sequence[str], *, named: bool) -> Iterator[str]:
    yield "[stack]"
    yield _line("name", _name(composed))
    if named:
        yield _line("compose_file", composed.file.name)
    if profiles:
        yield _line("profiles", list(profiles))
    if fixed := fixed_names(composed):
        yield _line("own_names", True, f"the file fixes {', '.join(fixed)}; a drill has its own")
    if front := _entry(doors(composed)):
        yield _line("entry", {"service": front.service, "port": front.port}, front.why)
    for problem in refused(writes(composed, Path("/nowhere")), (), composed):
        yield f"# A drill is refused as it is: {problem}"
    yield ""
    yield "[blast_radius]"
    able = [each.service for each in drillables(composed) if not each.left_alone]
    yield _line("services", able, "take out what no drill may touch")
    if (instances := composed.services[target(composed)].instances) > 1:
        yield _line("containers_at_once", instances, f"all instances of {target(composed)}")
    yield ""


def _entry(found: Sequence[Door]) -> Door | None:
    return next((door for door in found if door.path and not door.tls), None)


def _rest(composed: Composed) -> Iterator[str]:
    found = doors(composed)
    if found:
        yield "# What customers do, asked from before the fault to the end."
    for door in found:
        yield from _journey(door, found, _entry(found))
    yield "# Nothing here tells that anybody would be told of an incident: the first drill says so."
    yield "# [monitoring.webhook] or [monitoring] pager names who would be."


def _journey(door: Door, every: Sequence[Door], entry: Door | None) -> Iterator[str]:
    several = sum(each.service == door.service for each in every) > 1
    name = f"{door.service}-{door.port}" if several else door.service
    yield f"[journeys.{_NO_NAME.sub('-', name.lower())}] # {door.why}"
    at = {"service": door.service, "port": door.port}
    if door.path and not door.tls:
        yield _line("path", door.path)
        if door is not entry:
            yield _line("at", at)
    else:
        yield _line("connect", at)
    yield _line("always", True)
    yield ""


def feature(composed: Composed) -> str:
    """One feature for it: a stop, a sudden death and a freeze of what customers feel first."""
    service = target(composed)
    found = next(each for each in drillables(composed) if each.service == service)
    return "\n".join(
        [*_intro(composed, service), *_scenarios(found, any(door.path for door in doors(composed)))]
    )


def _intro(composed: Composed, service: str) -> Iterator[str]:
    yield f"Feature: {_name(composed)} gets over the failure of its {service}"
    yield ""
    yield f"  Hypothesis: when {service} is stopped, dies or freezes, the system is well again soon"
    yield f"  after it is back. Written by `drills init` from {composed.file.name}."
    yield ""


def _scenarios(found: Drillable, asked: bool) -> Iterator[str]:
    """What customers feel where pages are ``asked`` for, else what the engine tells."""
    service = found.service
    by_itself = f'    Then the "{service}" service is restored within {_RESTORED}'
    back = f"    Then service is restored within {_RESTORED} of the undo" if asked else by_itself
    died = "suffers a sudden death"
    restarted = found.restarts in ("always", "unless-stopped", "on-failure", "any")
    for title, happens, then in (
        ("is stopped", f'the "{service}" service stops for {_BREAK}', back),
        (
            "dies",
            f'the "{service}" service {died}' + ("" if restarted else f" for {_BREAK}"),
            by_itself if restarted else back,
        ),
        ("freezes", f'the "{service}" service suffers a freeze for {_BREAK}', back),
    ):
        yield f"  Scenario: {service} {title}"
        yield "    Given the system is in steady state"
        yield f"    When {happens}"
        yield then
        yield ""


def _name(composed: Composed) -> str:
    return composed.name


def _line(key: str, value: object, why: str = "") -> str:
    if isinstance(value, dict):
        table = tomlkit.inline_table()
        table.update(value)
        value = table
    return f"{key} = {tomlkit.item(value).as_string()}" + (f" # {why}" if why else "")
