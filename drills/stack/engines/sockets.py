"""What is asked of the kernel about the TCP connections of a container, and what it answers. Pure.

They are listed, and ended by their own numbers: the other end is told by a reset.
"""

from __future__ import annotations

import errno
import ipaddress
import os
import struct
from collections.abc import Collection, Sequence

from drills.errors import EngineError
from drills.stack.engines import netlink
from drills.stack.engines.errand import Call, Gave

_SOCKETS = 4
_BY_FAMILY, _DESTROY = 20, 21
_TCP = 6
_OPEN = 1 << 1 | 1 << 8  # established, or closed by the other end only
_FAMILIES = {2: 4, 10: 16}  # each with the length of its addresses
_ASKED = struct.Struct("<BBBBI")  # family, protocol, more to tell, unused, states
_SOCKET = 48  # bytes that name one: ports, addresses, device, the kernel's own number of it
_HEAD, _REMOTE = 4, 20  # where that begins in an answer, and the other end's address in it
_WHOM = "the kernel's list of connections"
_NOBODY = _ASKED.pack(2, _TCP, 0, 0, 0) + b"\xff" * _SOCKET

Socket = tuple[int, bytes]  # family, and what names it


def listing() -> list[Call]:
    """The calls that ask for all open connections."""
    requests = [
        netlink.message(
            _BY_FAMILY, netlink.DUMP, _ASKED.pack(family, _TCP, 0, 0, _OPEN) + b"\0" * _SOCKET
        )
        for family in _FAMILIES
    ]
    return netlink.asked(_SOCKETS, *requests)


def listed(gave: Sequence[Gave], addresses: Collection[str]) -> frozenset[Socket]:
    """Those with one of these addresses at the other end.

    Raises EngineError where not all connections were told.
    """
    wanted = {ipaddress.ip_address(address) for address in addresses}
    found, complete = set(), 0
    for kind, body in netlink.answers(_WHOM, gave):
        if kind == netlink.ERROR:
            raise EngineError(f"{_WHOM} is not told: {netlink.refusal(body)}")
        complete += kind == netlink.DONE
        if kind == _BY_FAMILY:
            family, name = body[0], body[_HEAD : _HEAD + _SOCKET]
            if _address(name[_REMOTE : _REMOTE + _FAMILIES[family]]) in wanted:
                found.add((family, name))
    if complete < len(_FAMILIES):
        raise EngineError(f"{_WHOM} was not told whole: there are too many")
    return frozenset(found)


def ending(sockets: Collection[Socket]) -> list[Call]:
    """The calls that end these; whichever is gone already is no matter."""
    requests = [
        netlink.message(_DESTROY, 0, _ASKED.pack(family, _TCP, 0, 0, 0) + name)
        for family, name in sorted(sockets)
    ]
    return netlink.asked(_SOCKETS, b"".join(requests))


def ended(gave: Sequence[Gave]) -> None:
    """Raise EngineError where the kernel refused, for another reason than that one was gone."""
    for kind, body in netlink.answers(_WHOM, gave):
        if kind == netlink.ERROR and (refusal := netlink.refusal(body)) not in ("", _GONE):
            raise EngineError(f"the kernel ends no connections: {refusal}")


def trying() -> list[Call]:
    """The calls that end a connection which nobody has."""
    return netlink.asked(_SOCKETS, netlink.message(_DESTROY, netlink.ACKNOWLEDGE, _NOBODY))


_GONE = os.strerror(errno.ENOENT)


def _address(packed: bytes) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """An IPv4 address may be written as one of IPv6."""
    address = ipaddress.ip_address(packed)
    return getattr(address, "ipv4_mapped", None) or address
