"""Messages as a receiver on the loopback gets them, and what is told of those it does not take."""

from __future__ import annotations

import json
import sys

import pytest

from drills.errors import PlanError
from drills.runbook.communication import Message
from drills.runbook.messages import poster, sender
from drills.stack.system import Question
from tests.doubles.scripted import Service, vanish

MESSAGE = Message("DRILL: it", "DRILL. This is an exercise.\nDRILL d1, message 1.")


def address(service: Service, path: str = "hook") -> str:
    host, port = service.address
    return f"json://{host}:{port}/{path}/"


def test_a_message_arrives_with_title_and_body(service: Service) -> None:
    """Once, with nothing of it changed."""
    service.on("/hook/", {})
    assert sender(address(service))(MESSAGE) == ""
    (body,) = map(json.loads, service.bodies)
    assert (body["title"], body["message"]) == (MESSAGE.title, MESSAGE.body)


def test_what_is_not_taken_is_told_without_the_address(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    """Any part of it may be a secret."""
    service.on("/a-secret-token/", (503, "no"))
    why = sender(address(service, "a-secret-token"))(MESSAGE)
    assert "503" in why
    assert "secret" not in why
    assert len(service.bodies) == 1
    assert caplog.text == ""


def test_a_service_of_the_stack_is_posted_to_where_it_is_now(service: Service) -> None:
    """A restart may publish it elsewhere; what is not taken says why."""
    service.on("/messages", {"taken": 1})
    service.on("/full", (507, "no"))
    asked: list[tuple[str, int]] = []

    def port(name: str, number: int) -> tuple[str, int]:
        asked.append((name, number))
        return service.address

    send = poster(Question("pager", 8080, "/messages", '"taken"'), port)
    assert asked == []
    assert send(MESSAGE) == ""
    assert asked == [("pager", 8080)]
    (body,) = map(json.loads, service.bodies)
    assert (body["title"], body["message"]) == (MESSAGE.title, MESSAGE.body)
    assert poster(Question("pager", 8080, "/full"), port)(MESSAGE) == "POST /full: 507"
    other = poster(Question("pager", 8080, "/messages", "read"), port)
    assert other(MESSAGE) == "its answer does not hold 'read'"


@pytest.mark.parametrize("url", ["nothing", "nosuch://place", "json://"])
def test_an_address_that_is_none_is_told_before_anything_is_sent(url: str) -> None:
    """And not shown."""
    with pytest.raises(PlanError, match="expected an address that apprise knows") as told:
        sender(url)
    assert "place" not in str(told.value)


def test_without_the_library_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an extra of this package."""
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(PlanError, match=r"pip install 'incident-drills\[notify\]'"):
        sender("json://127.0.0.1/")


def test_a_receiver_that_is_not_there_is_told_without_its_name(service: Service) -> None:
    """Apprise names the host, which may be what is secret."""
    vanish(service)
    why = sender(address(service))(MESSAGE)
    assert "Connection error" in why
    assert "127.0.0.1" not in why
