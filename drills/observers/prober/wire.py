"""What the drill and the prober say to each other: JSON lines over stdin and stdout."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from drills.errors import PlanError
from drills.journal.observed import STALLS
from drills.journal.sample import HTTP, Expect, Lane

_NAME = re.compile(r"[a-z0-9-]+\Z")
_LINE_BREAK = re.compile(r"[\r\n\0]")
_TARGET = re.compile(r"[!-~]+\Z")
SECURED = 200  # handshakes a second, each of which takes the prober 1 to 2 ms
_SERVER = re.compile(r"[A-Za-z0-9._:-]+\Z")


def check_lane(lane: Lane) -> None:
    """Raises PlanError, saying which value, when the lane cannot be asked as it is."""
    if flaws := flaws_of(lane):
        told = "; ".join(f"{name}: {text}" for name, text in flaws)
        raise PlanError(f"lane {lane.name!r} cannot be asked: {told}")


def flaws_of(lane: Lane) -> list[tuple[str, str]]:
    """Each value of a lane by which it cannot be asked, and what was expected in its place."""
    some = "seconds above 0"
    named = bool(_NAME.match(lane.name)) and lane.name != STALLS
    target = lane.path.startswith("/") and bool(_TARGET.match(lane.path))
    fits = {
        ("name", f"[a-z0-9-]+, and not {STALLS!r}"): named,
        ("port", "more than 0 and less than 65536"): 0 < lane.port < 65536,
        ("rate", "more than 0 and at most 10000 a second"): 0 < lane.rate <= 10_000,
        ("rate", f"over TLS at most {SECURED} a second"): not lane.ca or lane.rate <= SECURED,
        ("timeout", some): _positive(lane.timeout),
        ("slow", some): _positive(lane.slow),
        ("in_flight", "1 to 512"): 1 <= lane.in_flight <= 512,
        ("limit", "0 or more"): lane.limit >= 0,
        ("method", "capital letters"): bool(re.match(r"[A-Z]+\Z", lane.method)),
        ("path", "/ and then no blanks"): lane.protocol != HTTP or target,
        ("server_name", "the name that its certificate is for"): not lane.ca
        or bool(_SERVER.match(lane.server_name)),
    }
    flaws = [
        (name, f"expected {expected}, found {getattr(lane, name)!r}")
        for (name, expected), fit in fits.items()
        if not fit
    ]
    if not _sendable(lane.headers):  # not shown: a header may hold a token
        flaws.append(("headers", "expected names and values in latin-1, without a line break"))
    return flaws


def _positive(seconds: float) -> bool:
    return math.isfinite(seconds) and seconds > 0


def _sendable(headers: Mapping[str, str]) -> bool:
    return not any(
        _LINE_BREAK.search(text) or any(ord(letter) > 255 for letter in text)
        for pair in headers.items()
        for text in pair
    )


def lane_to_json(lane: Lane) -> dict[str, Any]:
    """A lane as it stands in a ``start`` command."""
    document: dict[str, Any] = {name: getattr(lane, name) for name in Lane.__slots__}
    expect = {name: getattr(lane.expect, name) for name in Expect.__slots__}
    expect["fields"] = dict(lane.expect.fields)
    content = list(lane.content)
    return document | {"headers": dict(lane.headers), "expect": expect, "content": content}


def lane_from_json(document: Mapping[str, Any]) -> Lane:
    """The inverse of ``lane_to_json``. Raises KeyError or TypeError on anything else."""
    expect = dict(document["expect"])
    expect["status"] = tuple(expect["status"])
    expect["has"] = tuple(expect["has"])
    content = tuple(document["content"])
    return Lane(**{**document, "expect": Expect(**expect), "content": content})
