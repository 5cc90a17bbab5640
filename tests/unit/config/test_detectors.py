"""The sections on who notices."""

from __future__ import annotations

from typing import Any

import pytest

from drills.config.composed import source_of
from drills.config.document import Manifest
from drills.errors import PlanError
from drills.observers.monitoring import HealthField, Heeded, LogPattern, Webhook
from drills.observers.payload import ALERTMANAGER, Shape
from tests.doubles.world import MANIFEST

STACK = {
    "name": "shop",
    "services": {"web": 1, "worker": 1},
    "entry": {"service": "web", "port": 80},
}
BASE: dict[str, Any] = {"stack": STACK, "blast_radius": {"services": ["web"]}, "journeys": {}}


def read(**monitoring: Any) -> Manifest:
    return Manifest.of({**BASE, "monitoring": monitoring})


def refused(**monitoring: Any) -> str:
    with pytest.raises(PlanError) as caught:
        read(**monitoring)
    return str(caught.value)


def test_a_webhook_needs_a_name_and_a_port() -> None:
    """Alertmanager's payload is meant where nothing is said of its shape."""
    found = read(webhook={"as": "oncall.internal", "port": 9095}).monitoring.webhook
    assert found == Webhook(names=("oncall.internal",), port=9095, shape=ALERTMANAGER)
    named = read(webhook={"as": "oncall.internal", "port": 9095, "shape": "alertmanager"})
    assert named.monitoring.webhook == found


def test_its_shape_may_be_any(tmp_path: Any) -> None:
    """By the dotted names of its fields; and the stack is told where it will stand."""
    shape = {"name": "alert.name", "state": "alert.status", "firing": "open", "resolved": "closed"}
    place = {"as": ["a", "b"], "port": 80, "path": "/hook", "networks": "inside"}
    manifest = read(webhook={**place, "shape": shape})
    assert manifest.monitoring.webhook == Webhook(
        names=("a", "b"),
        port=80,
        path="/hook",
        networks=("inside",),
        shape=Shape(
            name="alert.name", state="alert.status", firing=("open",), resolved=("closed",)
        ),
    )
    (tmp_path / "compose.yaml").touch()
    assert source_of(manifest, tmp_path).receives == manifest.monitoring.webhook


def test_everything_that_does_not_fit_is_told_at_once() -> None:
    """By its key, with what was expected."""
    webhook = {"as": "no name", "port": 0, "path": "hook", "shape": "alertmanger", "ass": "x"}
    said = refused(
        webhook=webhook,
        logs={"oom": {"service": "wroker", "pattern": "out of (memory"}},
        containers={"on": ["unhealthy", "dies"]},
        health={"/health": {"field": "status", "tells": True}},
    )
    for line in (
        "monitoring.webhook.as: expected the name of a host, found",
        "monitoring.webhook.port: expected more than 0, found 0",
        "monitoring.webhook.path: expected a path that begins with /, found 'hook'",
        "monitoring.webhook.shape: expected 'alertmanager' or a table with the names of fields",
        "monitoring.webhook.ass: expected one of the keys",
        "monitoring.logs.oom.pattern: expected a regular expression",
        "monitoring.containers.on: expected 'unhealthy' or 'die' or 'oom' or 'restart'",
        'monitoring.health."/health".good: expected at least 1 in the list',
    ):
        assert line in said


def test_services_that_detectors_name_are_those_of_the_stack() -> None:
    """With the nearest of them."""
    said = refused(
        logs={"oom": {"service": "wroker", "pattern": "oom"}}, containers={"services": ["cache"]}
    )
    assert "monitoring.logs.oom.service: expected one of stack.services (web, worker)" in said
    assert "did you mean 'worker'?" in said
    assert "monitoring.containers.services" in said


def test_a_health_field_may_say_what_is_good() -> None:
    """A field alone is watched, and nothing of it is wrong."""
    health = {"/a": "status", "/b": {"field": "db", "good": "ok", "tells": True}}
    assert read(health=health).monitoring.health == {
        "/a": HealthField(field="status"),
        "/b": HealthField(field="db", good=("ok",), tells=True),
    }


def test_what_tells_somebody_is_what_says_so() -> None:
    """Alerts always do; the rest only where the team says so."""
    silent = read(
        logs={"oom": {"service": "worker", "pattern": "oom"}},
        containers={},
        health={"/a": "status"},
    ).monitoring
    assert silent.logs == {"oom": LogPattern(service="worker", pattern="oom")}
    assert silent.containers == Heeded()
    assert silent.telling == {}
    telling = read(
        webhook={"as": "oncall", "port": 9095, "path": "/x"},
        logs={"oom": {"service": "worker", "pattern": "oom", "tells": True}},
        containers={"tells": True, "on": ["unhealthy", "oom"], "services": ["web"]},
        health={"/a": {"field": "status", "good": ["ok", "warn"], "tells": True}},
    ).monitoring
    assert telling.telling == {
        "alertmanager": "alerts that are sent to oncall:9095/x",
        "log": "the log pattern oom of worker",
        "engine": "unhealthy or oom of a container of web",
        "health": "/a where status is not ok or warn",
    }
    pager = Manifest.of(MANIFEST).monitoring
    assert pager.telling == {"alertmanager": "alerts that reach the pager (pager:8080)"}
