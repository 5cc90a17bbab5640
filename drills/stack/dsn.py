"""Where a database is and who asks it, in one line: its DSN, whose scheme names its driver."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from drills.errors import PlanError, near


class Product(StrEnum):
    """The databases that are known, as a reader calls them."""

    POSTGRESQL = "PostgreSQL"
    MYSQL = "MySQL"
    MARIADB = "MariaDB"

    @property
    def port(self) -> int:
        """Where it usually listens."""
        return 5432 if self is Product.POSTGRESQL else 3306


SCHEMES: Mapping[str, Product] = {
    "postgresql": Product.POSTGRESQL,
    "postgres": Product.POSTGRESQL,
    "mysql": Product.MYSQL,
    "mariadb": Product.MARIADB,
}
OPTION = "ssl_ca"  # the only one that a DSN of MySQL may have: a file of certificates


def product_of(dsn: str) -> Product:
    """What kind of database a DSN is of; words such as ``host=db`` are PostgreSQL's.

    Raises ValueError, which shows no more of it than its scheme, for a kind that nobody knows.
    """
    scheme, url, _ = dsn.partition("://")
    if not url:
        return Product.POSTGRESQL
    if product := SCHEMES.get(scheme):
        return product
    known = ", ".join(f"{each}://" for each in SCHEMES)
    raise ValueError(
        f"expected a DSN that begins with one of {known}, found {scheme}://{near(scheme, SCHEMES)}."
        " Hint: any other store is read by a command that prints the ids it holds"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What a driver without DSNs of its own needs to be told. ``database`` is "" for none."""

    host: str
    port: int
    user: str
    password: str
    database: str
    certificates: str

    @classmethod
    def of(cls, dsn: str) -> Access:
        """What a URL says: ``mysql://user:password@host:port/database?ssl_ca=file``.

        Signs that a URL gives a meaning may stand in a password as they are, or as ``%40``. Raises
        PlanError, in which no password is, for what is no such URL.
        """
        scheme, _, rest = dsn.partition("://")
        who, _, where = rest.rpartition("@")
        user, _, password = who.partition(":")
        try:
            url = urlsplit(f"//{where}")
            host, port = url.hostname or "", url.port or Product.MYSQL.port
        except ValueError as error:
            form = f"{scheme}://user:password@host:port/database"
            raise PlanError(f"expected a DSN such as {form}, found another host or port") from error
        options = dict(parse_qsl(url.query, keep_blank_values=True))
        if strange := sorted(options.keys() - {OPTION}):
            raise PlanError(
                f"expected no option but {OPTION} in a {scheme}:// DSN, found {', '.join(strange)}"
            )
        return cls(
            host=host,
            port=port,
            user=unquote(user),
            password=unquote(password),
            database=unquote(url.path.removeprefix("/")),
            certificates=options.get(OPTION, ""),
        )


def password_of(dsn: str) -> str:
    """The password that a DSN holds, as a URL or as ``key=value`` words; "" for none."""
    if "://" in dsn:
        _, _, password = dsn.split("://", 1)[1].rpartition("@")[0].partition(":")
        return password
    match = re.search(r"\bpassword\s*=\s*(?:'((?:\\.|[^'\\])*)'|(\S+))", dsn)
    return (match[1] or match[2] or "") if match else ""


def of_database(dsn: str, database: str) -> str:
    """The same DSN, for another database of that server."""
    who, at, where = dsn.rpartition("@") if "://" in dsn else ("", "", "")
    if not where:
        named = database.replace("\\", "\\\\").replace("'", "\\'")
        return f"{dsn} dbname='{named}'"  # the last one counts
    address, query, options = where.partition("?")
    return f"{who}{at}{address.partition('/')[0]}/{quote(database, safe='')}{query}{options}"
