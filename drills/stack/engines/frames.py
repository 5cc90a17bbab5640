"""The frames in which an engine sends what a command without a terminal writes.

Each has a head of eight bytes: the stream (1: output, 2: errors), three zeros, the length.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

_HEAD = struct.Struct(">BxxxL")


_ERRORS = 2


def unframed(data: bytes) -> bytes:
    """What was written, on both streams, in the order in which it came."""
    return b"".join(written for _, written in _frames(data))


def parted(data: bytes) -> tuple[bytes, bytes]:
    """What was written as output, and what as errors."""
    frames = list(_frames(data))
    output = b"".join(written for stream, written in frames if stream != _ERRORS)
    return output, b"".join(written for stream, written in frames if stream == _ERRORS)


def _frames(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Each frame's stream and what was written; the last one may be cut off by the engine."""
    at = 0
    while at + _HEAD.size <= len(data):
        stream, length = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        yield stream, data[at : at + length]
        at += length
