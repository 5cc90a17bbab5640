"""What the prober can be asked to ask."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from drills.errors import PlanError
from drills.journal.sample import Expect, Lane
from drills.observers.prober.wire import check_lane, lane_from_json, lane_to_json

LANE = Lane(
    "reads-1",
    "127.0.0.1",
    8000,
    "/api/{id}?limit=1",
    50.0,
    method="PUT",
    headers={"Authorization": "Bearer t0ken"},
    body='{"id": "{id}"}',
    expect=Expect((200, 201), {"node": "replica"}, ("items",), "#rows,", "a", "b+", 3, "c.d"),
    timeout=1.5,
    slow=0.5,
    in_flight=8,
    route="header:X-ERP-Route",
    limit=3,
    content=("7", None, "{id}"),
    size=0.25,
    ca="/certs/ca.pem",
    server_name="shop.test",
)
TALK = Lane("queue", "127.0.0.1", 6379, "", 5.0, body="PING\r\n", protocol="tcp")


def test_a_lane_survives_the_wire() -> None:
    """Every value arrives as it was sent."""
    for lane in (LANE, TALK):
        assert lane_from_json(json.loads(json.dumps(lane_to_json(lane)))) == lane
        check_lane(lane)


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"name": "../reads"},
        {"name": "Reads"},
        {"name": "reads.intents"},
        {"name": "reads\n"},
        {"name": "stalls"},
        {"port": 0},
        {"port": 65536},
        {"rate": 0.0},
        {"rate": float("nan")},
        {"rate": float("inf")},
        {"timeout": 0.0},
        {"timeout": float("inf")},
        {"slow": -1.0},
        {"in_flight": 0},
        {"in_flight": 2000},
        {"limit": -1},
        {"method": "get"},
        {"path": "api"},
        {"path": "/a b"},
        {"path": "/a\r\nX: y"},
        {"headers": {"A": "b\r\nC: d"}},
        {"headers": {"A": "\N{SNOWMAN}"}},
        {"rate": 201.0},
        {"server_name": ""},
        {"server_name": "a b"},
    ],
)
def test_a_lane_that_cannot_be_asked_is_refused(change: dict[str, object]) -> None:
    """Before anything is sent, naming the value: a name is a file's, a header is a line's."""
    with pytest.raises(PlanError, match=next(iter(change))):
        check_lane(replace(LANE, **change))  # type: ignore[arg-type] # wrong values on purpose


def test_a_refused_header_is_not_shown() -> None:
    """It may hold a token, and messages are kept."""
    with pytest.raises(PlanError) as caught:
        check_lane(replace(LANE, headers={"Authorization": "Bearer t0ken\n"}))
    assert "t0ken" not in str(caught.value)
