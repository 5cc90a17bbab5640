"""The pager: every page stamped when it arrived, none lost, garbage refused."""

from __future__ import annotations

import importlib.util
import json
import sys
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SOURCE = Path(__file__).parents[2] / "compose/pager/pager.py"
ALERT = {
    "status": "firing",
    "labels": {"alertname": "ReplicaDown", "severity": "P2"},
    "annotations": {"summary": "gone"},
    "startsAt": "2026-01-01T00:00:00Z",
    "endsAt": "0001-01-01T00:00:00Z",
    "fingerprint": "abc",
}


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("drill_pager", SOURCE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["drill_pager"] = module
    spec.loader.exec_module(module)
    return module


class Client:
    """Speaks to a pager on a port of its own."""

    def __init__(self, port: int) -> None:
        self.port = port

    def ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, Any]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, path, body)
        response = connection.getresponse()
        answer = response.status, json.loads(response.read())
        connection.close()
        return answer

    def post(self, *alerts: object) -> tuple[int, Any]:
        return self.ask("POST", "/alerts", json.dumps({"alerts": alerts}).encode())


@pytest.fixture
def pager() -> Iterator[Client]:
    server = load().Pager("127.0.0.1", 0, silence=0.2)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield Client(server.server_address[1])
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_page_keeps_what_alertmanager_said_and_when_it_arrived(pager: Client) -> None:
    """The stamp lies between the sending and the answer, on the clock of both."""
    before = time.monotonic_ns()
    assert pager.post(ALERT) == (200, {"taken": 1})
    after = time.monotonic_ns()
    _, answer = pager.ask("GET", "/alerts")
    (page,) = answer["records"]
    assert before <= page.pop("received_monotonic_ns") <= after
    assert page.pop("received_wall_ns") > 0
    assert page == {
        "seq": 1,
        "alertname": "ReplicaDown",
        "state": "firing",
        "labels": ALERT["labels"],
        "annotations": ALERT["annotations"],
        "starts_at": "2026-01-01T00:00:00Z",
        "ends_at": "0001-01-01T00:00:00Z",
        "fingerprint": "abc",
    }


def test_an_observer_asks_for_what_is_new(pager: Client) -> None:
    """Pages are numbered; `since` leaves out those already seen."""
    pager.post(ALERT, ALERT | {"status": "resolved"})
    _, first = pager.ask("GET", "/alerts?since=1")
    assert [page["state"] for page in first["records"]] == ["resolved"]
    assert first["last_seq"] == 2
    _, nothing = pager.ask("GET", "/alerts?since=2")
    assert (nothing["records"], nothing["last_seq"]) == ([], 2)


def test_an_observer_that_waits_is_answered_by_the_page(pager: Client) -> None:
    """A long poll ends with the page, long before its time is over."""
    answers: list[Any] = []
    waiting = threading.Thread(
        target=lambda: answers.append(pager.ask("GET", "/alerts?since=0&wait=10"))
    )
    waiting.start()
    pager.post(ALERT)
    waiting.join(timeout=9)
    assert not waiting.is_alive()
    assert answers[0][1]["last_seq"] == 1


def test_an_observer_that_waits_in_vain_waits_its_time(pager: Client) -> None:
    """No page, no answer before the wait is over: an observer need not ask in a loop."""
    asked = time.monotonic()
    _, answer = pager.ask("GET", "/alerts?since=0&wait=0.1")
    assert answer["records"] == []
    assert time.monotonic() - asked >= 0.1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b'{"alerts": 1}',
        b'{"alerts": [1]}',
        b'{"alerts": [{"status": "firing", "labels": {}}]}',
        b'{"alerts": [{"status": "odd", "labels": {"alertname": "A"}}]}',
        b'{"alerts": [{"status": "firing", "labels": {"alertname": 1}}]}',
        b"[" * 100_000,
    ],
)
def test_garbage_is_refused_and_stores_nothing(pager: Client, body: bytes) -> None:
    """A webhook that cannot be meant is a 400, and the pager lives on."""
    assert pager.ask("POST", "/alerts", body)[0] == 400
    assert pager.ask("GET", "/alerts")[1]["records"] == []


def test_one_bad_alert_refuses_its_whole_notification(pager: Client) -> None:
    """Half a notification would be a page nobody sent."""
    assert pager.post(ALERT, {"status": "firing"})[0] == 400
    assert pager.ask("GET", "/alerts")[1]["last_seq"] == 0


@pytest.mark.parametrize(
    "query", ["since=x", "since=-1", "wait=x", "wait=-1", "wait=11", "wait=nan"]
)
def test_a_question_that_cannot_be_meant_is_refused(pager: Client, query: str) -> None:
    """Numbers, from zero, and no wait beyond ten seconds."""
    assert pager.ask("GET", f"/alerts?{query}")[0] == 400


def test_the_clock_is_the_kernels_own(pager: Client) -> None:
    """An observer on the same host can compare stamps with its own."""
    before = time.monotonic_ns()
    _, clock = pager.ask("GET", "/clock")
    assert before <= clock["monotonic_ns"] <= time.monotonic_ns()


def test_a_sign_of_life_and_no_other_paths(pager: Client) -> None:
    """The health check asks for the one, a mistyped webhook finds the other."""
    assert pager.ask("GET", "/health") == (200, {"status": "ok", "heartbeat": False})
    assert pager.ask("GET", "/nothing")[0] == 404
    assert pager.ask("POST", "/nothing", b"{}")[0] == 404


def beat(pager: Client, status: str = "firing") -> int:
    return pager.ask("POST", "/heartbeat", json.dumps({"status": status}).encode())[0]


def test_heartbeats_that_stay_away_page_and_one_that_comes_again_resolves(pager: Client) -> None:
    """Once each; whoever never heard one pages nothing."""
    assert pager.ask("GET", "/alerts?since=0&wait=0.5")[1]["records"] == []
    assert beat(pager) == 200
    assert pager.ask("GET", "/health")[1]["heartbeat"] is True
    (page,) = pager.ask("GET", "/alerts?since=0&wait=10")[1]["records"]
    assert (page["alertname"], page["state"]) == ("MonitoringSilent", "firing")
    assert page["labels"]["severity"] == "P1"
    assert beat(pager, "resolved") == 200
    assert pager.ask("GET", "/alerts?since=1&wait=0.5")[1]["records"] == []
    beat(pager)
    first, *_ = pager.ask("GET", "/alerts?since=1&wait=10")[1]["records"]
    assert (first["alertname"], first["state"]) == ("MonitoringSilent", "resolved")


def test_a_heartbeat_that_is_none_is_refused(pager: Client) -> None:
    """And keeps nobody from hearing that there was none."""
    assert pager.ask("POST", "/heartbeat", b"{}")[0] == 400
    assert pager.ask("GET", "/alerts?since=0&wait=0.5")[1]["records"] == []


def test_what_people_are_told_is_shown_in_its_order(pager: Client) -> None:
    """As a chat would; what is no message is refused, and stored nowhere."""
    for number in (1, 2):
        body = {"title": f"DRILL {number}", "message": "It is down.", "type": "warning"}
        assert pager.ask("POST", "/messages", json.dumps(body).encode()) == (200, {"taken": 1})
    for text in ("[]", "{}", '{"title": "DRILL"}', '{"title": "", "message": "x"}', "{"):
        assert pager.ask("POST", "/messages", text.encode())[0] == 400
    status, said = pager.ask("GET", "/messages")
    assert status == 200
    assert [each["title"] for each in said["messages"]] == ["DRILL 1", "DRILL 2"]
    assert all(each["message"] == "It is down." for each in said["messages"])
    assert pager.ask("GET", "/alerts")[1]["records"] == []
