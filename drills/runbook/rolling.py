"""A rolling restart: one instance after the other, and never the last one that is well."""

from __future__ import annotations

from collections.abc import Sequence

from drills.errors import ResponseFailed
from drills.runbook.action import Action
from drills.runbook.bench import Bench
from drills.stack.http import Client, NoAnswer, dig
from drills.stack.runtime import Container, ContainerState
from drills.units import NS, format_seconds
from drills.wait import until

LOOPS = 2  # restarts by its policy that are a loop
LOOKS = 10  # questions to customers' entry for each one to the engine


def roll(bench: Bench, action: Action, containers: Sequence[Container]) -> list[Container]:
    """Restart each when the one before is well; those that are not well first.

    Raises ResponseFailed, and touches no other, where one does not come up: so the last one that is
    well is taken only once another has come up.
    """
    order = sorted(containers, key=lambda one: well(bench.runtime.state(one)))
    for number, container in enumerate(order):
        if number > 0 and action.path:
            _let_settle(bench, action)
        bench.runtime.restart(container)
        try:
            if action.path:
                _wait_for(bench, container, action)
            else:
                wait_until_well(bench, container)
        except ResponseFailed as error:
            left = ", ".join(one.name for one in order[number + 1 :])
            raise ResponseFailed(f"{error}; left alone: {left}" if left else str(error)) from error
    return order


def well(state: ContainerState) -> bool:
    """Whether it runs, and its own health check, if it has one, does not deny that it is well."""
    return state.status == "running" and state.health in ("", "healthy")


def wait_until_well(bench: Bench, container: Container) -> None:
    """Wait until its own health check says that it is well, or it runs, where it has none.

    Raises ResponseFailed as soon as it is known that it does not come up.
    """

    def up() -> bool:
        state = bench.runtime.state(container)
        _check_up(container, state)
        return well(state)

    until(
        up,
        awaited=f"{container.name} runs and is well",
        within=bench.patience,
        last_seen=lambda: str(bench.runtime.state(container)),
        interval=0.1,
        clock=bench.clock,
    )


def _check_up(container: Container, state: ContainerState) -> None:
    if state.status in ("exited", "dead"):
        raise ResponseFailed(
            f"{container.name} does not come up: it ended with exit code {state.exit_code}"
        )
    if state.restarts >= LOOPS:
        raise ResponseFailed(f"{container.name} does not come up: it is started over and over")


def _wait_for(bench: Bench, container: Container, action: Action) -> None:
    """Wait until this very instance answers customers again, through the entry they use.

    Raises ResponseFailed as soon as it is known that it does not come up.
    """
    with Client(bench.entry) as client:
        seen: list[str] = []

        def answers() -> bool:
            if len(seen) % LOOKS == 0:
                _check_up(container, bench.runtime.state(container))
            seen.append(answer_of(client, action))
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
            answered = answer_of(client, action)
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


def answer_of(client: Client, action: Action) -> str:
    """What customers are told under the action's path and field; "" for no answer."""
    try:
        return str(dig(client.json(action.path), action.field))
    except NoAnswer:
        return ""
