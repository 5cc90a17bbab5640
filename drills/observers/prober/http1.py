"""HTTP/1.1 as a client of one request needs it: a request as bytes, bytes as an answer.

No socket is touched here. The parser gives the same result however the bytes are split.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

BODY_LIMIT = 4 * 1024 * 1024
HEAD_LIMIT = 64 * 1024
_LINE_LIMIT = 1024  # a chunk's size with its extensions

_OPENING = b"HTTP/1."
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: [^\r\n]*)?\Z")
_FIELD = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([^\r\n]*?)[ \t]*\Z")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?\Z")


def render(
    method: str, path: str, authority: str, headers: Mapping[str, str], body: bytes
) -> bytes:
    """A whole request. ``authority`` is the ``host:port`` that the Host header names.

    A body without a Content-Type is JSON. The connection is left open: whoever closes it first
    keeps the port waiting, and that must not be the server (the client resets it instead).
    """
    named = {name.lower() for name in headers}
    lines = [f"{method} {path} HTTP/1.1"]
    if "host" not in named:
        lines.append(f"Host: {authority}")
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body and "content-type" not in named:
        lines.append("Content-Type: application/json")
    if body or method in {"POST", "PUT", "PATCH"}:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. The names of its ``headers`` are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Progress(Enum):
    """What is known of an answer after some of its bytes."""

    MORE = auto()
    WHOLE = auto()
    TRUNCATED = auto()
    MALFORMED = auto()
    TOO_LARGE = auto()


class AnswerParser:
    """Collects one answer. After anything but ``MORE`` it is done and ``why`` says what was wrong.

    ``status`` is 0 until a final status line has arrived. Bytes after the answer are ignored.
    """

    def __init__(self, method: str = "GET") -> None:
        self.status = 0
        self.why = ""
        self._headless = method == "HEAD"
        self._headers: dict[str, str] = {}
        self._buffer = bytearray()
        self._body = bytearray()
        self._left = 0
        self._step: Callable[[], Progress | None] = self._head

    @property
    def answer(self) -> Answer:
        """What was collected; an answer once the progress is ``WHOLE``."""
        return Answer(self.status, self._headers, bytes(self._body))

    def feed(self, data: bytes) -> Progress:
        """Take the bytes that arrived next."""
        self._buffer += data
        while (progress := self._step()) is None:
            pass
        return progress

    def eof(self) -> Progress:
        """The peer closed: the end of a body without a length, too early for any other."""
        if self._step == self._until_close:
            return Progress.WHOLE
        return self._fail(Progress.TRUNCATED, self._how_far())

    def _how_far(self) -> str:
        if self.status:
            return "closed amid the body"
        return "closed amid the head" if self._buffer else "closed without an answer"

    def _fail(self, progress: Progress, why: str) -> Progress:
        self.why = why
        return progress

    def _head(self) -> Progress | None:
        if self._buffer[: len(_OPENING)] != _OPENING[: len(self._buffer)]:
            return self._fail(Progress.MALFORMED, "not HTTP/1")
        end = self._buffer.find(b"\r\n\r\n")
        if end > HEAD_LIMIT or (end < 0 and len(self._buffer) > HEAD_LIMIT + 3):
            return self._fail(Progress.MALFORMED, f"a head of more than {HEAD_LIMIT} bytes")
        if end < 0:
            return Progress.MORE
        first, *fields = bytes(self._buffer[:end]).split(b"\r\n")
        del self._buffer[: end + 4]
        match = _STATUS_LINE.match(first)
        if match is None or not self._read_fields(fields):
            return self._fail(Progress.MALFORMED, "a malformed head")
        status = int(match.group(1))
        if 100 <= status < 200:
            self._headers = {}
            return None  # an interim answer; the real one follows
        self.status = status
        return self._framing()

    def _read_fields(self, fields: list[bytes]) -> bool:
        for line in fields:
            match = _FIELD.match(line)
            if match is None:
                return False
            name = match.group(1).decode("ascii").lower()
            value = match.group(2).decode("latin-1")
            known = self._headers.get(name)
            self._headers[name] = value if known is None else f"{known}, {value}"
        return True

    def _framing(self) -> Progress | None:
        if self._headless or self.status in {204, 304}:
            return Progress.WHOLE
        if (coding := self._headers.get("transfer-encoding")) is not None:
            if coding.lower() != "chunked":
                return self._fail(Progress.MALFORMED, f"transfer-encoding {coding[:40]}")
            self._step = self._chunk_size
            return None
        if (length := self._headers.get("content-length")) is None:
            self._step = self._until_close
            return None
        if not re.fullmatch("[0-9]{1,18}", length):
            return self._fail(Progress.MALFORMED, f"content-length {length[:40]}")
        self._left = int(length)
        self._step = self._sized
        return self._bounded(self._left)

    def _bounded(self, size: int) -> Progress | None:
        if size <= BODY_LIMIT:
            return None
        return self._fail(Progress.TOO_LARGE, f"a body of more than {BODY_LIMIT} bytes")

    def _sized(self) -> Progress | None:
        if len(self._buffer) < self._left:
            return Progress.MORE
        self._body = self._buffer[: self._left]
        return Progress.WHOLE

    def _until_close(self) -> Progress | None:
        self._body += self._buffer
        self._buffer.clear()
        return self._bounded(len(self._body)) or Progress.MORE

    def _line(self) -> bytes | Progress:
        end = self._buffer.find(b"\r\n")
        if end > _LINE_LIMIT or (end < 0 and len(self._buffer) > _LINE_LIMIT + 1):
            return self._fail(Progress.MALFORMED, "an overlong line between chunks")
        if end < 0:
            return Progress.MORE
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 2]
        return line

    def _chunk_size(self) -> Progress | None:
        line = self._line()
        if isinstance(line, Progress):
            return line
        match = _CHUNK.match(line)
        if match is None:
            return self._fail(Progress.MALFORMED, "a malformed chunk size")
        self._left = int(match.group(1), 16)
        self._step = self._chunk_data if self._left else self._trailers
        return self._bounded(len(self._body) + self._left)

    def _chunk_data(self) -> Progress | None:
        if len(self._buffer) < self._left + 2:
            return Progress.MORE
        if self._buffer[self._left : self._left + 2] != b"\r\n":
            return self._fail(Progress.MALFORMED, "a chunk longer than its size")
        self._body += self._buffer[: self._left]
        del self._buffer[: self._left + 2]
        self._step = self._chunk_size
        return None

    def _trailers(self) -> Progress | None:
        line = self._line()
        if isinstance(line, Progress):
            return line
        return None if line else Progress.WHOLE
