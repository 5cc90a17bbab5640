"""What is asked of a database: what a node holds of each write, and why it could not be told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from drills.errors import DrillError

# What a node holds of one write: the digest of each row's content, or only how many rows there are.
Rows: TypeAlias = "int | Sequence[str]"
Holding: TypeAlias = "Mapping[str, Rows]"  # by the id of a write
FinalRead: TypeAlias = "Mapping[str, Holding]"  # by node


class DatabaseError(DrillError):
    """A database could not be asked."""


class DataGone(DatabaseError):
    """The database answers, and what keeps the data is not there: table, schema, database."""


def holding_to_json(holding: Holding) -> dict[str, int | list[str]]:
    """What a node holds, as the final read's file has it."""
    return {id_: rows if isinstance(rows, int) else list(rows) for id_, rows in holding.items()}


def final_read_from_json(document: object) -> FinalRead:
    """The inverse, of every node. Raises ValueError or TypeError on anything else."""
    if not isinstance(document, dict):
        raise TypeError("expected what each node holds")
    return {str(node): dict(_holding(held)) for node, held in document.items()}


def _holding(document: object) -> Iterator[tuple[str, Rows]]:
    if not isinstance(document, dict):
        raise TypeError("expected writes by id")
    for id_, rows in document.items():
        if isinstance(rows, list):
            yield str(id_), tuple(map(str, rows))
        else:
            yield str(id_), int(rows)
