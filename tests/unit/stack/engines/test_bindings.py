"""Where a published port is reached from here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from drills.errors import EngineError
from drills.stack.engines.address import Address
from drills.stack.engines.bindings import of_others, reached

THERE = Address("tcp://10.0.0.5:2376")
ANY = "0.0.0.0"  # noqa: S104 - the engine's words


def bound(*places: tuple[str, str]) -> list[Mapping[str, str]]:
    return [{"HostIp": host, "HostPort": port} for host, port in places]


@pytest.mark.parametrize(
    ("bindings", "address"),
    [
        ([("127.0.0.1", "80")], ("127.0.0.1", 80)),
        ([("::", "81"), (ANY, "80")], ("127.0.0.1", 80)),
        ([("::", "81")], ("::1", 81)),
        ([("", "82")], ("127.0.0.1", 82)),
    ],
)
def test_address_is_one_that_can_be_connected_to(
    bindings: Sequence[tuple[str, str]], address: tuple[str, int]
) -> None:
    """What is bound to any address is reached by the loopback, by IPv4 where there is a choice."""
    rows = bound(*bindings)
    assert reached(rows, Address()) == address


@pytest.mark.parametrize(
    ("places", "port"),
    [([(ANY, "80"), ("::", "80")], 80), ([("10.0.0.5", "81")], 81), ([("::", "82")], 82)],
)
def test_what_another_machine_publishes_is_reached_there(
    places: Sequence[tuple[str, str]], port: int
) -> None:
    """Under the very name by which the engine was named."""
    assert reached(bound(*places), THERE) == ("10.0.0.5", port)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "172.17.0.1", "192.168.7.7"])
def test_no_customer_asks_a_stranger(address: str) -> None:
    """That address may be another machine's here, or this one's own: it is not taken."""
    with pytest.raises(EngineError, match=r"Hint: publish it without an address, .*10\.0\.0\.5"):
        reached(bound((address, "80")), THERE)
    assert of_others(address, THERE)
    assert not of_others(address, Address())
    assert not of_others(address, Address("ssh://production"))


def test_a_name_that_leads_here_is_no_other_machine_s_address() -> None:
    """An engine that is called localhost by ssh only, and by nobody else."""
    assert not of_others(ANY, THERE)
    assert of_others("127.0.0.1", Address("tcp://localhost.localdomain:2376"))
