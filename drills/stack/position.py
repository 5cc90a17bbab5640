"""How far a database's log goes: what was written by then, and whether another has all of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

Ranges: TypeAlias = "tuple[tuple[int, int], ...]"  # first and last of each, both included, in order

_FILE = re.compile(r".*\.(\d+)\Z", re.DOTALL)
_BYTES = 1 << 48  # more than a file of a log has


@dataclass(frozen=True, slots=True)
class Position:
    """What a log holds, by the streams that write it; the empty one holds nothing.

    A log of PostgreSQL is one stream, a binary log of MariaDB one for each domain, and of MySQL one
    for each server, which may lack some of its numbers.
    """

    held: Mapping[str, Ranges] = field(default_factory=dict)

    def reaches(self, other: Position) -> bool:
        """Whether all that the other holds is in it."""
        return all(
            any(low <= first and last <= high for low, high in self.held.get(stream, ()))
            for stream, ranges in other.held.items()
            for first, last in ranges
        )


def up_to(number: int, stream: str = "") -> Position:
    """All of one stream up to a number."""
    return Position({stream: ((0, number),)})


def of_file(name: str, offset: int) -> Position:
    """The place in a binary log without ids of transactions: ``binlog.000012`` and a byte in it.

    Raises ValueError for another name.
    """
    found = _FILE.match(name)
    if found is None:
        raise ValueError(f"expected the name of a binary log, found {name!r}")
    return up_to(int(found[1]) * _BYTES + offset, "binary log")


def of_mariadb(*told: str) -> Position:
    """MariaDB's ids of transactions, as ``0-1-270,2-1-5``: domain, server, number.

    Of several texts the furthest of each domain counts. Raises ValueError for anything else.
    """
    furthest: dict[str, int] = {}
    for one in _parts(told):
        domain, _, number = (int(each) for each in one.split("-"))
        furthest[str(domain)] = max(number, furthest.get(str(domain), 0))
    return Position({domain: ((0, number),) for domain, number in furthest.items()})


def of_mysql(told: str) -> Position:
    """MySQL's set of transactions, as ``<uuid>:1-77:80,<uuid>:tag:1-3``.

    Raises ValueError for anything else.
    """
    held: dict[str, list[tuple[int, int]]] = {}
    for one in _parts([told]):
        server, *words = one.split(":")
        stream = server
        for word in words:
            first, _, last = word.partition("-")
            if first.isdigit():
                held.setdefault(stream, []).append((int(first), int(last or first)))
            else:
                stream = f"{server}:{word}"
    return Position({stream: tuple(sorted(ranges)) for stream, ranges in held.items()})


def _parts(told: Iterable[str]) -> list[str]:
    return ["".join(one.split()) for text in told for one in text.split(",") if one.strip()]
