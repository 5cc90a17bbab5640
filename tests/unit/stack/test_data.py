"""The databases that keep the data: their addresses, their passwords, their roles."""

from __future__ import annotations

import pytest

from drills.errors import PlanError
from drills.stack.data import Data, Node


@pytest.mark.parametrize(
    ("dsn", "host", "expected"),
    [
        ("postgresql://u:p@{host}:{port}/d", "127.0.0.1", "postgresql://u:p@127.0.0.1:5432/d"),
        ("postgresql://u:p{a}}b{@{host}:{port}/d", "h", "postgresql://u:p{a}}b{@h:5432/d"),
        ("postgresql://u:{port}@{host}:{port}/d", "h", "postgresql://u:{port}@h:5432/d"),
        ("postgresql://u:p@{host}:{port}/d", "::1", "postgresql://u:p@[::1]:5432/d"),
        ("host={host} port={port} password=a@{0}", "::1", "host=::1 port=5432 password=a@{0}"),
    ],
)
def test_only_host_and_port_are_filled_in(dsn: str, host: str, expected: str) -> None:
    """A password may hold braces, and stays what it is; an address of IPv6 is bracketed in URLs."""
    assert Node(service="db", dsn=dsn, role="primary").at(host, 5432) == expected


PRIMARY = Node(service="db", dsn="postgresql://", role="primary")
REPLICA = Node(service="spare", dsn="postgresql://", role="replica")


def test_nodes_are_known_by_their_role() -> None:
    """Who must hold everything, and who follows; of a role that none has, that is said."""
    data = Data(writes="orders", final_read="SELECT 1", nodes={"a": REPLICA, "b": PRIMARY})
    assert (data.primary, data.replicas, data.node("replica")) == ("b", ["a"], ("a", REPLICA))
    alone = Data(writes="orders", final_read="SELECT 1", nodes={"b": PRIMARY})
    with pytest.raises(PlanError, match="role = 'replica'"):
        alone.node("replica")


def test_nobody_s_writes_are_kept_nowhere() -> None:
    """Which is no mistake; writes without exactly one primary are."""
    assert (Data().primary, Data().replicas) == ("", [])
    for nodes in ({}, {"a": REPLICA}, {"a": PRIMARY, "b": PRIMARY}):
        with pytest.raises(ValueError, match="nodes: expected one node with role = 'primary'"):
            Data(writes="orders", final_read="SELECT 1", nodes=nodes)


def test_no_repr_shows_a_password() -> None:
    """What is printed in a traceback is read by everybody."""
    assert "s3cret" not in repr(Node(service="db", dsn="postgresql://u:s3cret@h", role="primary"))


@pytest.mark.parametrize(
    ("dsn", "port"),
    [
        ("postgresql://{host}", 5432),
        ("postgres://{host}", 5432),
        ("host={host}", 5432),
        ("mysql://{host}", 3306),
        ("mariadb://{host}", 3306),
    ],
)
def test_a_database_listens_where_its_kind_does(dsn: str, port: int) -> None:
    """Unless the node says where; and a node alone is the primary."""
    node = Node(service="db", dsn=dsn)
    assert (node.port, node.role) == (port, "primary")
    assert Node(service="db", dsn=dsn, port=7).port == 7


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({}, "expected a dsn, or a command that prints the ids it holds, found none of them"),
        ({"dsn": "host=db", "command": ("list",)}, "a command that prints .*, found both"),
        ({"dsn": "redis://u:s3cret@db"}, "dsn: expected a DSN that begins with one of postgresql"),
        ({"dsn": "mysq://u:s3cret@db"}, r"found mysq://; did you mean 'mysql'\?"),
        ({"command": ("list",), "role": "replica"}, "command: expected a dsn: what a replica has"),
    ],
)
def test_what_keeps_the_data_is_a_database_or_is_asked_by_a_command(
    said: dict[str, object], why: str
) -> None:
    """And what is said of it shows no password."""
    with pytest.raises(ValueError, match=why) as caught:
        Node(service="db", **said)  # type: ignore[arg-type] # as a manifest would have it
    assert "s3cret" not in str(caught.value)


LISTED = Node(service="queue", command=("redis-cli", "lrange", "jobs", "0", "-1"))


def test_a_command_needs_no_question() -> None:
    """And it answers none of the statistics."""
    assert Data(writes="jobs", nodes={"queue": LISTED}).primary == "queue"
    with pytest.raises(ValueError, match="final_read: expected a text, found nothing"):
        Data(writes="jobs", nodes={"queue": Node(service="db", dsn="mysql://")})
    with pytest.raises(ValueError, match="statistics: expected a primary with a dsn"):
        Data(writes="jobs", nodes={"queue": LISTED}, statistics={"size": "SELECT 1"})


@pytest.mark.parametrize("primary", ["postgresql://", "command"])
def test_a_replica_is_of_its_primary_s_kind(primary: str) -> None:
    """Or nobody could compare how far the two are; MySQL and MariaDB are of one."""
    leads = LISTED if primary == "command" else Node(service="a", dsn=primary)
    follows = Node(service="b", dsn="mysql://", role="replica")
    with pytest.raises(ValueError, match=r"nodes.b: expected a replica of what its primary is"):
        Data(writes="w", final_read="SELECT 1", nodes={"a": leads, "b": follows})
    twins = {"a": Node(service="a", dsn="mariadb://"), "b": follows}
    assert Data(writes="w", final_read="SELECT 1", nodes=twins).replicas == ["b"]
