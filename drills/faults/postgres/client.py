"""``psql`` in the database's own container, by its own socket: no port, no password."""

from __future__ import annotations

from collections.abc import Sequence

from drills.errors import EngineError, PlanError, UnknownTarget
from drills.faults.undo import Undo
from drills.stack.runtime import Container, Executed, Runtime

ADMINISTRATOR, MAINTENANCE = "postgres", "postgres"  # the usual role and database
OURS = "incident-drills"  # what our sessions call themselves, where they are no fault's
# Nothing that we say waits for long. Names are PostgreSQL's own, and a warning is no answer.
PATIENT = {
    "client_min_messages": "error",
    "search_path": "pg_catalog",
    "statement_timeout": "8s",
    "lock_timeout": "2s",
}
ALONE = "SET synchronous_commit = local"  # before a change: it waits for no standby
YES, NO = "t", "f"  # as psql says them


def line(
    statements: Sequence[str], role: str, database: str, *, called: str = OURS, **settings: str
) -> list[str]:
    """The command that says these statements, each by itself, in one session of that name."""
    options = " ".join(f"-c {key}={value}" for key, value in {**PATIENT, **settings}.items())
    where = {"dbname": database, "application_name": called, "client_encoding": "UTF8"}
    words = [f"{key}={quoted(value)}" for key, value in {**where, "options": options}.items()]
    fixed = ["-X", "-A", "-t", "-q", "-w", "-v", "ON_ERROR_STOP=1", "-U", role]
    said = [word for statement in statements for word in ("-c", statement)]
    return ["psql", *fixed, "-d", " ".join(words), *said]


def quoted(value: str) -> str:
    """A value of a connection string; no name of a database is taken for more than a name."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def psql(
    runtime: Runtime, container: Container, role: str, database: str, *statements: str
) -> Executed:
    """Have the database's own client say these statements, each by itself, and stop at an error."""
    return runtime.execute(container, line(statements, role, database))


def said(done: Executed) -> str:
    """All that it said."""
    return done.output.decode("utf-8", "replace").strip()


def answer(done: Executed) -> str:
    """The one row that was asked for. Raises EngineError with what the database said instead."""
    if done.exit_code != 0:
        raise EngineError(f"psql ended with {done.exit_code}: {said(done)}")
    rows = done.output.decode("utf-8", "replace").removesuffix("\n")
    return rows.rpartition("\n")[2]  # what comes before is no answer; a space at its end is


def ask(runtime: Runtime, undo: Undo, *statements: str) -> Executed:
    """Say it to the database of an undo, as the role that was to undo it."""
    role = undo.arguments.get("role", ADMINISTRATOR)
    there = reached(runtime, undo)
    return psql(runtime, there, role, undo.place.database or MAINTENANCE, *statements)


def reached(runtime: Runtime, undo: Undo) -> Container:
    """The container that serves the database now: the undo's own, or one that took its place.

    A database on a volume outlives its container, and what was changed in it does so too.
    Raises UnknownTarget where nothing serves it any more.
    """
    own = undo.container
    known = runtime.containers(own.service)
    for one in known:
        if one.id == own.id:
            return own
    for one in known:
        if one.name == own.name:
            return one
    raise UnknownTarget(f"{own.name} is gone, and none of its name took its place")


def refused(
    kind: str, container: Container, expected: str, found: str, hint: str = ""
) -> PlanError:
    """What a probe raises: what was expected there, and what was found."""
    more = f". Hint: {hint}" if hint else ""
    return PlanError(f"{kind} of {container.name}: expected {expected}, {found}{more}")
