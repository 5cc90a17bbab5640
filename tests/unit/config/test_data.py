"""A database's address, filled into the DSN that the manifest has for it."""

from __future__ import annotations

import pytest

from drills.config.data import Node


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
