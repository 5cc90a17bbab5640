"""Judging a whole answer against what a right one looks like. Pure."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass

from drills.probe import Expect, Outcome
from drills.probes.http1 import Answer

_SHOWN = 60  # characters of an unexpected value that a sample keeps
_EMPTY: tuple[object, ...] = (None, "", [], {})


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an answer was worth: ``detail`` says what was wrong, ``route`` which side gave it."""

    outcome: Outcome
    detail: str
    route: str


def judge(expect: Expect, answer: Answer, route: str = "", subject: str = "") -> Judgement:
    """Judge a whole answer, whatever time it took.

    ``route`` is a JSON field or ``header:<Name>``, as in ``Lane.route``. In the values of
    ``expect.fields`` the text ``{id}`` stands for ``subject``, the write's own UUID.
    """
    wanted = bool(expect.fields or expect.has or (route and not route.startswith("header:")))
    document = _document(answer.body) if wanted or answer.status == 503 else {}
    outcome, detail = _outcome(expect, answer, document, subject)
    return Judgement(outcome, detail, _route(route, answer, document))


def _outcome(
    expect: Expect, answer: Answer, document: Mapping[str, object] | None, subject: str
) -> tuple[Outcome, str]:
    status = answer.status
    if status in expect.status:
        flaw = _flaw(expect, answer.body, document, subject)
        return (Outcome.WRONG, flaw) if flaw else (Outcome.OK, "")
    if 400 <= status < 500:
        return Outcome.REJECTED, f"status {status}"
    # Only a plain false is a promise that nothing was done; null or absence is not.
    if status == 503 and document is not None and document.get("committed") is False:
        return Outcome.REJECTED, "status 503, not committed"
    return Outcome.ERROR, f"status {status}"


def _flaw(expect: Expect, body: bytes, document: Mapping[str, object] | None, subject: str) -> str:
    if expect.fields or expect.has:
        if document is None:
            return "not a JSON object"
        if flaw := _field_flaw(expect, document, subject):
            return flaw
    return _trailer_flaw(expect.trailer, body) if expect.trailer else ""


def _field_flaw(expect: Expect, document: Mapping[str, object], subject: str) -> str:
    for name, template in expect.fields.items():
        wanted = template.replace("{id}", subject)
        if name not in document:
            return f"no field {name}"
        if (found := _text(document[name])) != wanted:
            return f"{name}: expected {wanted[:_SHOWN]}, got {found[:_SHOWN]}"
    for name in expect.has:
        if document.get(name) in _EMPTY:
            return f"no {name}"
    return ""


def _trailer_flaw(trailer: str, body: bytes) -> str:
    text = body.decode("utf-8", "replace").removesuffix("\n").removesuffix("\r")
    last = text.rpartition("\n")[2]
    if not last.startswith(trailer):
        return f"no closing line {trailer}<n>"
    claimed = last.removeprefix(trailer)
    rows = _lines(text) - 2  # the header and the trailer itself
    if not (claimed.isascii() and claimed.isdigit()) or rows < 0:
        return f"malformed closing line {last[:_SHOWN]}"
    return "" if int(claimed) == rows else f"{rows} rows, the closing line says {int(claimed)}"


def _lines(text: str) -> int:
    if '"' not in text:
        return text.count("\n") + 1
    # A quoted field may hold a line break; only then is the slower count needed.
    return sum(1 for _ in csv.reader(io.StringIO(text, newline="")))


def _document(body: bytes) -> Mapping[str, object] | None:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _route(route: str, answer: Answer, document: Mapping[str, object] | None) -> str:
    if not route:
        return ""
    if route.startswith("header:"):
        return answer.headers.get(route.removeprefix("header:").strip().lower(), "")
    value = document.get(route) if document is not None else None
    return "" if value is None else _text(value)


def _text(value: object) -> str:
    """A JSON value as an expectation writes it: strings bare, the rest as JSON."""
    return value if isinstance(value, str) else json.dumps(value)
