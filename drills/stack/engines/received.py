"""Where an inbox can stand in a stack, and whose names it must not take. Pure.

It takes the name of nothing that is the team's, and joins no network but one that the drill makes:
in any other one others would be answered by it, and pages that are meant for people would reach it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from drills.errors import near
from drills.stack.engines.composed import Composed, Service
from drills.stack.inbox import Reception

WHERE = "[monitoring.webhook]"


def standing(composed: Composed, reception: Reception) -> list[str]:
    """The networks in which it stands, by the compose file's names for them."""
    return [key for key in _attached(composed) if key in (reception.networks or _own(composed))]


def unreceived(composed: Composed, reception: Reception) -> Iterator[str]:
    """Everything that keeps an inbox from standing there, a line each."""
    yield from _of_networks(composed, reception)
    for name in reception.names:
        for service, each in composed.services.items():
            for taken in _taken(service, each, name):
                yield (
                    f"{WHERE} as: {name} is {taken} already, and the drill's receiver takes "
                    "no name of the team's. Hint: take that service out of the drill's compose "
                    "file, or name it as [monitoring] pager"
                )


def _of_networks(composed: Composed, reception: Reception) -> Iterator[str]:
    own, where = _own(composed), f"{WHERE} networks"
    for name in reception.networks:
        network = composed.networks.get(name)
        if network is None:
            known = ", ".join(own) or "none"
            yield (
                f"{where}: expected networks of {composed.file.name} ({known}), "
                f"got {name!r}{near(name, own)}"
            )
        elif network.external:
            yield (
                f"{where}: {name} is external, and the drill's receiver joins no network that the "
                "drill did not make: what others send to these names there would reach it"
            )
        elif name not in own:
            yield f"{where}: no service is in {name}, so nobody could notify the receiver there"
    if not own and not reception.networks:
        yield (
            f"{WHERE}: expected a network of {composed.file.name} in which the drill's receiver "
            "can stand, found none that the drill makes"
        )


def _attached(composed: Composed) -> Mapping[str, None]:
    """The networks that services are in, in the file's order."""
    return dict.fromkeys(key for each in composed.services.values() for key in each.networks)


def _own(composed: Composed) -> list[str]:
    """Those of them that the drill makes."""
    known = composed.networks
    return [key for key in _attached(composed) if key in known and not known[key].external]


def _taken(service: str, each: Service, name: str) -> Iterator[str]:
    """What of a service is called so, or keeps it from asking a name server for the name."""
    if name.lower() == service.lower():
        yield "a service"
    elif name.lower() == each.container_name.lower():
        yield f"the container of {service}"
    elif name.lower() in {a.lower() for at in each.networks.values() for a in at.aliases}:
        yield f"an alias of {service}"
    if name in {host for host, _ in _hosts(each.extra_hosts)}:
        yield f"under extra_hosts of {service}"


def _hosts(written: object) -> Iterator[tuple[str, str]]:
    """Compose writes a list of ``name=address`` or ``name:address``, or addresses by name."""
    if isinstance(written, Mapping):
        yield from ((str(name), str(address)) for name, address in written.items())
    elif isinstance(written, list | tuple):
        for one in map(str, written):
            name, _, address = one.partition("=" if "=" in one else ":")
            yield name, address
