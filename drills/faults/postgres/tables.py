"""What an application relies on in its tables: a column's name, a flag of one row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from drills.faults.fault import Applied, Effect, ReadBack
from drills.faults.postgres.client import NO, YES
from drills.faults.postgres.database import OfDatabase, changed_back, holds, typed
from drills.faults.postgres.statement import Statement
from drills.faults.undo import Operation, Place, Undo
from drills.journal.timeline import Json
from drills.stack.runtime import Container, Runtime

EXISTS_COLUMN = (
    "EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
    "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = {schema:text} "
    "AND c.relname = {table:text} AND c.relkind IN ('r', 'p') AND a.attnum > 0 "
    "AND NOT a.attisdropped AND a.attname = "
)
COLUMN = Statement(f"SELECT {EXISTS_COLUMN}{{column:text}})")
RENAME = Statement(
    "ALTER TABLE {schema:name}.{table:name} RENAME COLUMN {column:name} TO {mark:name}"
)
RENAME_BACK = Statement(
    "ALTER TABLE {schema:name}.{table:name} RENAME COLUMN {mark:name} TO {column:name}"
)
RENAMED = Statement(f"SELECT {EXISTS_COLUMN}{{mark:text}}) AND NOT {EXISTS_COLUMN}{{column:text}})")
NAMED = Statement(f"SELECT {EXISTS_COLUMN}{{column:text}}) AND NOT {EXISTS_COLUMN}{{mark:text}})")

# One row and no other can be meant, and nothing else happens where its flag is turned.
TURNABLE = Statement(
    "SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "JOIN pg_attribute f ON f.attrelid = c.oid AND f.attname = {column:text} "
    "JOIN pg_attribute k ON k.attrelid = c.oid AND k.attname = {key:text} "
    "JOIN pg_index i ON i.indrelid = c.oid AND i.indkey[0] = k.attnum "
    "WHERE n.nspname = {schema:text} AND c.relname = {table:text} AND c.relkind IN ('r', 'p') "
    "AND f.atttypid = 'bool'::regtype AND f.attgenerated = '' "
    "AND i.indisunique AND i.indnkeyatts = 1 AND i.indpred IS NULL AND i.indisvalid "
    "AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal) "
    "AND NOT EXISTS (SELECT FROM pg_rewrite r WHERE r.ev_class = c.oid))"
)
FLAG = Statement(
    "SELECT {column:name} FROM {schema:name}.{table:name} WHERE {key:name}::text = {value:text}"
)
TURN = Statement(
    "UPDATE {schema:name}.{table:name} SET {column:name} = NOT {column:name} "
    "WHERE {key:name}::text = {value:text} AND {column:name} = {was:text}"
)
TURN_BACK = Statement(
    "UPDATE {schema:name}.{table:name} SET {column:name} = {was:text} "
    "WHERE {key:name}::text = {value:text} AND {column:name} <> {was:text}"
)
TURNED = Statement(
    "SELECT EXISTS (SELECT FROM {schema:name}.{table:name} "
    "WHERE {key:name}::text = {value:text} AND {column:name} <> {was:text})"
)
NOT_TURNED = Statement(
    "SELECT NOT EXISTS (SELECT FROM {schema:name}.{table:name} "
    "WHERE {key:name}::text = {value:text} AND {column:name} IS DISTINCT FROM {was:text})"
)

OPERATIONS: Mapping[str, Operation] = {
    "name-column-back": changed_back(
        lambda undo: [RENAME_BACK(**undo.arguments)],
        lambda undo: NAMED(**undo.arguments),
        "with its column as before, says the database",
        typed('ALTER TABLE "{schema}"."{table}" RENAME COLUMN "{mark}" TO "{column}"'),
    ),
    "turn-flag-back": changed_back(
        lambda undo: [TURN_BACK(**undo.arguments)],
        lambda undo: NOT_TURNED(**undo.arguments),
        "with its flag as before, says the database",
        typed('UPDATE "{schema}"."{table}" SET "{column}" = $${was}$$ WHERE "{key}" = $${value}$$'),
    ),
}


@dataclass(frozen=True, slots=True)
class ColumnRenamed(OfDatabase):
    """A column has another name: the schema is not the one that the application was written for.

    What the application says to that table fails, in all its instances and at once; what does not
    touch the column goes on, its health check perhaps too. No data is touched.
    """

    table: str
    column: str
    schema: str = "public"
    kind: ClassVar[str] = "column renamed"
    phrase: ClassVar[str] = (
        "a schema without the {column:quoted} column of {table:quoted} "
        "in its {database:quoted} database"
    )
    label: ClassVar[str] = "schema behind"
    effect: ClassVar[Effect] = ReadBack(
        "the column has another name", holds(lambda undo: RENAMED(**undo.arguments))
    )

    @property
    def by_hand(self) -> str:
        """As a person would rename it."""
        what = f'ALTER TABLE "{self.schema}"."{self.table}" RENAME COLUMN "{self.column}"'
        return typed(f'{what} TO "{{mark}}"')

    def parameters(self) -> Mapping[str, Json]:
        """Which column of which table."""
        return {"database": self.database, **self._named}

    def find(self, runtime: Runtime, container: Container) -> Mapping[str, str]:
        """The column is there. Raises PlanError where it is not."""
        if self._told(runtime, container, COLUMN(**self._named)) != YES:
            where = f"a table {self.table} with a column {self.column} in {self.schema}"
            raise self._refused(container, f"{where} of {self.database}", "there is none")
        return {}

    def undo(self, place: Place, injection: str) -> Undo:
        """Its name as before."""
        return self._undo("name-column-back", place, mark=f"drill-{injection}", **self._named)

    def apply(self, runtime: Runtime, place: Place, injection: str) -> Applied:
        """Call it by the injection's mark. Raises EngineError where its lock is not to be had."""
        return self._say(runtime, place, RENAME(mark=f"drill-{injection}", **self._named))

    @property
    def _named(self) -> Mapping[str, str]:
        return {"schema": self.schema, "table": self.table, "column": self.column}


@dataclass(frozen=True, slots=True)
class FlagTurned(OfDatabase):
    """A flag of one row is turned, as where a user is deactivated.

    ``key`` is a column that is unique, ``value`` what the row has there. The table has no trigger
    and no rule, so nothing else happens with it.
    """

    table: str
    column: str
    key: str
    value: str
    schema: str = "public"
    kind: ClassVar[str] = "flag turned"
    phrase: ClassVar[str] = (
        "a turned {column:quoted} of {table:quoted} where {key:quoted} is {value:quoted} "
        "in its {database:quoted} database"
    )
    label: ClassVar[str] = "flag turned"
    effect: ClassVar[Effect] = ReadBack(
        "the flag is turned", holds(lambda undo: TURNED(**undo.arguments))
    )

    @property
    def by_hand(self) -> str:
        """As a person would turn it."""
        table, flag = f'"{self.schema}"."{self.table}"', f'"{self.column}"'
        row = f'"{self.key}" = $${self.value}$$'
        return typed(f"UPDATE {table} SET {flag} = NOT {flag} WHERE {row}")  # noqa: S608 - to read

    def parameters(self) -> Mapping[str, Json]:
        """Which flag of which row."""
        return {"database": self.database, **self._named}

    def find(self, runtime: Runtime, container: Container) -> Mapping[str, str]:
        """The flag of that one row. Raises PlanError where it could hit another, or more."""
        named = f"{self.schema}.{self.table}.{self.column}"
        if self._told(runtime, container, TURNABLE(**self._named)) != YES:
            raise self._refused(
                container,
                f"a flag {named} and a unique {self.key} beside it, without triggers or rules",
                "it is not so",
            )
        was = self._told(runtime, container, FLAG(**self._named))
        if was not in (YES, NO):
            where = f"a row with {self.key} {self.value} and its {self.column} true or false"
            raise self._refused(container, where, "there is none")
        return {"was": was}

    def undo(self, place: Place, injection: str) -> Undo:
        """As before."""
        return self._undo("turn-flag-back", place, **self._named)

    def apply(self, runtime: Runtime, place: Place, injection: str) -> Applied:
        """Turn it."""
        return self._say(runtime, place, TURN(was=place.found["was"], **self._named))

    @property
    def _named(self) -> Mapping[str, str]:
        named = {"schema": self.schema, "table": self.table, "column": self.column}
        return {**named, "key": self.key, "value": self.value}
