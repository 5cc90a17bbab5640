"""What a webhook says, by the shape of its payload: alerts by name, firing or resolved. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from drills.journal.rules import check, filled, some
from drills.journal.timeline import Json
from drills.stack.content import dig, plain

FIRING, RESOLVED = "firing", "resolved"
_NAMED = 8  # keys of a payload that an error names


class Unfit(Exception):
    """A payload that is not of the shape; the text says what was expected and found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Where a payload has what, each by a dotted name such as ``alert.name``.

    ``each`` is a list of alerts, "" where the payload is one alert itself, or a list of them. All
    other names are those of one alert: what it is called, its state (without one whatever comes is
    firing), its labels and annotations, and since when it is so. The state is one of ``firing``
    where something is wrong, and one of ``resolved`` where that is over; any other says neither.
    """

    name: str
    state: str = ""
    firing: tuple[str, ...] = (FIRING,)
    resolved: tuple[str, ...] = (RESOLVED,)
    each: str = ""
    labels: str = ""
    annotations: str = ""
    starts_at: str = ""

    def __post_init__(self) -> None:
        check(self, name=filled, firing=some)


ALERTMANAGER = Shape(
    each="alerts",
    name="labels.alertname",
    state="status",
    labels="labels",
    annotations="annotations",
    starts_at="startsAt",
)
KNOWN: Mapping[str, Shape] = {"alertmanager": ALERTMANAGER}  # shapes that have a name


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert of a payload; ``state`` is firing, resolved, or whatever else it says."""

    name: str
    state: str
    labels: Mapping[str, Json] = field(default_factory=dict)
    annotations: Mapping[str, Json] = field(default_factory=dict)
    starts_at: str = ""


def alerts_in(shape: Shape, body: bytes) -> list[Alert]:
    """The alerts of a payload, in its order. Raises Unfit where it has none of that shape."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unfit(f"expected JSON, found {_excerpt(body)}") from error
    return [_alert(shape, one) for one in _each(shape, document)]


def _each(shape: Shape, document: object) -> Iterator[Mapping[str, object]]:
    listed: object = document
    if shape.each:
        listed = dig(document, shape.each) if isinstance(document, Mapping) else None
        if not isinstance(listed, list):
            raise Unfit(f"expected a list under {shape.each}, found {_found(document)}")
    for one in listed if isinstance(listed, list) else [listed]:
        if not isinstance(one, Mapping):
            raise Unfit(f"expected an alert with {shape.name}, found {_found(one)}")
        yield one


def _alert(shape: Shape, one: Mapping[str, object]) -> Alert:
    name = _text(dig(one, shape.name))
    if not name:
        raise Unfit(f"expected the alert's name under {shape.name}, found {_found(one)}")
    return Alert(
        name,
        _state(shape, one),
        _by_name(one, shape.labels),
        _by_name(one, shape.annotations),
        _text(dig(one, shape.starts_at)) if shape.starts_at else "",
    )


def _state(shape: Shape, one: Mapping[str, object]) -> str:
    if not shape.state:
        return FIRING
    said = _text(dig(one, shape.state))
    if not said:
        raise Unfit(f"expected the alert's state under {shape.state}, found {_found(one)}")
    if said in shape.firing:
        return FIRING
    return RESOLVED if said in shape.resolved else said


def _text(value: object) -> str:
    """A value as a manifest would write it; "" for nothing, and for what holds others."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, Mapping | list):
        return ""
    return plain(value)


def _by_name(one: Mapping[str, object], dotted: str) -> Mapping[str, Json]:
    found = dig(one, dotted) if dotted else None
    if not isinstance(found, Mapping):
        return {}
    return {str(key): _text(value) for key, value in found.items()}


def _found(value: object) -> str:
    if isinstance(value, Mapping):
        names: Sequence[str] = list(map(str, value))
        rest = ", ..." if len(names) > _NAMED else ""
        return f"the keys {', '.join(names[:_NAMED])}{rest}" if names else "an empty table"
    return "a list" if isinstance(value, list) else f"{_text(value) or 'nothing'!s}"[:80]


def _excerpt(body: bytes) -> str:
    text = body[:60].decode("utf-8", "replace")
    return repr(text) if text else "nothing"
