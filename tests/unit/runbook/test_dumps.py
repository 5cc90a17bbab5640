"""The tools of each kind of database, by their own names."""

from __future__ import annotations

import pytest

from drills.runbook.dumps import dumps_of
from drills.stack.dsn import Product
from tests.doubles.working import action

DUMP = action("back up", service="db", database="a`b", file="/backups/it", role="root")


@pytest.mark.parametrize(
    ("product", "tools"),
    [
        (Product.POSTGRESQL, ["pg_dump", "createdb", "pg_restore", "dropdb"]),
        (Product.MARIADB, ["mariadb-dump", "mariadb", "mariadb", "mariadb"]),
        (Product.MYSQL, ["mysqldump", "mysql", "mysql", "mysql"]),
    ],
)
def test_a_database_is_dumped_by_its_own_tools(product: Product, tools: list[str]) -> None:
    """Its client reads a dump from its input, where the first error ends it."""
    of = dumps_of(product)
    lines = [of.dump(DUMP), of.create(DUMP), of.fill(DUMP), of.drop(DUMP)]
    assert [line[4] if line[0] == "sh" else line[0] for line in lines] == tools


def test_a_name_of_any_kind_is_one_name() -> None:
    """In a statement it is quoted."""
    assert dumps_of(Product.MYSQL).drop(DUMP)[-1] == "--execute=DROP DATABASE `a``b`"
