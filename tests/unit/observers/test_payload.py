"""What a webhook says, by the shape of its payload."""

from __future__ import annotations

import json

import pytest

from drills.observers.payload import ALERTMANAGER, Alert, Shape, Unfit, alerts_in

OURS = Shape(name="alert.name", state="alert.status", firing=("open",), resolved=("closed",))


def said(shape: Shape, document: object) -> list[tuple[str, str]]:
    return [(one.name, one.state) for one in alerts_in(shape, json.dumps(document).encode())]


def refused(shape: Shape, body: bytes) -> str:
    with pytest.raises(Unfit) as caught:
        alerts_in(shape, body)
    return str(caught.value)


def test_alertmanager_s_payload_has_a_list_of_alerts() -> None:
    """Each with its labels and since when it is so."""
    since = "2026-01-01T00:00:00Z"
    labels, why = {"alertname": "ReplicaDown", "severity": "P2"}, {"summary": "gone"}
    one = {"status": "firing", "labels": labels, "annotations": why, "startsAt": since}
    two = {"status": "resolved", "labels": {"alertname": "Other"}}
    body = json.dumps({"version": "4", "status": "firing", "alerts": [one, two]}).encode()
    assert alerts_in(ALERTMANAGER, body) == [
        Alert("ReplicaDown", "firing", labels, why, since),
        Alert("Other", "resolved", {"alertname": "Other"}),
    ]
    assert said(ALERTMANAGER, {"alerts": []}) == []


def test_any_payload_is_read_by_its_dotted_fields() -> None:
    """Its own words for what is wrong, and for what is over."""
    assert said(OURS, {"alert": {"name": "worker", "status": "open"}}) == [("worker", "firing")]
    assert said(OURS, {"alert": {"name": "worker", "status": "closed"}}) == [("worker", "resolved")]
    taken = {"alert": {"name": "worker", "status": "acknowledged"}}
    assert said(OURS, taken) == [("worker", "acknowledged")]


def test_numbers_and_truths_are_read_as_a_manifest_would_write_them() -> None:
    """No service has to say it in texts."""
    shape = Shape(name="id", state="down", firing=("true",), resolved=("false",))
    assert said(shape, {"id": 7, "down": True}) == [("7", "firing")]
    assert said(shape, {"id": 7, "down": False}) == [("7", "resolved")]


def test_a_payload_may_be_a_list_or_hold_one() -> None:
    """Of the same alerts."""
    alerts = [{"n": "a"}, {"n": "b"}]
    assert said(Shape(name="n"), alerts) == [("a", "firing"), ("b", "firing")]
    assert said(Shape(name="n", each="data.all"), {"data": {"all": alerts}})[1] == ("b", "firing")


def test_without_a_state_whatever_comes_is_firing() -> None:
    """Many hooks say only that something is wrong."""
    assert said(Shape(name="title"), {"title": "oh no"}) == [("oh no", "firing")]


@pytest.mark.parametrize(
    ("shape", "body", "why"),
    [
        (OURS, b"no json", "expected JSON, found 'no json'"),
        (OURS, b"", "expected JSON, found nothing"),
        (OURS, b"[7]", "expected an alert with alert.name, found 7"),
        (OURS, b'{"alerts": []}', "the alert's name under alert.name, found the keys alerts"),
        (OURS, b'{"alert": {"name": "x"}}', "the alert's state under alert.status"),
        (OURS, b'{"alert": {"name": ["x"], "status": "open"}}', "name under alert.name"),
        (ALERTMANAGER, b'{"alert": 1, "b": 2}', "a list under alerts, found the keys alert, b"),
        (ALERTMANAGER, b'{"alerts": [{"labels": {}}]}', "labels.alertname"),
        (ALERTMANAGER, b"[" * 100_000, "expected JSON"),
    ],
    ids=lambda value: value[:30] if isinstance(value, bytes) else "",
)
def test_what_is_not_of_the_shape_says_what_it_is(shape: Shape, body: bytes, why: str) -> None:
    """So that whoever wrote the shape sees what it has to be."""
    assert why in refused(shape, body)
