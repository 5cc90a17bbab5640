"""What customers do: a journey that could not be asked is none."""

from __future__ import annotations

from typing import Any

import pytest

from drills.errors import PlanError
from drills.journal.sample import Expect
from drills.stack.journey import Journey, named
from drills.stack.login import Login
from drills.stack.system import Endpoint

CUSTOMER = {"Authorization": "Bearer token"}
QUEUE = Endpoint("mq", 5672)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"path": ""}, "expected one of path, command, connect, ask, got none, or an empty one"),
        ({"rate": 0}, "rate: expected more than 0, found 0"),
        ({"rate": float("nan")}, "rate: expected more than 0, found nan"),
        ({"rate": 1001}, "rate: expected at most 1000, found 1001"),
        ({"timeout": float("inf")}, "timeout: expected a number that is not infinite, found inf"),
        ({"slow": -1}, "slow: expected more than 0, found -1"),
        ({"method": "put"}, "method: expected a text that matches"),
        ({"size": 2}, "size: expected at most 1, found 2"),
        ({"body": "{id"}, "body: expected JSON"),
        ({"body": "1", "form": {"a": "b"}}, "expected a body or a form, got both"),
        ({"fail_over_to": "primary"}, "fail_over_to: needs route"),
        ({"method": "HEAD", "expect": Expect(has=("a",))}, "a HEAD has no body: expected no has"),
        (
            {"forbidden": True},
            r"^expect.status: what is forbidden .*: a status such as .* got \[200\]",
        ),
        (
            {"forbidden": True, "service": "Reporting", "expect": Expect(status=(401,))},
            "is no customer's: expected no fail_over_to, service",
        ),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_journey_checks_itself(fields: dict[str, Any], told: str) -> None:
    """Whoever makes it: a manifest, a test, a team's own code."""
    with pytest.raises(ValueError, match=told):
        Journey(**{"path": "/", **fields})


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "expected one of path, command, connect, ask, got none"),
        ({"path": "/", "ask": "SELECT 1"}, "got path and ask"),
        ({"command": ("a",), "inside": "q", "method": "PUT"}, "with command has no method"),
        ({"command": ("a",), "inside": "q", "headers": {"a": "b"}}, "command has no headers"),
        ({"path": "/", "inside": "q", "send": "a"}, "with path has no in, send"),
        ({"command": ("a",)}, "in: expected the service in which the command is run"),
        ({"command": ("a",), "inside": "q", "rate": 6}, "rate: expected at most 5, found 6"),
        ({"command": ("a",), "inside": "q", "refuses": (0,)}, "refuses: 0 is success"),
        ({"ask": "SELECT 1", "rate": 21}, "rate: expected at most 20, found 21"),
        ({"ask": "SELECT '{id}'"}, "ask: a question writes nothing"),
        ({"ask": "SELECT 1", "expect": Expect(has=("a",))}, "expected no has"),
        ({"connect": QUEUE, "expect": Expect(status=(1,), rows=2)}, "expected no status, rows"),
        ({"connect": QUEUE, "send": "put {id}"}, "a write is acknowledged by an answer"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_journey_is_of_one_kind(fields: dict[str, Any], told: str) -> None:
    """With what that kind has, and nothing of another's."""
    with pytest.raises(ValueError, match=told):
        Journey(**fields)


def test_each_kind_has_its_pace() -> None:
    """A command costs the engine a tenth of a second, a question a connection of its own."""
    kinds = [
        Journey(path="/"),
        Journey(connect=QUEUE),
        Journey(command=("a",), inside="q"),
        Journey(ask="SELECT 1"),
    ]
    assert [each.rate for each in kinds] == [10, 10, 1, 1]
    assert [each.probed for each in kinds] == [True, True, False, False]
    assert not any(each.writes for each in kinds)
    assert Journey(command=("put", "--id={id}"), inside="q").writes


def test_a_connection_is_a_lane_without_a_path() -> None:
    """At its own service, over TLS where that has certificates; customers are not known there."""
    queue = Endpoint("mq", 5671, ca="/ca.pem")
    journey = Journey(connect=queue, send="PING", expect=Expect(contains="PONG"))
    lane = journey.lane("queue", ("h", 1), CUSTOMER, 2, entry=Endpoint("web", 443, ca="/other"))
    assert (lane.protocol, lane.path, lane.body, lane.headers) == ("tcp", "", "PING", {})
    assert (lane.ca, lane.server_name, lane.size) == ("/ca.pem", "mq", 0.0)


def test_a_journey_goes_over_tls_where_its_entry_does() -> None:
    """And proves the name that is said there; past it, what is said of where it goes."""
    entry = Endpoint("web", 443, ca="/ca.pem", server_name="shop.test")
    lane = Journey(path="/").lane("home", ("h", 1), {}, 1, entry=entry)
    assert (lane.ca, lane.server_name) == ("/ca.pem", "shop.test")
    past = Journey(path="/", at=Endpoint("app", 80)).lane("home", ("h", 1), {}, 1, entry=entry)
    assert (past.ca, past.server_name) == ("", "")


def test_all_that_is_wrong_with_a_journey_s_numbers_is_told_at_once() -> None:
    """By the names of its fields."""
    with pytest.raises(ValueError, match=r"rate: .*; timeout: .*; slow: ") as caught:
        Journey(path="/", rate=0, timeout=0, slow=0)
    assert str(caught.value).count("more than 0") == 3


def test_what_is_forbidden_goes_without_the_customers_token() -> None:
    """Whoever has it has a right."""
    journey = Journey(path="/", forbidden=True, expect=Expect(status=(401, 403)))
    assert journey.lane("no-token", ("localhost", 80), CUSTOMER, 1.0).headers == {}


def test_a_journey_is_known_by_its_name() -> None:
    """Or those that there are by theirs."""
    journeys = {"orders": Journey(path="/orders")}
    assert named(journeys, "orders").path == "/orders"
    with pytest.raises(PlanError, match=r"one of the journeys \(orders\), got 'exports'$"):
        named(journeys, "exports")
    with pytest.raises(PlanError, match=r"got 'oders'; did you mean 'orders'\?"):
        named(journeys, "oders")


def test_no_repr_shows_what_a_request_says() -> None:
    """A header, a body and a form may hold a secret."""
    journey = Journey(path="/", headers={"X-Key": "s3cret"}, form={"key": "s3cret"})
    login = Login(path="/", username="u", password="s3cret")
    assert "s3cret" not in f"{journey!r} {login!r}"


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"pattern": "("}, "pattern: expected a regular expression"),
        ({"rows": -1}, "rows: expected at least 0, found -1"),
        ({"rows_of": "items"}, "rows_of: needs rows"),
    ],
)
def test_what_is_expected_can_be_held_against_an_answer(fields: dict[str, Any], told: str) -> None:
    """Or nobody would ever be right."""
    with pytest.raises(ValueError, match=told):
        Expect(**fields)
