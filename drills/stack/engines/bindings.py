"""Where a port that an engine published is reached from this machine."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Mapping, Sequence
from contextlib import suppress

from drills.errors import EngineError
from drills.stack.engines.address import Address
from drills.stack.engines.tunnel import Tunnel

ANY = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - how an engine says it
_LOOPBACK = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}  # noqa: S104


def reached(
    bindings: Sequence[Mapping[str, str]], engine: Address, tunnel: Tunnel | None = None
) -> tuple[str, int]:
    """The IPv4 binding where there is one; "any address" is reached by the engine's host.

    An engine of this host is reached by the loopback, one by ssh through the ``tunnel``. Raises
    EngineError where the port is bound at an address of another machine that is not known to be
    its: the same address may be another's here, and no customer of a drill asks a stranger.
    """
    ordered = sorted(bindings, key=lambda one: ":" in one["HostIp"])
    places = [(one["HostIp"], int(one["HostPort"])) for one in ordered]
    if not engine.remote or tunnel is not None:
        host, port = places[0]
        host = _LOOPBACK.get(host, host)
        return tunnel.port(host, port) if tunnel is not None else (host, port)
    own = _addresses(engine.host)
    for host, port in places:
        if host in ANY or host in own:
            return engine.host, port
    bound = ", ".join(f"{host}:{port}" for host, port in places)
    raise EngineError(unreached(bound, engine))


def unreached(bound: str, engine: Address) -> str:
    """That a port which is published there is not reached from here, and what helps."""
    return (
        f"{bound} is an address of the engine's machine alone, which is not reached from here. "
        f"Hint: publish it without an address, or at one of {engine.host}; or name the engine by "
        "ssh://, which reaches there"
    )


def of_others(address: str, engine: Address) -> bool:
    """Whether a port that is to be published at this address would not be reached from here."""
    if not engine.remote or engine.by_ssh or address in ANY:
        return False
    return address not in _addresses(engine.host)


def _addresses(host: str) -> set[str]:
    """Those of the engine's machine that are known, none of a loopback."""
    found = {host}
    with suppress(OSError):
        found = {str(each[4][0]) for each in socket.getaddrinfo(host, None)}
    return {each for each in found if not _is_loopback(each)}


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
