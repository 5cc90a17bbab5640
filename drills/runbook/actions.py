"""What each action of a procedure does, and what it found."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from drills.errors import ResponseFailed
from drills.journal.timeline import Json
from drills.runbook.action import Action
from drills.runbook.backups import back_up, restore
from drills.runbook.bench import Bench
from drills.runbook.commands import instances, running, said, shown
from drills.runbook.people import await_people
from drills.runbook.processes import largest_growth
from drills.runbook.promotion import promote
from drills.runbook.rolling import answer_of, roll, wait_until_well
from drills.runbook.settings_file import copy_value
from drills.runbook.space import free_space
from drills.stack.http import Client, NoAnswer, dig
from drills.stack.runtime import Container
from drills.wait import until

Detail = Mapping[str, Json]


def _check(bench: Bench, action: Action) -> Detail:
    """No answer is an answer too, where none is expected: whoever responds goes on."""
    with Client(bench.entry) as client:
        told = answer_of(client, action) or "no answer"
    if action.equals and told != action.equals:
        raise ResponseFailed(f"expected {action.field} {action.equals!r}, got {told!r}")
    return {"path": action.path, "field": action.field, "said": told}


def _point(bench: Bench, action: Action) -> Detail:
    copy_value(bench.environment_file, action.key, action.at)
    return {"key": action.key, "at": action.at}


def _put_back(bench: Bench, action: Action) -> Detail:
    file = bench.file(action.file)
    if (kept := bench.kept.get(action.file)) is None:
        raise ResponseFailed(f"nobody knows what {file.name} was before")
    return {"file": file.name, "changed": kept.put_back(file)}


def _restart(bench: Bench, action: Action) -> Detail:
    return _told(action, roll(bench, action, instances(bench, action)))


def _start(bench: Bench, action: Action) -> Detail:
    down = []
    for container in instances(bench, action):
        state = bench.runtime.state(container)
        if state.status == "restarting":
            bench.runtime.restart(container)
        elif not state.running:
            bench.runtime.start(container)
        else:
            continue
        down.append(container)
    for container in down:
        wait_until_well(bench, container)
    return _told(action, down)


def _stop(bench: Bench, action: Action) -> Detail:
    containers = instances(bench, action)
    for container in containers:
        bench.runtime.stop(container)
    return _told(action, containers)


def _scale(bench: Bench, action: Action) -> Detail:
    before = {container.id for container in instances(bench, action)}
    if len(before) >= action.instances:
        there = f"there are {len(before)} already, so nothing was added"
        raise ResponseFailed(f"expected fewer than {action.instances} of {action.service}: {there}")
    bench.scale(action.service, action.instances)
    now = instances(bench, action)
    if len(now) < action.instances:
        raise ResponseFailed(
            f"expected {action.instances} instances of {action.service}, there are {len(now)}"
        )
    for container in now:
        wait_until_well(bench, container)
    added = [container.name for container in now if container.id not in before]
    return {**_told(action, now), "added": added}


def _told(action: Action, containers: list[Container]) -> Detail:
    return {"service": action.service, "instances": [container.name for container in containers]}


def _run(bench: Bench, action: Action) -> Detail:
    container = running(bench, action)
    told = said(bench, action, container, action.command)
    if action.contains not in told:
        raise ResponseFailed(f"expected {action.contains!r} in what it says, got {shown(told)}")
    return {"service": action.service, "container": container.name, "said": told}


def _reload(bench: Bench, action: Action) -> Detail:
    """Checked everywhere first: who reads what its own check refuses goes on, or ends."""
    runtime = bench.runtime
    there = [c for c in instances(bench, action) if runtime.state(c).status == "running"]
    if not there:
        raise ResponseFailed(f"no instance of {action.service} runs")
    for container in there:
        said(bench, action, container, action.command)
    for container in there:
        runtime.processes.send(container, "SIGHUP")
    return _told(action, there)


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


ACTIONS: Mapping[str, Callable[[Bench, Action], Detail]] = {
    "check": _check,
    "point": _point,
    "revert": _put_back,
    "restart": _restart,
    "start": _start,
    "stop": _stop,
    "scale": _scale,
    "reload": _reload,
    "run": _run,
    "promote": promote,
    "back up": back_up,
    "restore": restore,
    "free space": free_space,
    "inspect": _inspect,
    "verify": _verify,
    "people": await_people,
}
