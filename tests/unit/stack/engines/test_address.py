"""Where an engine is."""

from __future__ import annotations

import pytest

from drills.stack.engines.address import Address, is_local


@pytest.mark.parametrize(
    ("target", "local"),
    [
        ("unix:///var/run/docker.sock", True),
        ("http+unix:///run/user/1000/docker.sock", True),
        ("tcp://127.0.0.1:2375", True),
        ("tcp://localhost:2375", True),
        ("https://[::1]:2376", True),
        ("tcp://10.0.0.5:2375", False),
        ("tcp://localhost.example.org:2375", False),
        ("ssh://root@127.0.0.1", False),
        ("ssh://production", False),
    ],
)
def test_local_is_what_can_only_mean_this_host(target: str, local: bool) -> None:
    """A socket or the loopback; ssh leads anywhere, whatever its first hop is called."""
    assert is_local(target) is local


def test_a_text_stands_for_it_and_names_the_certificates() -> None:
    """What is kept for whoever heals holds a folder, and no key."""
    address = Address("tcp://10.0.0.5:2376", "/home/ann/.docker")
    assert Address.of(str(address)) == address
    assert str(address) == "tcp://10.0.0.5:2376#/home/ann/.docker"
    assert Address.of("unix:///run/its.sock") == Address("unix:///run/its.sock")
    assert str(Address("unix:///run/its.sock")) == "unix:///run/its.sock"


@pytest.mark.parametrize(
    ("address", "variables"),
    [
        (Address(), {"DOCKER_HOST": "unix:///var/run/docker.sock"}),
        (Address("http+unix:///run/d.sock"), {"DOCKER_HOST": "unix:///run/d.sock"}),
        (
            Address("https://10.0.0.5:2376", "/certs"),
            {
                "DOCKER_HOST": "tcp://10.0.0.5:2376",
                "DOCKER_TLS_VERIFY": "1",
                "DOCKER_CERT_PATH": "/certs",
            },
        ),
    ],
)
def test_the_docker_command_is_told_it_in_its_own_words(
    address: Address, variables: dict[str, str]
) -> None:
    """It knows no https, and no socket over http."""
    assert address.environment == variables
