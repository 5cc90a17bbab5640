"""Commands inside the services of a procedure: in which instance, and what they said."""

from __future__ import annotations

from collections.abc import Sequence

from drills.errors import ResponseFailed
from drills.runbook.action import Action
from drills.runbook.bench import Bench
from drills.stack.runtime import Container
from drills.units import NS, format_seconds

SHOWN = 300  # characters of what a command said last that a reason quotes


def instances(bench: Bench, action: Action) -> list[Container]:
    """Every instance of the action's service. Raises ResponseFailed where there is none."""
    found = list(bench.runtime.containers(action.service))
    if not found:
        raise ResponseFailed(f"there is no instance of {action.service}")
    return found


def running(bench: Bench, action: Action) -> Container:
    """The first instance of the service that runs. Raises ResponseFailed where none does."""
    for container in instances(bench, action):
        if bench.runtime.state(container).status == "running":
            return container
    raise ResponseFailed(f"no instance of {action.service} runs")


def said(bench: Bench, action: Action, container: Container, command: Sequence[str]) -> str:
    """What a command says inside the container.

    Raises ResponseFailed with the end of that where it does not end with 0, or not within the
    action's time.
    """
    begun_ns = bench.clock.monotonic_ns()
    done = bench.runtime.within(action.timeout).execute(container, command)
    told = done.output.decode("utf-8", "replace").strip()
    if done.exit_code != 0:
        raise ResponseFailed(f"{command[0]} ended with {done.exit_code}, it said: {shown(told)}")
    if bench.clock.monotonic_ns() - begun_ns > action.timeout * NS:
        raise ResponseFailed(f"{command[0]} took longer than {format_seconds(action.timeout)}")
    return told


def shown(told: str) -> str:
    """The end of what was said, as a reason quotes it."""
    return told[-SHOWN:] or "nothing"
