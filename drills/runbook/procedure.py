"""Carrying out a procedure of the runbook: a closed list of actions, each one timed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from drills.clock import Clock
from drills.errors import DrillError, ResponseFailed
from drills.journal.facts import ResponseStep
from drills.journal.journal import Journal
from drills.journal.timeline import Json
from drills.runbook.action import Action
from drills.runbook.processes import largest_growth
from drills.runbook.settings_file import copy_value
from drills.stack.http import Address, Client, NoAnswer, dig
from drills.stack.runtime import Container, Runtime
from drills.units import NS, format_seconds
from drills.wait import until

Detail = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Bench:
    """What a procedure works with: the engine, the system's entry, its environment file."""

    runtime: Runtime
    entry: Address
    environment_file: Path
    journal: Journal
    clock: Clock
    patience: float


def carry_out(bench: Bench, actions: tuple[Action, ...]) -> None:
    """Do every action in order, each written to the journal with its times.

    Raises ResponseFailed at the first one that cannot be done or verified.
    """
    for number, action in enumerate(actions, 1):
        begun = bench.clock.monotonic_ns()
        try:
            detail = _ACTIONS[action.action](bench, action)
        except DrillError as error:
            raise ResponseFailed(f"step {number} ({action.says}): {error}") from error
        step = ResponseStep(
            action.says,
            number=number,
            action=action.action,
            acts=action.acts,
            begun_ns=begun,
            detail=detail,
        )
        bench.journal.write(step)


def _check(bench: Bench, action: Action) -> Detail:
    """A question without an answer is an answer too: whoever responds goes on."""
    with Client(bench.entry) as client:
        said = _or_nothing(lambda: _said(client, action)) or "no answer"
    return {"path": action.path, "field": action.field, "said": said}


def _said(client: Client, action: Action) -> str:
    return str(dig(client.json(action.path), action.field))


def _point(bench: Bench, action: Action) -> Detail:
    copy_value(bench.environment_file, action.key, action.at)
    return {"key": action.key, "at": action.at}


def _restart(bench: Bench, action: Action) -> Detail:
    containers = bench.runtime.containers(action.service)
    for number, container in enumerate(containers):
        if number > 0:
            _let_settle(bench, action)
        bench.runtime.restart(container)
        _wait_for(bench, container, action)
    return {"service": action.service, "instances": [container.name for container in containers]}


def _wait_for(bench: Bench, container: Container, action: Action) -> None:
    """Wait until this very instance answers customers again, through the entry they use."""
    with Client(bench.entry) as client:
        seen: list[str] = []

        def answers() -> bool:
            seen.append(_or_nothing(lambda: _said(client, action)))
            return container.id.startswith(seen[-1]) and len(seen[-1]) >= 12

        until(
            answers,
            awaited=f"{container.name} answers {action.path}",
            within=bench.patience,
            last_seen=lambda: seen[-1],
            interval=0.02,
            clock=bench.clock,
        )


def _let_settle(bench: Bench, action: Action) -> None:
    """Wait until customers were answered for a while, without a gap.

    A load balancer that waits for the old address of the instance before turns to this one next.
    """
    with Client(bench.entry) as client:
        gap_ns = bench.clock.monotonic_ns()

        def settled() -> bool:
            nonlocal gap_ns
            answered = _or_nothing(lambda: _said(client, action))
            now_ns = bench.clock.monotonic_ns()
            if not answered:
                gap_ns = now_ns
            return now_ns - gap_ns >= action.hold * NS

        until(
            settled,
            awaited=f"customers are answered for {format_seconds(action.hold)} without a gap",
            within=bench.patience + action.hold,
            clock=bench.clock,
        )


def _inspect(bench: Bench, action: Action) -> Detail:
    return largest_growth(bench.runtime, action.service, bench.clock)


def _verify(bench: Bench, action: Action) -> Detail:
    expected = {container.id[:12] for container in bench.runtime.containers(action.service)}
    agreed: set[str] = set()
    last = [""]
    with Client(bench.entry) as client:

        def everywhere() -> bool:
            answer = _answer(client, action.path)
            last[0] = str(dig(answer, action.field))
            instance = str(dig(answer, "instance"))
            (agreed.add if last[0] == action.equals else agreed.discard)(instance)
            return agreed >= expected and bool(expected)

        until(
            everywhere,
            awaited=f"{action.field} is {action.equals} on all {len(expected)} instances",
            within=bench.patience,
            last_seen=lambda: f"{last[0]!r}; agreed: {', '.join(sorted(agreed)) or 'none'}",
            interval=0.01,
            clock=bench.clock,
        )
    return {"field": action.field, "equals": action.equals, "instances": sorted(expected)}


def _answer(client: Client, path: str) -> Mapping[str, Json]:
    try:
        return client.json(path)
    except NoAnswer:
        return {}


def _or_nothing(ask: Callable[[], str]) -> str:
    try:
        return ask()
    except NoAnswer:
        return ""


_ACTIONS: Mapping[str, Callable[[Bench, Action], Detail]] = {
    "check": _check,
    "point": _point,
    "restart": _restart,
    "inspect": _inspect,
    "verify": _verify,
}
