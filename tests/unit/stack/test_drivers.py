"""The driver is chosen by the DSN, and one that is not installed is said by name."""

from __future__ import annotations

import pytest

from drills.errors import PlanError
from drills.stack.database import DatabaseError
from drills.stack.drivers import Drivers, lacking
from drills.stack.dsn import Product


@pytest.mark.parametrize(
    ("dsn", "whose"),
    [
        ("postgresql://u:p@127.0.0.1:1/d", "OperationalError: .*port 1"),
        ("host=127.0.0.1 port=1 user=u", "OperationalError: .*port 1"),
        ("mysql://u:p@127.0.0.1:1/d", "OperationalError: Can't connect to MySQL server"),
        ("mariadb://u:p@127.0.0.1:1/d", "OperationalError: Can't connect to MySQL server"),
    ],
)
def test_each_is_asked_by_its_own_driver(dsn: str, whose: str) -> None:
    """As its words tell, where nobody is there."""
    drivers = Drivers()
    for ask in (
        lambda: drivers.query(dsn, "SELECT 1", timeout=1),
        lambda: drivers.session(dsn),
        lambda: drivers.written(dsn),
        lambda: drivers.replayed(dsn),
        lambda: drivers.following(dsn, []),
    ):
        with pytest.raises(DatabaseError, match=whose):
            ask()


def test_a_driver_that_is_not_there_is_said_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what installs it; PostgreSQL's is always there, and a command needs none."""
    monkeypatch.setattr("drills.stack.drivers.find_spec", lambda _name: None)
    with pytest.raises(PlanError, match=r"to ask MariaDB, .* pip install 'incident-drills\[mysql"):
        Drivers().query("mariadb://u:p@h/d", "SELECT 1")
    assert "expected PyMySQL, to ask MySQL" in lacking(Product.MYSQL)
    assert lacking(Product.POSTGRESQL) == lacking(None) == ""
