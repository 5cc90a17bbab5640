"""What customers do: a journey that could not be asked is none."""

from __future__ import annotations

from typing import Any

import pytest

from drills.errors import PlanError
from drills.journal.sample import Expect
from drills.stack.journey import Journey, Login, named


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"path": ""}, "path: expected a text that is not empty"),
        ({"rate": 0}, "rate: expected more than 0, found 0"),
        ({"rate": float("nan")}, "rate: expected more than 0, found nan"),
        ({"rate": 1001}, "rate: expected at most 1000, found 1001"),
        ({"timeout": float("inf")}, "timeout: expected a number that is not infinite, found inf"),
        ({"slow": -1}, "slow: expected more than 0, found -1"),
        ({"method": "put"}, "method: expected a text that matches"),
        ({"size": 2}, "size: expected at most 1, found 2"),
        ({"body": "{id"}, "body: expected JSON"),
        ({"body": "1", "form": {"a": "b"}}, "expected a body or a form, got both"),
        ({"fail_over_to": "primary"}, "fail_over_to needs route"),
        ({"method": "HEAD", "expect": Expect(has=("a",))}, "a HEAD has no body: expected no has"),
        ({"forbidden": True}, r"expects to be refused: expect.status such as .* got \[200\]"),
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


def test_all_that_is_wrong_with_a_journey_s_numbers_is_told_at_once() -> None:
    """By the names of its fields."""
    with pytest.raises(ValueError, match=r"rate: .*; timeout: .*; slow: ") as caught:
        Journey(path="/", rate=0, timeout=0, slow=0)
    assert str(caught.value).count("more than 0") == 3


def test_what_is_forbidden_goes_without_the_customers_token() -> None:
    """Whoever has it has a right."""
    journey = Journey(path="/", forbidden=True, expect=Expect(status=(401, 403)))
    assert journey.lane("no-token", ("localhost", 80), "token", 1.0).headers == {}


def test_a_login_says_in_one_way_who_comes() -> None:
    """A name and a password, or a body, or a form."""
    with pytest.raises(ValueError, match="expected username and password, or a body, or a form"):
        Login(path="/", username="u", form={"a": "b"})


def test_a_journey_is_known_by_its_name() -> None:
    """Or those that there are by theirs."""
    journeys = {"orders": Journey(path="/orders")}
    assert named(journeys, "orders").path == "/orders"
    with pytest.raises(PlanError, match=r"one of the journeys \['orders'\], got 'exports'"):
        named(journeys, "exports")


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
        ({"rows_of": "items"}, "rows_of needs rows"),
    ],
)
def test_what_is_expected_can_be_held_against_an_answer(fields: dict[str, Any], told: str) -> None:
    """Or nobody would ever be right."""
    with pytest.raises(ValueError, match=told):
        Expect(**fields)
