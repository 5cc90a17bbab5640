"""A database's DSN: its kind, its password, another database of it, what a driver is told."""

from __future__ import annotations

import pytest

from drills.errors import PlanError
from drills.stack.dsn import Access, of_database, password_of


@pytest.mark.parametrize(
    ("dsn", "password"),
    [
        ("postgresql://observer:pw@{host}:{port}/erp", "pw"),
        ("postgresql://observer:p@s:s@{host}:{port}/erp", "p@s:s"),
        ("postgresql://observer@{host}:{port}/erp", ""),
        ("postgresql://{host}:{port}/erp", ""),
        ("mariadb://observer:p/w@{host}:{port}/erp", "p/w"),
        ("host={host} user=u password=pw dbname=erp", "pw"),
        ("host={host} password = 'p w'", "p w"),
        ("host={host}", ""),
    ],
)
def test_the_password_of_a_dsn_is_known(dsn: str, password: str) -> None:
    """In both of the forms that PostgreSQL reads; a user's name is none."""
    assert password_of(dsn) == password


@pytest.mark.parametrize(
    ("dsn", "expected"),
    [
        ("postgresql://u:p/a@h:1/erp", "postgresql://u:p/a@h:1/a%2Fb%27s"),
        ("postgresql://u:p@[::1]:1", "postgresql://u:p@[::1]:1/a%2Fb%27s"),
        ("mysql://u@h:1/erp?ssl_ca=ca.pem", "mysql://u@h:1/a%2Fb%27s?ssl_ca=ca.pem"),
        ("postgresql://u@h:1/erp?sslmode=off", "postgresql://u@h:1/a%2Fb%27s?sslmode=off"),
        ("host=h dbname=erp", "host=h dbname=erp dbname='a/b\\'s'"),
    ],
)
def test_another_database_of_the_same_server(dsn: str, expected: str) -> None:
    """Who asks, where and how stays; its name is quoted as a DSN wants it."""
    assert of_database(dsn, "a/b's") == expected


@pytest.mark.parametrize(
    ("dsn", "user", "password", "host", "port", "database"),
    [
        ("mysql://u:pw@db:3307/shop", "u", "pw", "db", 3307, "shop"),
        ("mariadb://u:p@/#?%w:@[::1]:1/a%2Fb", "u", "p@/#?%w:", "::1", 1, "a/b"),
        ("mysql://o%40b:%73@127.0.0.1", "o@b", "s", "127.0.0.1", 3306, ""),
    ],
)
def test_a_driver_is_told_what_a_url_says(
    dsn: str, user: str, password: str, host: str, port: int, database: str
) -> None:
    """Whatever signs a password has, as they are or as a URL writes them."""
    access = Access.of(dsn)
    assert (access.user, access.password, access.database) == (user, password, database)
    assert (access.host, access.port, access.certificates) == (host, port, "")


def test_one_option_is_known() -> None:
    """The file of certificates that the server's is held against; others are told by name."""
    assert Access.of("mysql://u:p@h/d?ssl_ca=ca.pem").certificates == "ca.pem"
    with pytest.raises(PlanError, match="no option but ssl_ca in a mysql:// DSN, found charset"):
        Access.of("mysql://u:p@h/d?charset=utf8&ssl_ca=ca.pem")
    with pytest.raises(PlanError, match="expected a DSN such as mysql://user:password@host") as it:
        Access.of("mysql://u:s3cret:99999/d")
    assert "s3cret" not in str(it.value)
