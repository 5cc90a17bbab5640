"""The databases of a manifest: what may stand there, what is left to the environment, what fits."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from drills.config.document import Manifest
from drills.config.named import addresses_of, services_of
from drills.errors import PlanError
from tests.unit.config.manifests import MINIMAL

LIST = ["redis-cli", "lrange", "jobs", "0", "-1"]


def document(**node: Any) -> dict[str, Any]:
    """The minimal manifest with this in place of its one node."""
    document = tomllib.loads(MINIMAL)
    document["data"]["nodes"] = {"store": {"service": "store", **node}}
    return document


def test_a_node_is_two_keys() -> None:
    """The service, and a DSN or a command: its port, and that it is the primary, is known."""
    manifest = Manifest.of(document(dsn="mariadb://u:p@{host}:{port}/shop"))
    node = manifest.data.nodes["store"]
    assert (node.port, node.role, node.product) == (3306, "primary", "MariaDB")
    assert ("store", 3306) in {(service, port) for _, service, port in addresses_of(manifest)}
    listed = document(command=LIST)
    del listed["data"]["final_read"]
    manifest = Manifest.of(listed)
    assert manifest.data.nodes["store"].command == tuple(LIST)
    assert "store" not in {service for _, service, _ in addresses_of(manifest)}
    assert "store" in {service for _, service in services_of(manifest)}


def test_a_password_is_left_to_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a URL writes it; both ways of writing it are secrets."""
    monkeypatch.setenv("STORE_PASSWORD", "p@ss/w%rd")
    manifest = Manifest.of(document(dsn="mysql://u:{env:STORE_PASSWORD}@{host}:{port}/shop"))
    assert manifest.data.nodes["store"].dsn == "mysql://u:p%40ss%2Fw%25rd@{host}:{port}/shop"
    assert {"p@ss/w%rd", "p%40ss%2Fw%25rd"} <= set(manifest.secrets())
    monkeypatch.delenv("STORE_PASSWORD")
    with pytest.raises(PlanError, match="expected STORE_PASSWORD in the environment"):
        Manifest.of(document(dsn="mysql://u:{env:STORE_PASSWORD}@{host}:{port}/shop"))


@pytest.mark.parametrize(
    ("step", "node", "why"),
    [
        ({"action": "promote"}, {"dsn": "mysql://h"}, "expected PostgreSQL to promote"),
        (
            {"action": "restore", "database": "a", "file": "/f", "changes": True},
            {"dsn": "mariadb://h"},
            "expected PostgreSQL to restore with changes (MariaDB has no such way)",
        ),
        (
            {"action": "back up", "database": "a", "file": "/f"},
            {"command": LIST},
            "expected a node with a dsn to back up",
        ),
    ],
)
def test_a_step_that_a_database_cannot_do_is_refused(
    step: dict[str, Any], node: dict[str, Any], why: str
) -> None:
    """By its key, with the node that it would be done to."""
    wrong = document(**node)
    wrong["incidents"]["down"]["procedure"].append({"says": "Do", "service": "store", **step})
    with pytest.raises(PlanError) as caught:
        Manifest.of(wrong)
    assert str(caught.value).startswith(f"incidents.down.procedure.1.action: {why}")
    assert "found data.nodes.store" in str(caught.value)


@pytest.mark.parametrize("dsn", ["mysql://h", "mariadb://h", "postgresql://h"])
def test_a_dump_is_made_and_tried_of_each(dsn: str) -> None:
    """Into a database of its own."""
    right = document(dsn=dsn)
    step = {"service": "store", "database": "a", "file": "/f", "says": "Do"}
    for action in ("back up", "restore"):
        right["incidents"]["down"]["procedure"].append({**step, "action": action})
    assert len(Manifest.of(right).incidents["down"].procedure) == 3
