"""The databases that keep the data: their addresses, their passwords, their roles."""

from __future__ import annotations

import pytest

from drills.errors import PlanError
from drills.stack.data import Data, Node, of_database, password_of


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


@pytest.mark.parametrize(
    ("dsn", "password"),
    [
        ("postgresql://observer:pw@{host}:{port}/erp", "pw"),
        ("postgresql://observer:p@s:s@{host}:{port}/erp", "p@s:s"),
        ("postgresql://observer@{host}:{port}/erp", ""),
        ("postgresql://{host}:{port}/erp", ""),
        ("host={host} user=u password=pw dbname=erp", "pw"),
        ("host={host} password = 'p w'", "p w"),
        ("host={host}", ""),
    ],
)
def test_the_password_of_a_dsn_is_known(dsn: str, password: str) -> None:
    """In both of the forms that PostgreSQL reads; a user's name is none."""
    assert password_of(dsn) == password


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
    ("dsn", "expected"),
    [
        ("postgresql://u:p/a@h:1/erp", "postgresql://u:p/a@h:1/a%2Fb%27s"),
        ("postgresql://u:p@[::1]:1", "postgresql://u:p@[::1]:1/a%2Fb%27s"),
        ("postgresql://u@h:1/erp?sslmode=off", "postgresql://u@h:1/a%2Fb%27s?sslmode=off"),
        ("host=h dbname=erp", "host=h dbname=erp dbname='a/b\\'s'"),
    ],
)
def test_another_database_of_the_same_server(dsn: str, expected: str) -> None:
    """Who asks, where and how stays; its name is quoted as a DSN wants it."""
    assert of_database(dsn, "a/b's") == expected
