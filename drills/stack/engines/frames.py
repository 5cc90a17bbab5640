"""The frames in which an engine sends what a command without a terminal writes.

Each has a head of eight bytes: the stream (1: output, 2: errors), three zeros, the length.
"""

from __future__ import annotations

import struct

_HEAD = struct.Struct(">BxxxL")


def unframed(data: bytes) -> bytes:
    """What was written, on both streams, in the order in which it came.

    The last frame may be cut off: the engine ends them with the command.
    """
    written, at = [], 0
    while at + _HEAD.size <= len(data):
        _, length = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        written.append(data[at : at + length])
        at += length
    return b"".join(written)
