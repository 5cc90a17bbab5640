"""What is said of an engine that is elsewhere, or of another make."""

from __future__ import annotations

import os

import pytest

from drills.cli.doctor.engine import kind, place
from drills.cli.doctor.finding import State
from drills.stack.engines.address import Address

OURS = os.uname().release
BY_TLS = Address("tcp://10.0.0.5:2376", "/certs")


def test_of_one_that_is_here_nothing_is_to_be_said() -> None:
    """Under the same kernel, whatever the container that we are in is called."""
    assert list(place(Address(), OURS, "a1b2c3")) == []


def test_a_socket_that_leads_to_another_kernel_is_told() -> None:
    """A virtual machine; or somebody's tunnel, behind which others' containers are."""
    (found,) = place(Address(), "6.0-other", "desktop")
    assert found.state is State.NOTE
    assert "leads to a machine of its own, desktop" in found.says


@pytest.mark.parametrize(
    ("address", "way"),
    [(BY_TLS, "reached at 10.0.0.5 and nowhere else"), (Address("ssh://10.0.0.5"), "by ssh")],
)
def test_another_machine_is_named_with_what_does_not_work_there(address: Address, way: str) -> None:
    """Where ports are reached, and that this machine's folders are not there."""
    (found,) = place(address, OURS, "there")
    assert found.state is State.NOTE
    assert "another machine, 10.0.0.5 (there)" in found.says
    assert way in found.says
    assert "files of this machine are not there" in found.says


def test_one_that_is_asked_in_the_open_is_told() -> None:
    """With both ways to do otherwise."""
    _, open_to_all = place(Address("tcp://10.0.0.5:2375"), OURS, "there")
    assert "without TLS" in open_to_all.says
    assert "DOCKER_TLS_VERIFY=1" in open_to_all.mend
    assert "ssh://" in open_to_all.mend


def test_podman_is_known_by_its_own_word() -> None:
    """And what it does not tell is said, for each thing that needs it."""
    docker = {"Components": [{"Name": "Engine"}, {"Name": "containerd"}]}
    assert list(kind(docker)) == list(kind({})) == []
    found = list(kind({"Components": [{"Name": "Podman Engine"}, {"Name": "Conmon"}]}))
    assert {each.state for each in found} == {State.NOTE}
    said = " ".join(each.says for each in found)
    for word in ("memory leak", "without its signal", "start_interval"):
        assert word in said
