"""A rule as nf_tables has it: a row of expressions that load, compare, and decide. Pure."""

from __future__ import annotations

import ipaddress
import struct

from drills.stack.engines.netlink import attribute, nested, number, text
from drills.stack.links import (
    MILLION,
    Limited,
    Lost,
    Queued,
    QueuedAnswers,
    Refused,
    Rule,
    Way,
)

IPV4, IPV6 = 2, 10  # the families
_AT = {(4, Way.INCOMING): 12, (4, Way.OUTGOING): 16, (6, Way.INCOMING): 8, (6, Way.OUTGOING): 24}
_NETWORK, _TRANSPORT = 1, 2  # headers of a packet
_EQUAL, _OTHER, _LESS = 0, 1, 2
_PROTOCOL, _CHANCE = 16, 24  # what is known of a packet: its transport's number; a random number
_DEVICE = {Way.INCOMING: 6, Way.OUTGOING: 7}  # the name of what it came by, or leaves by
_ITSELF = text("lo").ljust(16, b"\0")
_TCP, _RESET, _FLAGS_AT = 6, 4, 13
_UDP, _NAMES = 17, 53
_SCALE = 2**32
_SECOND = 1
_DROP = 0


def expressions(rule: Rule) -> bytes:
    """Those of the rule, in order; a packet that one does not match goes on to the next rule."""
    return variants(rule)[0]


def variants(rule: Rule) -> tuple[bytes, ...]:
    """The ways to say the same, of which not every kernel knows all."""
    match rule.fate:
        case Queued(queue=queue):
            own = _from_or_to(rule)
            return own + _queue(queue), own + _queue_of_old(queue)
        case QueuedAnswers(queue=queue):
            return _answers() + _queue(queue), _answers() + _queue_of_old(queue)
        case decided:
            return (_decided(_from_or_to(rule), decided),)


def _decided(own: bytes, fate: Lost | Refused | Limited) -> bytes:
    match fate:
        case Lost(per_million=share):
            return own + (_by_chance(share) if share < MILLION else b"") + _drop()
        case Refused():
            return own + _refused()
        case Limited(rate=rate, burst=burst):
            return own + _beyond(rate, burst) + _drop()


def _from_or_to(rule: Rule) -> bytes:
    network = ipaddress.ip_network(rule.address)
    if network.prefixlen == 0:
        return _known(_DEVICE[rule.way]) + _compare(_OTHER, _ITSELF)
    address = network.network_address
    at = _AT[address.version, rule.way]
    return _load(_NETWORK, at, len(address.packed)) + _compare(_EQUAL, address.packed)


def _expression(name: str, *body: bytes) -> bytes:
    return nested(1, attribute(1, text(name)) + nested(2, b"".join(body)))


def _load(header: int, at: int, length: int) -> bytes:
    """Take a part of a packet's header."""
    numbers = {1: 1, 2: header, 3: at, 4: length}
    return _expression(
        "payload", *(attribute(key, number(value)) for key, value in numbers.items())
    )


def _known(key: int) -> bytes:
    """Take what the kernel knows of the packet."""
    return _expression("meta", attribute(1, number(1)), attribute(2, number(key)))


def _compare(how: int, value: bytes) -> bytes:
    """Go on only where what was taken compares so with the value."""
    taken, kind = attribute(1, number(1)), attribute(2, number(how))
    return _expression("cmp", taken, kind, nested(3, attribute(1, value)))


def _masked(mask: int) -> bytes:
    """Keep some bits of the byte that was taken."""
    numbers = [attribute(key, number(1)) for key in (1, 2, 3)]  # from, to, and its length
    values = [nested(key, attribute(1, bytes((value,)))) for key, value in ((4, mask), (5, 0))]
    return _expression("bitwise", *numbers, *values)


def _drop() -> bytes:
    return _expression(
        "immediate",
        attribute(1, number(0)),
        nested(2, nested(2, attribute(1, number(_DROP)))),
    )


def _by_chance(per_million: int) -> bytes:
    """Go on only with so many of a million, as a random number says."""
    return _known(_CHANCE) + _compare(_LESS, number(per_million * _SCALE // MILLION))


def _refused() -> bytes:
    """What is TCP and no reset itself, for that one has to pass."""
    tcp = _known(_PROTOCOL) + _compare(_EQUAL, bytes((_TCP,)))
    flags = _load(_TRANSPORT, _FLAGS_AT, 1) + _masked(_RESET) + _compare(_EQUAL, b"\0")
    return tcp + flags + _expression("reject", attribute(1, number(1)))


def _beyond(rate: int, burst: int) -> bytes:
    """Go on only with what is more than so many bytes a second."""
    a_second = [
        attribute(key, struct.pack(">Q", value)) for key, value in ((1, rate), (2, _SECOND))
    ]
    rest = [attribute(key, number(value)) for key, value in ((3, burst), (4, 1), (5, 1))]
    return _expression("limit", *a_second, *rest)


def _answers() -> bytes:
    """Go on only with what comes by UDP from the port of name servers."""
    udp = _known(_PROTOCOL) + _compare(_EQUAL, bytes((_UDP,)))
    return udp + _load(_TRANSPORT, 0, 2) + _compare(_EQUAL, struct.pack(">H", _NAMES))


def _queue(number_of_it: int) -> bytes:
    """Hand it over; let it pass where nobody takes it."""
    numbers = ((1, number_of_it), (2, 1), (3, 1))  # the queue, how many of them, and that
    return _expression(
        "queue", *(attribute(key, struct.pack(">H", value)) for key, value in numbers)
    )


def _queue_of_old(number_of_it: int) -> bytes:
    """The same as iptables says it."""
    told = struct.pack("=HHHxx", number_of_it, 1, 1)
    return _expression(
        "target", attribute(1, text("NFQUEUE")), attribute(2, number(3)), attribute(3, told)
    )
