"""A plan tells what customers do and how they get in, and what of that should not be read."""

from __future__ import annotations

from typing import Any

import pytest

from drills.lifecycle.briefing import brief
from drills.lifecycle.customers import entering, workload
from tests.unit.lifecycle.test_dry_run import planned

LOGIN = {"path": "/login", "username": "u", "password": "p"}


@pytest.mark.parametrize(
    ("journey", "told"),
    [
        ({"path": "/"}, "more: 10 requests a second, all the time, part of steady state"),
        (
            {"command": ["a", "7"], "in": "app"},
            "more: 1 commands a second, all the time, part of steady state; a inside app, for 2 s",
        ),
        (
            {"connect": {"service": "app", "port": 1}, "expect": {"contains": "hi"}},
            "more: 10 connections a second, all the time, part of steady state",
        ),
        ({"ask": "SELECT 1"}, "more: 1 questions a second, all the time, part of steady state"),
    ],
)
def test_each_journey_is_told_in_its_own_words(journey: dict[str, Any], told: str) -> None:
    """What it is many of, and what it costs."""
    more = {**journey, "always": True}
    drill = planned(journeys={"more": more, "orders": {"path": "/orders"}})
    assert [line.removesuffix(" at most") for line in workload(drill.outline)] == [told]


def test_a_connection_that_awaits_no_answer_says_what_it_cannot_see() -> None:
    """A proxy takes it for whoever hangs behind it."""
    more = {"connect": {"service": "app", "port": 1}, "always": True}
    drill = planned(journeys={"more": more, "orders": {"path": "/orders"}})
    (line,) = workload(drill.outline)
    assert line.endswith("may hide that it hangs. Hint: send and expect")


@pytest.mark.parametrize(
    ("login", "told"),
    [
        (LOGIN, ["POST /login gives a token", "! login.password stands in the file"]),
        (LOGIN | {"drill_only": True}, ["POST /login gives a token"]),
        (LOGIN | {"password": "{env:SHOP_PASSWORD}"}, ["POST /login gives a token"]),
        (
            {"path": "/in", "form": {"user": "u", "password": "p"}, "cookie": "sid"},
            ["POST /in gives the cookie sid", "! login.form.password stands in the file"],
        ),
        (
            {"headers": {"X-Shop": "1", "X-Api-Key": "{env:SHOP_PASSWORD}"}},
            ["with each request the headers X-Shop, X-Api-Key"],
        ),
        (
            {"headers": {"Authorization": "Bearer t"}},
            [
                "with each request the headers Authorization",
                "! login.headers.Authorization stands in the file",
            ],
        ),
        (
            {"basic": True, "username": "u", "password": "{env:SHOP_PASSWORD}"},
            ["a name and a password with each request (basic)"],
        ),
        (None, []),
    ],
    ids=str,
)
def test_a_secret_in_the_file_is_told(
    monkeypatch: pytest.MonkeyPatch, login: Any, told: list[str]
) -> None:
    """Where it stands, and never what it is; one that is made for drills is none."""
    monkeypatch.setenv("SHOP_PASSWORD", "s3cret-of-the-shop")
    drill = planned(login=login)
    lines = [*entering(drill.outline)]
    assert len(lines) == len(told)
    assert all(line.startswith(start) for line, start in zip(lines, told, strict=True))
    assert "s3cret" not in brief(drill.outline)
