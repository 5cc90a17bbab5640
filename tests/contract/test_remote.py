"""An engine on another machine: drilled over TLS and by ssh, and nothing else is touched there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from http.client import HTTPException
from pathlib import Path
from urllib.request import urlopen
from uuid import uuid4

import pytest

from drills.cli import main
from drills.clock import SystemClock
from drills.errors import EngineError, PlanError
from drills.journal.facts import EngineClockMeasured, EngineTold
from drills.journal.journal import read_timeline
from drills.lifecycle.watchdog import registry
from drills.lifecycle.watchdog.heal import Healer, on_docker
from drills.reporting.files import read_result
from drills.stack.engines.compose import ComposeStack
from drills.stack.engines.needs import Need
from drills.stack.engines.source import Source
from drills.wait import until
from tests.contract.another import TAG, Another
from tests.doubles.certified import CERTIFICATES

pytestmark = pytest.mark.engine

IMAGE = f"incident-drills/tools:{TAG}"
COMPOSE = f"""
services:
  web:
    image: {IMAGE}
    init: true
    command: [python3, -m, http.server, "8000", --directory, /srv]
    configs:
      - source: page
        target: /srv/index.html
    ports: ["{{port}}"]
configs:
  page:
    content: hello
"""
MANIFEST = """
[stack]
name = "shop"
entry = { service = "web", port = 8000 }
[journeys.home]
path = "/"
expect = { contains = "hello" }
always = true
"""
ONE_KERNEL_NS = 100_000  # what an instant of an engine of this machine is not off by
FEATURE = """
@no-incident
Feature: The shop on another machine
  Scenario: It stops
    Given the system is in steady state
    When the "web" service suffers an orderly stop for 3 seconds
    Then the service is restored within 1 minute

  Scenario: It freezes
    Given the system is in steady state
    When the "web" service suffers a freeze for 3 seconds
    Then the service is restored within 1 minute
"""


@pytest.fixture(scope="module")
def another(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Another]:
    """The machine, with an image and a container of somebody else's."""
    with Another(tmp_path_factory.mktemp("another")) as found:
        found.load(IMAGE)
        found.neighbour(IMAGE)
        yield found


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRILLS_STATE", str(tmp_path / "state"))


def chosen(monkeypatch: pytest.MonkeyPatch, variables: Mapping[str, str]) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


def brought(folder: Path, port: str = "8000", drill: str = "") -> ComposeStack:
    """The stack of a drill; nothing of it is made yet."""
    file = folder / "compose.yaml"
    file.write_text(COMPOSE.format(port=port))
    drill = drill or uuid4().hex[:8]
    source = Source(file, needs=[Need("stack.entry", "web", 8000)])
    return ComposeStack(source, f"drill-{drill}", drill, SystemClock(), allow_remote=True)


def said(place: tuple[str, int]) -> bytes:
    """What a customer is told there, once it listens."""
    host, port = place

    def answered() -> bytes:
        try:
            with urlopen(f"http://{host}:{port}/", timeout=10) as answer:
                return bytes(answer.read())
        except (OSError, HTTPException):
            return b""

    return until(answered, awaited="the service answers", within=20)


@pytest.mark.foreign  # it takes longer than all others together
def test_a_project_is_drilled_there_and_a_neighbour_is_not_touched(
    another: Another, tmp_path: Path
) -> None:
    """Stop and freeze over TLS, by the command line; the clock's difference is a fact."""
    before = another.things()
    (tmp_path / "compose.yaml").write_text(COMPOSE.format(port="8000"))
    (tmp_path / "drills.toml").write_text(MANIFEST)
    (tmp_path / "shop.feature").write_text(FEATURE)
    line = [sys.executable, "-m", "pytest", "shop.feature", "-p", "no:cacheprovider"]
    asked = {**os.environ, **another.by_tls}
    refused = subprocess.run(line, cwd=tmp_path, env=asked, capture_output=True, check=False)
    assert refused.returncode == 1, refused.stdout.decode()
    assert b"is not on this host, so nothing is done" in refused.stdout
    assert another.things() == before

    done = subprocess.run(
        [*line, "--drill-remote"], cwd=tmp_path, env=asked, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stdout.decode()
    folders = [each.parent for each in tmp_path.glob("reports/2*/journal.jsonl")]
    assert sorted(read_result(each).verdict for each in folders) == ["met", "met"]
    for folder in folders:
        timeline = read_timeline(folder)
        (measured,) = timeline.all(EngineClockMeasured)
        assert 0 < measured.error_ns < 10**9
        assert abs(measured.offset_ns) <= measured.error_ns  # they share a kernel, and do not know
        told = [each for each in timeline.all(EngineTold) if each.action in ("die", "pause")]
        assert told
        assert all(each.error_ns > ONE_KERNEL_NS for each in told)
    assert another.things() == before


def test_a_drill_that_died_is_healed_there_whatever_is_chosen_by_then(
    another: Another, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its entry has the engine's address and the folder of its certificates, and no key."""
    before, drill = another.things(), uuid4().hex[:8]
    with monkeypatch.context() as its:
        chosen(its, another.by_tls)
        stack = brought(tmp_path, drill=drill)
        held = registry.register(
            drill, tmp_path / "d", stack.project, engine=stack.engine, allow_remote=True
        )
        stack.up()
    assert another.things() != before
    held.release()  # as its death does
    (healed,) = Healer(on_docker, SystemClock()).heal_all("the test")
    assert healed.problems == []
    assert another.things() == before


def test_by_ssh_what_is_published_at_its_loopback_is_reached_too(
    another: Another, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Compose, the engine's interface and the customers all go the same way."""
    before = another.things()
    chosen(monkeypatch, another.by_ssh)
    stack = brought(tmp_path, "127.0.0.1::8000")
    try:
        runtime = stack.up()
        (web,) = runtime.containers("web")
        place = runtime.port("web", 8000)
        assert place[0] == "127.0.0.1"
        assert said(place) == b"hello"
        runtime.restart(web, 0)
        assert said(runtime.port("web", 8000)) == b"hello"
        events = runtime.events()
        assert events.offset() is not None
        events.close()
    finally:
        stack.down()
    assert another.things() == before


def test_what_cannot_be_there_is_refused_before_anything_is(
    another: Another, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder of this machine, and a port at the loopback of that one; each by its name."""
    before = another.things()
    chosen(monkeypatch, another.by_tls)
    stack = brought(tmp_path, "127.0.0.1::8000")
    file = tmp_path / "compose.yaml"
    file.write_text(file.read_text().replace("init: true", 'volumes: ["./etc:/etc/shop:ro"]'))
    with pytest.raises(PlanError) as told:
        stack.up()
    stack.down()
    assert "web mounts ./etc at /etc/shop, and on the engine's machine" in str(told.value)
    assert "web publishes its port 8000 at 127.0.0.1" in str(told.value)
    assert another.things() == before


def test_who_does_not_know_it_is_not_asked(
    another: Another, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """An authority that did not vouch for it: nothing is sent to it."""
    given = {"ca.pem": "ca.pem", "cert.pem": "valid.pem", "key.pem": "server.key"}
    for name, content in given.items():
        (tmp_path / name).write_bytes((CERTIFICATES / content).read_bytes())
    chosen(monkeypatch, {**another.by_tls, "DOCKER_CERT_PATH": str(tmp_path)})
    with pytest.raises(EngineError, match="certificate verify failed"):
        brought(tmp_path).up()


def test_the_doctor_says_where_it_is(
    another: Another,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Which engine, that it is elsewhere, how far its clock is off, and no other wrong."""
    chosen(monkeypatch, another.by_tls)
    (tmp_path / "compose.yaml").write_text(COMPOSE.format(port="8000"))
    (tmp_path / "drills.toml").write_text(MANIFEST)
    words = ["doctor", "--manifest", str(tmp_path / "drills.toml"), "--json"]
    assert main([*words, "--remote"]) in (0, 75)
    found = json.loads(capsys.readouterr().out)
    assert [each["says"] for each in found if each["state"] == "wrong"] == []
    (where,) = [each["says"] for each in found if "on another machine" in each["says"]]
    assert another.address in where
    (clock,) = [each["says"] for each in found if each["area"] == "clock"]
    assert "±" in clock
    assert main(words) == 1
    assert "--remote" in capsys.readouterr().out
