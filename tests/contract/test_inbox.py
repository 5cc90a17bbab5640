"""An inbox in a stack's network: who notifies its names is heard, and nothing of it is left."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from drills.clock import SystemClock
from drills.errors import EngineError, PlanError
from drills.observers.arrived import Offset
from drills.stack.engines.compose import ComposeStack
from drills.stack.engines.docker import PROJECT_LABEL
from drills.stack.engines.engine import Engine
from drills.stack.engines.source import Source
from drills.stack.engines.sweep import leftovers
from drills.stack.inbox import Arrival, Inbox, Reception
from drills.stack.runtime import DRILL_LABEL, Runtime
from drills.wait import until

pytestmark = pytest.mark.engine

COMPOSE_FILE = """
services:
  alerting:
    image: debian:trixie-slim
    init: true
    command: [sleep, "600"]
    networks: [inside]
  other:
    image: debian:trixie-slim
    init: true
    command: [sleep, "600"]
    networks: [elsewhere]
networks:
  inside: {internal: true}
  elsewhere: {}
"""
ONCALL = Reception(names=("oncall.internal", "chat"), port=9095)
PAGE = json.dumps({"alert": {"name": "WorkerDown"}}).encode()
# bash speaks enough HTTP for it, so the image needs nothing else.
NOTIFY = """
exec 3<>/dev/tcp/{name}/{port} || exit 7
printf '%s\\r\\n' 'POST {path} HTTP/1.1' 'Host: x' 'Content-Length: {length}' '' >&3
printf '%s' '{body}' >&3
head -1 <&3
"""


def stack_with(
    directory: Path, receives: Reception | None, text: str = COMPOSE_FILE
) -> ComposeStack:
    file = directory / "compose.yaml"
    file.write_text(text)
    project = f"inbox-{uuid4().hex[:12]}"
    return ComposeStack(Source(file, receives=receives), project, f"of-{project}", SystemClock())


@dataclass
class Beside:
    """A stack that is up, and an inbox in it."""

    stack: ComposeStack
    runtime: Runtime
    inbox: Inbox

    def notify(self, name: str, service: str = "alerting", path: str = "/hook") -> str:
        body = PAGE.decode()
        text = NOTIFY.format(name=name, port=ONCALL.port, path=path, body=body, length=len(body))
        (container,) = self.runtime.containers(service)
        return self.runtime.execute(container, ["bash", "-c", text]).output.decode()

    def heard(self, position: int, number: int) -> list[Arrival]:
        return list(
            until(
                lambda: found if len(found := self.inbox.since(position)[0]) >= number else None,
                awaited="what was sent",
                within=10,
            )
        )


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Beside]:
    stack = stack_with(tmp_path_factory.mktemp("inbox"), ONCALL)
    try:
        runtime = stack.up()
        yield Beside(stack, runtime, stack.receive(ONCALL, 120))
    finally:
        stack.down()


def test_what_is_sent_to_any_of_its_names_arrives(beside: Beside) -> None:
    """In every network of the drill's, also where nothing gets out of."""
    _, begin = beside.inbox.since(0)
    for name, service in (("oncall.internal", "alerting"), ("chat", "other")):
        assert "200" in beside.notify(name, service)
    found = beside.heard(begin, 2)
    assert [(each.path, each.body) for each in found] == [("/hook", PAGE)] * 2


def test_it_is_stamped_where_it_arrives_on_a_clock_that_is_measured(beside: Beside) -> None:
    """Between the instants before and after it was sent, give or take the offset's error."""
    clock, (_, begin) = SystemClock(), beside.inbox.since(0)
    offset = Offset.measure(beside.inbox.clock_ns, clock)
    before = clock.monotonic_ns()
    beside.notify("chat")
    (arrival,) = beside.heard(begin, 1)
    at_ns = arrival.at_ns - offset.ns
    assert before - offset.error_ns <= at_ns <= clock.monotonic_ns() + offset.error_ns
    assert abs(offset.ns) <= offset.error_ns  # containers share the kernel's clock
    assert offset.error_ns < 50_000_000


def test_it_is_none_of_the_stack_s_containers(beside: Beside) -> None:
    """No fault can be aimed at it, nothing of it is published, and it carries the drill's label."""
    assert {each.service for each in beside.runtime.containers()} == {"alerting", "other"}
    with Engine().asked("look for the inbox") as client:
        label = f"{DRILL_LABEL}=of-{beside.stack.project}"
        rows = client.containers(filters={"label": label, "name": "-inbox"})
    (row,) = [one for one in rows if one["Names"] == [f"/{beside.stack.project}-inbox"]]
    assert row["Ports"] == []
    assert row["Labels"].get(PROJECT_LABEL) != beside.stack.project


def test_down_removes_one_that_nobody_closed(tmp_path: Path) -> None:
    """As after a drill that died: whoever sweeps goes by the label alone."""
    stack = stack_with(tmp_path, ONCALL)
    stack.up()
    stack.receive(ONCALL, 120)
    stack.down()
    assert leftovers(f"of-{stack.project}") == []


def test_one_that_is_gone_says_so(tmp_path: Path) -> None:
    """What came before is handed out first; what would come now is not known."""
    stack = stack_with(tmp_path, ONCALL)
    try:
        runtime = stack.up()
        inbox = stack.receive(ONCALL, 120)
        Beside(stack, runtime, inbox).notify("chat")
        with Engine().asked("kill the inbox") as client:
            client.kill(f"{stack.project}-inbox")
        until(lambda: _is_gone(inbox), awaited="the inbox is gone", within=10)
        assert [each.body for each in inbox.since(0)[0]] == [PAGE]
        inbox.close()
        inbox.close()
    finally:
        stack.down()


def _is_gone(inbox: Inbox) -> bool:
    try:
        inbox.since(1)
    except EngineError as error:
        return "the drill's webhook receiver is gone" in str(error)
    return False


def test_only_its_own_path_is_taken(tmp_path: Path) -> None:
    """Heartbeats may go to another one."""
    stack = stack_with(tmp_path, None)
    try:
        runtime = stack.up()
        place = Reception(names=("chat",), port=ONCALL.port, path="/pages", networks=("inside",))
        both = Beside(stack, runtime, stack.receive(place, 120))
        assert "404" in both.notify("chat", path="/heartbeat")
        assert "200" in both.notify("chat", path="/pages?token=x")
        assert [each.path for each in both.heard(0, 1)] == ["/pages"]
        assert "200" not in both.notify("chat", "other")  # not in its network
    finally:
        stack.down()


def test_a_name_of_the_team_s_is_refused_before_anything_is_created(tmp_path: Path) -> None:
    """It would answer in that service's place."""
    stack = stack_with(tmp_path, Reception(names=("other",), port=80))
    with pytest.raises(PlanError, match=r"webhook\] as: other is a service already"):
        stack.up()
    stack.down()
    assert leftovers(f"of-{stack.project}") == []
