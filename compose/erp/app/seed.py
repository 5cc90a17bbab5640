"""The data a fresh stack starts with, as SQL on standard output: `python -m app.seed`.

Always the same rows, password salts apart: users, an inventory of fixed size, and a history of
orders (placed_by 'history') that gives exports something to stream.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from psycopg.sql import SQL, Literal

from app.core.auth.password import hash_password

ITEMS = 400
HISTORY = 3000
NAMESPACE = UUID("6f1b0d0e-6c1e-5f0a-9d4e-1f2a3b4c5d6e")
CATEGORIES = ("fasteners", "bearings", "cables", "lamps", "paint", "tools", "valves", "sensors")
# Passwords of a stack that lives for one drill on 127.0.0.1.
USERS = (
    ("admin", "drill-only-admin", True, True),
    ("drill", "drill-only-customer", True, False),
    ("clerk", "drill-only-clerk", True, False),
    ("retired", "drill-only-retired", False, False),
)


USER = SQL("INSERT INTO users (username, password_hash, is_active, is_admin) VALUES ({});")
ITEM = SQL("INSERT INTO items (sku, name, category, quantity, unit_price_cents) VALUES ({});")
ORDER = SQL("INSERT INTO orders (id, item_id, quantity, placed_by, created_at) VALUES ({});")
FIRST_ORDER = datetime(2026, 1, 1, tzinfo=UTC)
ORDER_EVERY = timedelta(seconds=97)


def statements() -> Iterator[str]:
    """Every INSERT, in an order that satisfies the foreign keys."""
    draw = random.Random(20260101)  # the same stock in every stack
    for name, password, active, admin in USERS:
        yield _filled(USER, name, hash_password(password), active, admin)
    for number in range(1, ITEMS + 1):
        sort = CATEGORIES[number % len(CATEGORIES)]
        stock, cents = draw.randint(0, 5000), draw.randint(50, 90_000)
        yield _filled(ITEM, f"SKU-{number:05d}", f"{sort} no. {number}", sort, stock, cents)
    for number in range(HISTORY):
        order, placed = uuid5(NAMESPACE, str(number)), FIRST_ORDER + number * ORDER_EVERY
        item, quantity = draw.randint(1, ITEMS), draw.randint(1, 40)
        yield _filled(ORDER, order, item, quantity, "history", placed)


def _filled(statement: SQL, *values: object) -> str:
    return statement.format(SQL(", ").join(map(Literal, values))).as_string()


if __name__ == "__main__":
    print("BEGIN;", *statements(), "COMMIT;", sep="\n")
