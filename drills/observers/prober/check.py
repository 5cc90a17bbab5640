"""Judging a whole answer against what a right one looks like. Pure."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from drills.journal.sample import Expect, Outcome
from drills.observers.prober.http1 import Answer
from drills.stack.content import dig

_SHOWN = 60  # characters of an unexpected value that a sample keeps
_ROUTE = 256  # characters of a route
_SEARCHED = 64 * 1024  # characters that a pattern is searched in
_LOOKED_AT = 4096  # characters that are searched for secrets; there is no time for more
_SECRET = 2048  # characters of the longest secret that a cut might leave half of
_EMPTY: tuple[object, ...] = (None, "", [], {})


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an answer was worth: ``detail`` says what was wrong, ``route`` which side gave it."""

    outcome: Outcome
    detail: str
    route: str


def _as_it_is(text: str) -> str:
    return text


@dataclass(frozen=True, slots=True)
class Check:
    """What is held against each whole answer of a lane, whatever time it took.

    ``route`` is a JSON field or ``header:<Name>``, as in ``Lane.route``. ``redact`` is applied to
    every text of an answer that a judgement keeps.
    """

    expect: Expect
    route: str = ""
    redact: Callable[[str], str] = _as_it_is

    def __call__(self, answer: Answer, subject: str = "") -> Judgement:
        """Judge an answer.

        In the values of ``expect.fields`` the text ``{id}`` stands for ``subject``, the write's
        own UUID.
        """
        expect, route = self.expect, self.route
        of_json = bool(expect.fields or expect.has or expect.rows_of)
        wanted = of_json or bool(route and not route.startswith("header:"))
        document = _document(answer.body) if wanted or answer.status == 503 else {}
        outcome, detail = self._outcome(answer, document, subject)
        kept = self._kept(_route(route, answer, document), _ROUTE)
        return Judgement(outcome, detail, kept)

    def of_text(self, body: bytes, subject: str = "") -> Judgement:
        """Judge what was answered by whom one asks without HTTP: there is no status."""
        expect = self.expect
        of_json = bool(expect.fields or expect.has or expect.rows_of)
        flaw = self._flaw(body, _document(body) if of_json else {}, subject)
        if not flaw:
            return Judgement(Outcome.OK, "", "")
        said = " ".join(body.decode("utf-8", "replace").split())
        got = f", got {self._kept(said)}" if said else ", got nothing"
        return Judgement(Outcome.WRONG, flaw + got, "")

    def _outcome(
        self, answer: Answer, document: Mapping[str, object] | None, subject: str
    ) -> tuple[Outcome, str]:
        status = answer.status
        if status in self.expect.status:
            flaw = self._flaw(answer.body, document, subject)
            return (Outcome.WRONG, flaw) if flaw else (Outcome.OK, "")
        if 400 <= status < 500:
            return Outcome.REJECTED, f"status {status}"
        # Only a plain false is a promise that nothing was done; null or absence is not.
        if status == 503 and document is not None and document.get("committed") is False:
            return Outcome.REJECTED, "status 503, not committed"
        if status < 400:  # right for somebody, so it may be the expectation that is wrong
            wanted = " or ".join(map(str, self.expect.status))
            return (
                Outcome.ERROR,
                f"status {status}, expected {wanted} by its journey's expect.status",
            )
        return Outcome.ERROR, f"status {status}"

    def _flaw(self, body: bytes, document: Mapping[str, object] | None, subject: str) -> str:
        expect = self.expect
        if expect.fields or expect.has or expect.rows_of:
            if document is None:
                return "not a JSON object"
            if flaw := self._field_flaw(document, subject):
                return flaw
        return (
            (expect.trailer and self._trailer_flaw(body))
            or self._text_flaw(body)
            or (self._rows_flaw(body, document) if expect.rows else "")
        )

    def _text_flaw(self, body: bytes) -> str:
        contains, pattern = self.expect.contains, self.expect.pattern
        if contains and contains.encode() not in body:
            return f"does not contain {self._kept(contains)}"
        if pattern and not re.search(pattern, body.decode("utf-8", "replace")[:_SEARCHED]):
            return f"does not match {self._kept(pattern)}"
        return ""

    def _rows_flaw(self, body: bytes, document: Mapping[str, object] | None) -> str:
        expect = self.expect
        if expect.rows_of:
            found = dig(document or {}, expect.rows_of)
            if not isinstance(found, list):
                return f"no list {expect.rows_of}"
            rows = len(found)
        else:
            rows = _rows(body, bool(expect.trailer))
        return f"{rows} rows, expected at least {expect.rows}" if rows < expect.rows else ""

    def _field_flaw(self, document: Mapping[str, object], subject: str) -> str:
        for name, template in self.expect.fields.items():
            wanted = template.replace("{id}", subject)
            if name not in document:
                return f"no field {name}"
            if (found := _text(document[name])) != wanted:
                return f"{name}: expected {self._kept(wanted)}, got {self._kept(found)}"
        for name in self.expect.has:
            if document.get(name) in _EMPTY:
                return f"no {name}"
        return ""

    def _trailer_flaw(self, body: bytes) -> str:
        trailer = self.expect.trailer
        text = body.decode("utf-8", "replace").removesuffix("\n").removesuffix("\r")
        last = text.rpartition("\n")[2]
        if not last.startswith(trailer):
            return f"no closing line {trailer}<n>"
        claimed = last.removeprefix(trailer)
        rows = _lines(text) - 2  # the header and the trailer itself
        if not (claimed.isascii() and claimed.isdigit()) or rows < 0:
            return f"malformed closing line {self._kept(last)}"
        return "" if int(claimed) == rows else f"{rows} rows, the closing line says {int(claimed)}"

    def _kept(self, text: str, longest: int = _SHOWN) -> str:
        """As much of a text as a sample keeps, without secrets."""
        if not text:
            return ""
        kept = self.redact(text[:_LOOKED_AT])
        halved = _SECRET if len(text) > _LOOKED_AT else 0
        return kept[: min(longest, max(0, len(kept) - halved))]


def _rows(body: bytes, closed: bool) -> int:
    """The rows of a body: of a JSON list, between header and trailer, or lines with something."""
    text = body.decode("utf-8", "replace")
    if closed:
        return _lines(text.removesuffix("\n").removesuffix("\r")) - 2
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        document = None
    if isinstance(document, list):
        return len(document)
    return sum(1 for line in text.splitlines() if line.strip())


def _lines(text: str) -> int:
    if '"' not in text:
        return text.count("\n") + 1
    # A quoted field may hold a line break; only then is the slower count needed.
    return sum(1 for _ in csv.reader(io.StringIO(text, newline="")))


def _document(body: bytes) -> Mapping[str, object] | None:
    try:
        document = _read(body)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _read(body: bytes) -> object:
    """The body's JSON, which older services write in Latin-1."""
    try:
        return json.loads(body)
    except UnicodeDecodeError:
        return json.loads(body.decode("latin-1"))


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
