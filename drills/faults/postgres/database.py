"""What the faults of a database have in common: who makes them, what is asked, the way back."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import ClassVar

from drills.errors import EngineError, PlanError
from drills.faults.fault import Applied, Colour, Effect, OfContainer
from drills.faults.postgres.client import (
    ADMINISTRATOR,
    ALONE,
    MAINTENANCE,
    YES,
    answer,
    ask,
    psql,
    reached,
    refused,
    said,
)
from drills.faults.postgres.statement import Statement
from drills.faults.undo import Operation, Place, Undo
from drills.journal.timeline import Json
from drills.stack.dsn import Product
from drills.stack.runtime import Container, Runtime

Question = Callable[[Undo], str]  # SQL for one row: t or f

# Who asks, and of whom: a superuser, and whether it is a standby.
ASKED_FIRST = Statement(
    "SELECT rolsuper, pg_is_in_recovery() FROM pg_roles WHERE rolname = current_user"
)
UNSAID = re.compile("[\x00-\x1f\x7f'\"`\\\\${}]")  # in a name: what a line to type would break at


def typed(*statements: str) -> str:
    """The line that a person would type; statements may name what an undo's line may.

    A text in them stands between $$, for they stand in single quotes themselves.
    """
    said = "".join(f" -c '{one}'" for one in statements)
    return f"docker exec {{container}} psql -U '{{role}}' -d '{{database}}'{said}"


def holds(question: Question) -> Callable[[Runtime, Undo], bool]:
    """Whether the database says yes to it. Raises EngineError where it does not answer."""
    return lambda runtime, undo: answer(ask(runtime, undo, question(undo))) == YES


def run_again(runtime: Runtime, undo: Undo) -> None:
    """Have the server run, thawed, where it ran before the fault."""
    if undo.before.get("status") == "running":
        there = reached(runtime, undo)
        runtime.unpause(there)
        runtime.start(there)


def changed_back(
    back: Callable[[Undo], Sequence[str]], question: Question, proof: str, by_hand: str
) -> Operation:
    """A way back by statements that may be said again, and a question that proves it.

    The server runs again first, where it ran before. One that is still starting is asked again.
    """

    def apply(runtime: Runtime, undo: Undo) -> None:
        run_again(runtime, undo)
        with suppress(EngineError):  # it may die again: it is asked until it is proven
            ask(runtime, undo, ALONE, *back(undo))

    def undone(runtime: Runtime, undo: Undo) -> bool:
        with suppress(EngineError):
            done = ask(runtime, undo, question(undo))
            if done.exit_code == 0 and answer(done) == YES:
                return True
            ask(runtime, undo, ALONE, *back(undo))
        return False

    return Operation(apply, undone, proof, by_hand)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfDatabase(OfContainer, ABC):
    """A fault that a superuser makes by SQL, at the socket inside the database's container.

    ``role`` is who does it, ``database`` where; neither needs a password there.
    """

    role: str = ADMINISTRATOR
    database: str = MAINTENANCE
    product: ClassVar[Product] = Product.POSTGRESQL
    phrase: ClassVar[str]
    kind: ClassVar[str]
    label: ClassVar[str]
    effect: ClassVar[Effect]
    colour: ClassVar[Colour] = Colour.DATABASE
    standby: ClassVar[bool | None] = False  # whether it is one of a standby; None: of either
    needs: ClassVar[tuple[str, ...]] = (
        "psql in the container, and a superuser at its socket without a password",
        "a PostgreSQL 14 or later",
    )

    @property
    @abstractmethod
    def by_hand(self) -> str:
        """The line that a person would type."""

    @abstractmethod
    def undo(self, place: Place, injection: str) -> Undo:
        """How it is undone there."""

    @abstractmethod
    def apply(self, runtime: Runtime, place: Place, injection: str) -> Applied:
        """Do it. Raises EngineError with what the database says where it refuses."""

    def parameters(self) -> Mapping[str, Json]:
        """In which database."""
        return {"database": self.database}

    def probe(self, runtime: Runtime, place: Place) -> Place:
        """It is a server of that kind, asked by a superuser; and what the fault itself looks for.

        Raises PlanError where it is not so.
        """
        container = place.container
        told = self._told(runtime, container, ASKED_FIRST())
        superuser, _, recovering = told.partition("|")
        if superuser != YES:
            raise self._refused(container, f"{self.role} to be a superuser", "it is none")
        if self.standby is not None and (recovering == YES) != self.standby:
            kinds = ("a primary", "a standby")
            wanted, found = kinds[self.standby], kinds[not self.standby]
            raise self._refused(container, wanted, f"it is {found}")
        return replace(place, found=self.find(runtime, container))

    def find(self, runtime: Runtime, container: Container) -> Mapping[str, str]:
        """What was read there beforehand, for the undo to put back. Raises PlanError."""
        return {}

    def _told(self, runtime: Runtime, container: Container, statement: str) -> str:
        """What the database answers before anything is done. Raises PlanError."""
        done = psql(runtime, container, self.role, self.database, statement)
        if done.exit_code != 0:
            raise self._refused(
                container,
                f"psql in it to reach its PostgreSQL as {self.role}",
                f"got exit code {done.exit_code}: {said(done)}",
            )
        return answer(done)

    def _refused(
        self, container: Container, expected: str, found: str, hint: str = ""
    ) -> PlanError:
        return refused(self.kind, container, expected, found, hint)

    def _undo(self, operation: str, place: Place, **arguments: str) -> Undo:
        """The undo there. Raises PlanError for a name that nobody could type in a shell."""
        for what, value in {**arguments, "role": self.role, "database": self.database}.items():
            if UNSAID.search(value):
                raise PlanError(
                    f"{self.kind}: expected a {what} without quotes, backslashes, $, braces and "
                    f"control characters, got {value!r}"
                )
        there = replace(place, database=self.database)
        return Undo(operation, there, {"role": self.role, **place.found, **arguments})

    def _say(self, runtime: Runtime, place: Place, *statements: str) -> Applied:
        """Say them. Raises EngineError with what the database says where it refuses."""
        done = psql(runtime, place.container, self.role, self.database, ALONE, *statements)
        if done.exit_code != 0:
            answer(done)
        return Applied(way=f"psql as {self.role}")
