"""A database's own tools for dumps, run inside its service: how one is made, and read again.

None of them asks for a password: the role that they come as needs none there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from drills.runbook.action import Action
from drills.stack.dsn import Product

Command = Sequence[str]


class Dumps(Protocol):
    """The tools of one kind of database, for the database, file and role of an action."""

    def dump(self, action: Action) -> Command:
        """Write all of the database into the file."""

    def create(self, action: Action) -> Command:
        """Make an empty database; it fails where there is one of that name."""

    def fill(self, action: Action) -> Command:
        """Have the database hold what is in the file; it ends at the first error."""

    def drop(self, action: Action) -> Command:
        """Remove the database, whoever uses it."""


class PostgresDumps:
    """PostgreSQL's."""

    def dump(self, action: Action) -> Command:
        """By pg_dump, in its own format."""
        return ["pg_dump", "-w", "-U", action.role, "-Fc", "-f", action.file, action.database]

    def create(self, action: Action) -> Command:
        """With nothing of a template's."""
        return ["createdb", "-w", "-U", action.role, "-T", "template0", action.database]

    def fill(self, action: Action) -> Command:
        """By pg_restore."""
        into = ("-U", action.role, "-d", action.database)
        return ["pg_restore", "-w", "--exit-on-error", *into, action.file]

    def drop(self, action: Action) -> Command:
        """Its sessions are ended."""
        return ["dropdb", "-w", "-U", action.role, "--force", action.database]


class MySQLDumps:
    """MySQL's, or MariaDB's by its own names for them."""

    def __init__(self, client: str, dump: str) -> None:
        self._client = client
        self._dump = dump

    def dump(self, action: Action) -> Command:
        """Of one moment, with what is stored in it besides tables."""
        whole = ("--single-transaction", "--routines", "--triggers", "--events")
        into = (f"--user={action.role}", f"--result-file={action.file}")
        return [self._dump, *whole, *into, "--", action.database]

    def create(self, action: Action) -> Command:
        """As the server makes one."""
        return self._said(action, f"CREATE DATABASE {_quoted(action.database)}")

    def fill(self, action: Action) -> Command:
        """By its client, from its input: told to read a file, it goes on after an error in it."""
        client = [self._client, "--batch", f"--user={action.role}", f"--database={action.database}"]
        return ["sh", "-c", 'exec "$@" < "$0"', action.file, *client]

    def drop(self, action: Action) -> Command:
        """As the server drops one."""
        return self._said(action, f"DROP DATABASE {_quoted(action.database)}")

    def _said(self, action: Action, statement: str) -> Command:
        return [self._client, "--batch", f"--user={action.role}", f"--execute={statement}"]


def dumps_of(product: Product) -> Dumps:
    """The tools of that kind of database."""
    if product is Product.POSTGRESQL:
        return PostgresDumps()
    if product is Product.MARIADB:
        return MySQLDumps("mariadb", "mariadb-dump")
    return MySQLDumps("mysql", "mysqldump")


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
