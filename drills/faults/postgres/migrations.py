"""A schema that is older than the application: a migration that was not run, or was taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from drills.faults.fault import Applied, Effect, ReadBack
from drills.faults.postgres.client import YES
from drills.faults.postgres.database import OfDatabase, changed_back, holds, typed
from drills.faults.postgres.statement import Statement
from drills.faults.postgres.tables import COLUMN, EXISTS_COLUMN
from drills.faults.undo import Operation, Place, Undo
from drills.journal.timeline import Json
from drills.stack.runtime import Container, Runtime

VERSIONED = Statement(
    "SELECT to_regclass(quote_ident({schema:text}) || '.alembic_version') IS NOT NULL"
)
REVISION = Statement("SELECT string_agg(version_num, ' ') FROM {home:name}.alembic_version")
# One transaction each, as the migration itself is: both are so or none.
TAKE_BACK = Statement(
    "ALTER TABLE {schema:name}.{table:name} RENAME COLUMN {column:name} TO {before:name}; "
    "UPDATE {home:name}.alembic_version SET version_num = {revision:text}"
)
RUN = Statement(
    "ALTER TABLE {schema:name}.{table:name} RENAME COLUMN {before:name} TO {column:name}; "
    "UPDATE {home:name}.alembic_version SET version_num = {was:text}"
)
_REVISION = "(SELECT string_agg(version_num, ' ') FROM {home:name}.alembic_version)"
_OLDER = f"{EXISTS_COLUMN}{{before:text}}) AND NOT {EXISTS_COLUMN}{{column:text}})"
_NEWER = f"{EXISTS_COLUMN}{{column:text}}) AND NOT {EXISTS_COLUMN}{{before:text}})"
BEHIND = Statement(f"SELECT {_OLDER} AND {_REVISION} = {{revision:text}}")
CURRENT = Statement(f"SELECT {_NEWER} AND {_REVISION} = {{was:text}}")

OPERATIONS: Mapping[str, Operation] = {
    "run-migration": changed_back(
        lambda undo: [RUN(**undo.arguments)],
        lambda undo: CURRENT(**undo.arguments),
        "with its column and its revision as before, says the database",
        typed(
            'ALTER TABLE "{schema}"."{table}" RENAME COLUMN "{before}" TO "{column}"; '
            'UPDATE "{schema}".alembic_version SET version_num = $${was}$$'
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class MigrationMissing(OfDatabase):
    """The schema is at an older revision of Alembic's, at which a column had another name.

    What the application says to that table fails, in all its instances and at once, until the
    migration is run; what does not touch the column goes on, its health check perhaps too. No data
    is touched. The migration from there to the revision of before must do nothing but rename the
    column: then whoever runs it and the undo come to the same.
    """

    table: str
    column: str
    before: str
    revision: str
    schema: str = "public"
    kind: ClassVar[str] = "missing migration"
    phrase: ClassVar[str] = (
        "a schema at revision {revision:quoted}, when {column:quoted} of {table:quoted} was still "
        "{before:quoted}, in its {database:quoted} database"
    )
    label: ClassVar[str] = "migration missing"
    effect: ClassVar[Effect] = ReadBack(
        "the column has its older name", holds(lambda undo: BEHIND(**undo.arguments))
    )
    needs: ClassVar[tuple[str, ...]] = (
        *OfDatabase.needs,
        "the table alembic_version, with one revision in it",
    )

    @property
    def by_hand(self) -> str:
        """As a person would take it back."""
        what = f'ALTER TABLE "{self.schema}"."{self.table}" RENAME COLUMN "{self.column}"'
        version = f'UPDATE "{self.schema}".alembic_version SET version_num'  # noqa: S608 - to read
        return typed(f'{what} TO "{self.before}"; {version} = $${self.revision}$$')

    def parameters(self) -> Mapping[str, Json]:
        """Which revision, and which column of which table."""
        older = {"before": self.before, "revision": self.revision}
        return {"database": self.database, "table": self.table, "column": self.column, **older}

    def find(self, runtime: Runtime, container: Container) -> Mapping[str, str]:
        """The revision; the column has its newer name. Raises PlanError where it is not so."""
        if self._told(runtime, container, VERSIONED(**self._named)) != YES:
            where = f"a table alembic_version in {self.schema} of {self.database}"
            raise self._refused(container, where, "there is none")
        was = self._told(runtime, container, REVISION(**self._named))
        if not was or " " in was or was == self.revision:
            where = f"another revision than {self.revision}, and one only"
            raise self._refused(container, where, was or "there is none")
        for column, there in ((self.column, True), (self.before, False)):
            asked = COLUMN(schema=self.schema, table=self.table, column=column)
            if (self._told(runtime, container, asked) == YES) != there:
                where = f"a table {self.table} with {self.column} and without {self.before}"
                raise self._refused(container, where, "it is not so")
        return {"was": was}

    def undo(self, place: Place, injection: str) -> Undo:
        """Its name and the revision as before."""
        return self._undo("run-migration", place, **self._named)

    def apply(self, runtime: Runtime, place: Place, injection: str) -> Applied:
        """Take the migration back. Raises EngineError where its lock is not to be had."""
        return self._say(runtime, place, TAKE_BACK(**self._named))

    @property
    def _named(self) -> Mapping[str, str]:
        named = {"schema": self.schema, "home": self.schema, "table": self.table}
        older = {"before": self.before, "revision": self.revision}
        return {**named, "column": self.column, **older}
