"""A partition between real containers: what hangs, what goes on, and what its undo leaves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from functools import partial

import pytest

from drills.errors import EngineError, PlanError
from drills.faults import Partition
from drills.stack.abilities import Ability
from drills.stack.links import both_ways
from drills.stack.runtime import Container
from drills.wait import until
from tests.contract.faulted import PYTHON, Faulted

pytestmark = pytest.mark.engine

# Echoes whatever comes to port 7000, and keeps one connection to {peer}, told of on each answer.
SERVICE = """
import socket, sys, threading, time
def echo(one):
    while data := one.recv(9): one.sendall(data)
def serve():
    server = socket.create_server(("", 7000))
    while True: threading.Thread(target=echo, args=server.accept()[:1]).start()
threading.Thread(target=serve).start()
if len(sys.argv) > 1:
    while True:
        try: kept = socket.create_connection((sys.argv[1], 7000)); break
        except OSError: time.sleep(0.1)
    while True:
        kept.sendall(b"x"); print("broken" if not kept.recv(9) else "answered", flush=True)
        time.sleep(0.05)
"""
SERVE = ("python3", "-c", SERVICE)
ASK = """
import socket, sys
try: socket.create_connection((sys.argv[1], 7000), 1.5); print("reached")
except TimeoutError: print("silence")
except OSError as error: print(error)
"""


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faulted]:
    """A database, an app that keeps a connection to it, and a bystander, on one network."""
    services = ("app", "db", "alone", "on-host", "sidecar", "joined")
    with closing(Faulted(tmp_path_factory.mktemp("journal"), *services)) as network:
        made = network.network()
        up = partial(network.add, image=PYTHON, user="0", network=made)
        up("db", SERVE)
        up("bystander", SERVE)
        up("app", [*SERVE, "db"])
        yield network


def asked(network: Faulted, whom: str, by: Container) -> str:
    """What comes of a new connection."""
    return network.run(by, "python3", "-c", ASK, whom)


def answers(network: Faulted, container: Container) -> int:
    """How often the connection that it keeps was answered so far; it is never broken."""
    told = network.client.logs(container.id)
    assert b"broken" not in told
    assert b"Error" not in told
    return bytes(told).count(b"answered")


def linked(network: Faulted) -> tuple[Container, Container]:
    """The app, which uses its connection, and the database."""
    app, db = network.found("app"), network.found("db")
    before = answers(network, app)
    until(lambda: answers(network, app) > before + 3, awaited="the connection is in use", within=60)
    return app, db


@pytest.mark.parametrize(("service", "other"), [("app", "db"), ("db", "app")])
def test_what_goes_between_them_is_lost_and_all_else_arrives(
    network: Faulted, service: str, other: str
) -> None:
    """Whichever end it is cut at: an open connection hangs and goes on, a new one times out."""
    app, db = linked(network)
    bystander = network.found("bystander")
    network.inject(Partition(other), service)
    hung = answers(network, app)
    assert [asked(network, "db", app), asked(network, "app", db)] == ["silence"] * 2
    for each in (app, db):
        assert asked(network, "bystander", each) == "reached"
        assert asked(network, each.service, bystander) == "reached"
    assert answers(network, app) <= hung + 1  # one may have been under way
    network.effect()
    network.undo()
    assert asked(network, "db", app) == "reached"
    linked(network)
    assert network.helpers() == []


@pytest.mark.parametrize("how", ["restart", "stop", "pause"])
def test_a_target_that_ended_or_froze_meanwhile_is_whole(network: Faulted, how: str) -> None:
    """It has a new network after its end; a frozen one is mended while it is frozen."""
    app, _ = linked(network)
    injection = network.inject(Partition("db"), "app")
    if how == "pause":
        network.runtime.pause(app)
        assert len(network.runtime.links.dropped(app, injection)) == 2
    else:
        getattr(network.runtime, how)(app, 1)
        assert network.runtime.links.dropped(app, injection) == frozenset()
    network.undo()
    assert asked(network, "db", app) == "reached"


def test_two_on_one_link_are_taken_back_one_by_one(network: Faulted) -> None:
    """Each is proven by itself, and mending twice is no error."""
    app = network.found("app")
    links, addresses = network.runtime.links, ["192.0.2.1", "fd00::1"]
    for mark in ("one", "other"):
        links.cut(app, addresses, mark)
        assert links.dropped(app, mark) == both_ways(addresses)
    with pytest.raises(EngineError, match="File exists"):
        links.cut(app, addresses, "one")
    for _ in range(2):
        links.mend(app, "one")
        assert links.dropped(app, "one") == frozenset()
    assert links.dropped(app, "other") == both_ways(addresses)
    links.mend(app, "other")
    assert network.runtime.lacks(Ability.LINKS, app) == ""


@pytest.mark.parametrize("service", ["alone", "on-host", "sidecar", "joined"])
def test_a_network_that_is_not_its_own_is_never_touched(network: Faulted, service: str) -> None:
    """Not the host's, and none that somebody else is in."""
    bystander = network.found("bystander")
    modes = {"alone": "none", "on-host": "host", "sidecar": f"container:{bystander.id}"}
    if service == "joined":
        one = network.add(service, network=network.networks[0])
        other = network.add("beside", network=f"container:{one.id}")
    else:
        one = other = network.add(service, network=modes[service])
    before = network.intended()
    with pytest.raises(PlanError, match=r"expected (a network|it to have its network to itself)"):
        network.inject(Partition("db"), service)
    if service != "alone":
        with pytest.raises(EngineError, match="shares its network with"):
            network.runtime.links.cut(one, ["192.0.2.1"], "mark")
    assert network.intended() == before
    for each in {other.id: other, one.id: one}.values():
        network.remove(each)


def test_a_target_that_is_gone_took_it_along(network: Faulted) -> None:
    """There is nothing to mend."""
    app = network.add("joined", network=network.networks[0])
    network.inject(Partition("db"), "joined")
    network.remove(app)
    network.undo()
