"""What is asked of the kernel's packet filter, nf_tables, and what it answers. Pure.

All that is dropped under one mark stands in a table of its own, one for IPv4 and one for IPv6.
Every rule of ours carries the mark, so that a table of the same name is not taken for one.
"""

from __future__ import annotations

import ipaddress
import os
import struct
from collections.abc import Collection, Iterator, Mapping, Sequence

from drills.errors import EngineError
from drills.stack.engines.errand import FIRST, Call, Gave, Room
from drills.stack.links import Drop, Way

_NETLINK, _RAW, _NETFILTER, _DO_NOT_WAIT = 16, 3, 12, 0x40
_HEAD = struct.Struct("<IHHII")  # of a message: length, type, flags, number, sender
_ATTRIBUTE = struct.Struct("<HH")
_ERROR, _DONE = 2, 3
_BEGIN, _END = 0x10, 0x11
_OF_TABLES = 10 << 8
_NEW_TABLE, _DELETE_TABLE, _NEW_CHAIN, _NEW_RULE, _GET_RULE = (
    _OF_TABLES | n for n in (0, 2, 3, 6, 7)
)
_REQUEST, _ACKNOWLEDGE, _DUMP, _EXCLUSIVE, _CREATE = 1, 4, 0x300, 0x200, 0x400
_PIECES, _PIECE = 12, 8192  # of an answer, and bytes of each

# By family: the address's length, and where it stands in a packet's header.
_LENGTH = {2: 4, 10: 16}
_AT = {(2, Way.INCOMING): 12, (2, Way.OUTGOING): 16, (10, Way.INCOMING): 8, (10, Way.OUTGOING): 24}
_HOOK = {Way.INCOMING: 1, Way.OUTGOING: 3}  # what comes in for the container, what it sends itself
_CHAIN = {Way.INCOMING: "input", Way.OUTGOING: "output"}

Attributes = Mapping[int, bytes]


def asked(*requests: bytes) -> list[Call]:
    """The calls that hand requests to the kernel, one by one, and take its whole answers."""
    calls = [Call("socket", (_NETLINK, _RAW, _NETFILTER))]
    for request in requests:
        calls.append(Call("sendto", (FIRST, request, len(request), 0, 0, 0)))
        calls += [Call("recvfrom", (FIRST, Room(_PIECE), _PIECE, _DO_NOT_WAIT, 0, 0))] * _PIECES
    return calls


def cutting(mark: str, addresses: Collection[str]) -> bytes:
    """The request to drop all that comes from these addresses or goes to them: all or nothing."""
    drops: dict[int, list[bytes]] = {}
    for address in addresses:
        packed = ipaddress.ip_address(address).packed
        drops.setdefault(2 if len(packed) == _LENGTH[2] else 10, []).append(packed)
    return _batch([one for family, some in drops.items() for one in _table(family, mark, some)])


def listing(mark: str) -> tuple[bytes, ...]:
    """The requests to tell all rules of the mark's tables."""
    return tuple(_message(_GET_RULE, _DUMP, each, {1: _name(mark)}, each) for each in _LENGTH)


def removing(mark: str, families: Collection[int]) -> bytes:
    """The request to remove the mark's tables of these families."""
    return _batch([(_DELETE_TABLE, 0, family, {1: _name(mark)}) for family in sorted(families)])


def done(gave: Sequence[Gave]) -> None:
    """Raise EngineError unless the kernel did all of a batch, with its reason."""
    acknowledged = 0
    for kind, body in _answers(gave):
        if kind == _ERROR:
            (code,) = struct.unpack_from("<i", body)
            if code:
                raise EngineError(f"the kernel's packet filter refuses: {os.strerror(-code)}")
            acknowledged += 1
    if not acknowledged:
        raise EngineError("the kernel's packet filter did not answer")


def listed(mark: str, gave: Sequence[Gave]) -> list[tuple[int, Drop]]:
    """The drops that carry the mark, each with its family.

    Raises EngineError where not all of them were told.
    """
    found, complete = [], 0
    for kind, body in _answers(gave):
        if kind == _ERROR:
            (code,) = struct.unpack_from("<i", body)
            raise EngineError(f"the kernel's packet filter is not told: {os.strerror(-code)}")
        complete += kind == _DONE
        if kind == _NEW_RULE:
            attributes = _attributes(body[4:])
            if attributes.get(7) == _comment(mark) and attributes[1] == _name(mark):
                found.append((body[0], _drop(attributes)))
    if complete < len(_LENGTH):
        raise EngineError("the kernel's packet filter did not tell all of its rules")
    return found


def _table(family: int, mark: str, addresses: Sequence[bytes]) -> Iterator[_Order]:
    yield _NEW_TABLE, _CREATE | _EXCLUSIVE, family, {1: _name(mark)}
    for way, chain in _CHAIN.items():
        hook = _attribute(1, _number(_HOOK[way])) + _attribute(2, _number(0))
        named = {1: _name(mark), 3: _zero(chain), 4: hook, 7: _zero("filter")}
        yield _NEW_CHAIN, _CREATE | _EXCLUSIVE, family, named
        for address in addresses:
            rule = {1: _name(mark), 2: _zero(chain), 4: _dropping(family, way, address)}
            yield _NEW_RULE, _CREATE, family, {**rule, 7: _comment(mark)}


_Order = tuple[int, int, int, Attributes]  # type, flags, family, attributes


def _dropping(family: int, way: Way, address: bytes) -> bytes:
    """Load the address from the packet's header, compare it, and drop what has it."""
    where = {1: 1, 2: 1, 3: _AT[family, way], 4: _LENGTH[family]}
    load = b"".join(_attribute(key, _number(value)) for key, value in where.items())
    same = (
        _attribute(1, _number(1)) + _attribute(2, _number(0)) + _nested(3, _attribute(1, address))
    )
    verdict = _nested(2, _nested(2, _attribute(1, _number(0))))
    drop = _attribute(1, _number(0)) + verdict
    return b"".join(
        _nested(1, _attribute(1, _zero(name)) + _nested(2, body))
        for name, body in (("payload", load), ("cmp", same), ("immediate", drop))
    )


def _drop(rule: Attributes) -> Drop:
    way = next((way for way, chain in _CHAIN.items() if _zero(chain) == rule[2]), Way.OUTGOING)
    for expression in _each(rule.get(4, b"")):
        attributes = _attributes(expression)
        if attributes.get(1) == b"cmp\0":
            value = _attributes(_attributes(attributes[2])[3])[1]
            return Drop(way, str(ipaddress.ip_address(value)))
    return Drop(way, "")


def _batch(orders: Sequence[_Order]) -> bytes:
    """Orders that are all carried out or none. What fails is told, in order, then the last one."""
    made = [
        _message(kind, flags | _ACKNOWLEDGE * (number == len(orders)), family, attributes, number)
        for number, (kind, flags, family, attributes) in enumerate(orders, 1)
    ]
    bounds = [_message(kind, 0, 0, {}, 0, of=10) for kind in (_BEGIN, _END)]
    return b"".join((bounds[0], *made, bounds[1]))


def _message(
    kind: int, flags: int, family: int, attributes: Attributes, number: int, of: int = 0
) -> bytes:
    body = struct.pack(">BBH", family, 0, of)
    for key, value in attributes.items():
        body += _nested(key, value) if key == 4 else _attribute(key, value)
    return _HEAD.pack(_HEAD.size + len(body), kind, flags | _REQUEST, number, 0) + body


def _attribute(key: int, value: bytes) -> bytes:
    return _ATTRIBUTE.pack(4 + len(value), key) + value + b"\0" * (-len(value) % 4)


def _nested(key: int, value: bytes) -> bytes:
    return _attribute(key | 0x8000, value)


def _number(value: int) -> bytes:
    return struct.pack(">I", value)


def _zero(text: str) -> bytes:
    return text.encode() + b"\0"


def _name(mark: str) -> bytes:
    return _zero(f"drill-{mark}")


def _comment(mark: str) -> bytes:
    """The mark as the nft command shows it, beside its rule."""
    text = _zero(f"drill {mark}"[:120])
    return bytes((0, len(text))) + text


def _answers(gave: Sequence[Gave]) -> Iterator[tuple[int, bytes]]:
    """The type and body of every message that the kernel answered with."""
    sent = [one.value for one in gave if not one.rooms]  # the socket among them
    if min(sent) < 0:
        raise EngineError(f"the kernel's packet filter cannot be asked: {os.strerror(-min(sent))}")
    for piece in (one for one in gave if one.rooms):
        at, end = 0, max(piece.value, 0)
        while at + _HEAD.size <= end:
            length, kind, *_ = _HEAD.unpack_from(piece.rooms[0], at)
            yield kind, piece.rooms[0][at + _HEAD.size : at + length]
            at += (max(length, _HEAD.size) + 3) & ~3


def _attributes(content: bytes) -> dict[int, bytes]:
    return dict(_pairs(content))


def _each(content: bytes) -> list[bytes]:
    return [value for _, value in _pairs(content)]


def _pairs(content: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(content):
        length, key = _ATTRIBUTE.unpack_from(content, at)
        yield key & 0x3FFF, content[at + 4 : at + length]
        at += (max(length, 4) + 3) & ~3
