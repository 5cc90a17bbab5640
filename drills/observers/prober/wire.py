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
    faults = {
        f"name {lane.name!r}: expected [a-z0-9-]+, and not {STALLS!r}": not _NAME.match(lane.name)
        or lane.name == STALLS,
        f"port {lane.port}": not 0 < lane.port < 65536,
        f"rate {lane.rate}: expected more than 0 and at most 10000 a second": not (
            0 < lane.rate <= 10_000
        ),
        f"rate {lane.rate}: over TLS at most {SECURED} a second": bool(
            lane.ca and lane.rate > SECURED
        ),
        f"timeout {lane.timeout}: expected seconds above 0": not _positive(lane.timeout),
        f"slow {lane.slow}: expected seconds above 0": not _positive(lane.slow),
        f"in_flight {lane.in_flight}: expected 1 to 512": not 1 <= lane.in_flight <= 512,
        f"limit {lane.limit}: expected 0 or more": lane.limit < 0,
        f"method {lane.method!r}": not re.match(r"[A-Z]+\Z", lane.method),
        f"path {lane.path!r}: expected / and then no blanks": lane.protocol == HTTP
        and not (lane.path.startswith("/") and _TARGET.match(lane.path)),
        f"server_name {lane.server_name!r}: expected the name that its certificate is for": bool(
            lane.ca and not _SERVER.match(lane.server_name)
        ),
        # Not shown: a header may hold a token.
        "headers: a name or value with a line break or beyond latin-1": not _sendable(lane.headers),
    }
    if flaws := [text for text, wrong in faults.items() if wrong]:
        raise PlanError(f"lane {lane.name!r} cannot be asked: {'; '.join(flaws)}")


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
