"""The databases of a stack, each asked by the driver that its DSN's scheme names."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec

from drills.errors import PlanError
from drills.stack.database import ASK_WITHIN, Database, Following, Session
from drills.stack.dsn import Product, product_of
from drills.stack.position import Position

MISSING = (
    "expected PyMySQL, to ask {product}, which is not installed. "
    "Hint: pip install 'incident-drills[mysql]'"
)


class Drivers:
    """Every database that is known. See ``drills.stack.database.Database``.

    Raises PlanError where the driver of one is an extra that is not installed, see ``lacking``.
    """

    def __init__(self) -> None:
        self._opened: dict[bool, Database] = {}

    def query(
        self, dsn: str, statement: str, *, timeout: int = ASK_WITHIN
    ) -> list[tuple[object, ...]]:
        """The rows of one read-only statement."""
        return self._of(dsn).query(dsn, statement, timeout=timeout)

    def session(self, dsn: str) -> Session:
        """A connection that stays open."""
        return self._of(dsn).session(dsn)

    def written(self, dsn: str) -> Position:
        """All that a primary has written by now."""
        return self._of(dsn).written(dsn)

    def replayed(self, dsn: str) -> Position | None:
        """All of its primary's that a replica has replayed by now."""
        return self._of(dsn).replayed(dsn)

    def following(self, primary: str, replicas: Sequence[str]) -> Following:
        """How these replicas follow their primary."""
        return self._of(primary).following(primary, replicas)

    def _of(self, dsn: str) -> Database:
        """The driver, which is loaded when it is first asked for."""
        product = product_of(dsn)
        if lacks := lacking(product):
            raise PlanError(lacks)
        ours = product is Product.POSTGRESQL
        if ours not in self._opened:
            self._opened[ours] = _postgres() if ours else _mysql()
        return self._opened[ours]


def _postgres() -> Database:
    from drills.stack.postgres import Postgres

    return Postgres()


def _mysql() -> Database:
    from drills.stack.mysql import MySQL

    return MySQL()


def lacking(product: Product | None) -> str:
    """Why a database of that kind cannot be asked here: its driver is missing; "" where it can."""
    extra = product in (Product.MYSQL, Product.MARIADB) and find_spec("pymysql") is None
    return MISSING.format(product=product) if extra else ""
