"""Changes what name servers answer about one name: the queue's number, the name, what, and seconds.

``what`` is "silent" (the answer is lost), "unknown" (there is no such name), or an IPv4 address.
"""

from __future__ import annotations

import ipaddress
import struct
import sys
import time
from collections.abc import Callable

from drills.stack.engines.aboard.packets import READY, Queue

SILENT, UNKNOWN = "silent", "unknown"
PATIENCE = 1.0  # seconds for which it waits for a packet before it looks at the clock
_UDP_HEAD, _DNS_HEAD, _IPV6_HEAD = 8, 12, 40
_ADDRESS, _INTERNET = 1, 1  # a question's type and class
_NO_SUCH_NAME = 3
_ANSWER, _COPIED = (
    0x8080,
    0x0100,
)  # an answer, where recursion is to be had; what it keeps of asking
_TIME_TO_LIVE = 1  # seconds for which the wrong address may be kept


def changed(content: bytes, name: str, what: str) -> bytes | None:
    """The packet instead of this one: "" for none at all, None for this one as it is."""
    version = content[0] >> 4
    head = (content[0] & 15) * 4 if version == 4 else _IPV6_HEAD
    asked = content[head + _UDP_HEAD :]
    question = _question(asked)
    if question is None or question[0].lower() != name.lower().rstrip("."):
        return None
    if what == SILENT:
        return b""
    _, kind, end = question
    records = b""
    if what != UNKNOWN and kind == _ADDRESS:
        address = ipaddress.IPv4Address(what).packed
        records = struct.pack(">HHHIH", 0xC000 | _DNS_HEAD, _ADDRESS, _INTERNET, _TIME_TO_LIVE, 4)
        records += address
    (flags,) = struct.unpack_from(">H", asked, 2)
    kept = _ANSWER | flags & _COPIED | (_NO_SUCH_NAME if what == UNKNOWN else 0)
    counts = struct.pack(">HHHHH", kept, 1, bool(records), 0, 0)
    answer = asked[:2] + counts + asked[_DNS_HEAD:end] + records
    return _packet(content[:head], content[head : head + 4], answer)


def _question(asked: bytes) -> tuple[str, int, int] | None:
    """Name and type of the one question, and where it ends; None where that is not one."""
    labels, at = [], _DNS_HEAD
    try:
        if struct.unpack_from(">H", asked, 4)[0] != 1:
            return None
        while length := asked[at]:
            labels.append(asked[at + 1 : at + 1 + length].decode("ascii"))
            at += length + 1
        (kind,) = struct.unpack_from(">H", asked, at + 1)
    except (IndexError, UnicodeDecodeError, struct.error):
        return None
    return ".".join(labels), kind, at + 5


def _packet(head: bytes, ports: bytes, answer: bytes) -> bytes:
    """With lengths and sums that fit it."""
    length = _UDP_HEAD + len(answer)
    if head[0] >> 4 != 4:
        head = head[:4] + struct.pack(">H", length) + head[6:]
        datagram = ports + struct.pack(">HH", length, 0) + answer
        pseudo = head[8:40] + struct.pack(">IHBB", length, 0, 0, 17)
        checked = _sum(pseudo + datagram) or 0xFFFF
        return head + ports + struct.pack(">HH", length, checked) + answer
    head = head[:2] + struct.pack(">H", len(head) + length) + head[4:10] + b"\0\0" + head[12:]
    head = head[:10] + struct.pack(">H", _sum(head)) + head[12:]
    return head + ports + struct.pack(">HH", length, 0) + answer  # 0: it is not checked


def _sum(content: bytes) -> int:
    padded = content + b"\0" * (len(content) % 2)
    total: int = sum(struct.unpack(f">{len(padded) // 2}H", padded))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def answer(
    queue: Queue,
    name: str,
    what: str,
    time_to_live: float,
    now: Callable[[], float] = time.monotonic,
) -> None:
    """Change what is answered about that name, and let all else pass as it is."""
    ends = now() + time_to_live
    while now() < ends:
        for packet in queue.packets(min(ends - now(), PATIENCE)):
            instead = changed(packet.content, name, what)
            if instead == b"":
                queue.drop(packet)
            else:
                queue.let_pass(packet, instead)


if __name__ == "__main__":
    queue = Queue(int(sys.argv[1]), contents=True)
    print(READY, flush=True)
    answer(queue, sys.argv[2], sys.argv[3], float(sys.argv[4]))
