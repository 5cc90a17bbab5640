"""A real port that another container has."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from drills.errors import EngineError, PlanError
from drills.faults import PortTaken
from drills.stack.runtime import Container
from tests.contract.faulted import Faulted

pytestmark = pytest.mark.engine


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Faulted]:
    """All of it is removed afterwards."""
    with closing(Faulted(tmp_path / "journal", "web")) as host:
        yield host


def published(host: Faulted, port: int) -> Container:
    """A service whose port 80 is at that port of the loopback, 0 for any."""
    bindings = {80: ("127.0.0.1", port or None)}
    return host.add("web", network="bridge", port_bindings=bindings, exposed=(80,))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_it_cannot_be_started_until_its_port_is_given_back(host: Faulted) -> None:
    """In the engine's own words; afterwards it is where it was."""
    port = free_port()
    web = published(host, port)
    host.inject(PortTaken(80), "web")
    with pytest.raises(EngineError, match="port is already allocated"):
        host.runtime.start(web)
    host.effect()
    host.undo()
    assert host.runtime.port("web", 80) == ("127.0.0.1", port)
    assert host.helpers() == []


def test_a_service_that_is_gone_leaves_no_helper(host: Faulted) -> None:
    """The port is free for whoever comes."""
    port = free_port()
    web = published(host, port)
    host.inject(PortTaken(80), "web")
    host.remove(web)
    host.undo()
    assert host.helpers() == []
    socket.create_server(("127.0.0.1", port)).close()


def test_one_that_the_engine_chooses_is_never_taken(host: Faulted) -> None:
    """As all are of a drill's own compose stack."""
    web = published(host, 0)
    with pytest.raises(PlanError, match="where the engine chooses a port at each start"):
        host.inject(PortTaken(80), "web")
    assert host.runtime.state(web).running
