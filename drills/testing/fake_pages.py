"""Pages of tables and indexes of PostgreSQL servers on paper."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import Protocol

from drills.faults.postgres import pages
from drills.faults.postgres.client import NO, YES
from drills.stack.runtime import Container
from drills.testing.refused import Refused

SIZE, HEADER = 8192, "00" * 16
Page = tuple[str, str]  # the file, and where in it, in bytes


class Server(Protocol):
    """What they are those of; a ``FakePostgres`` is one."""

    deaf: bool


class FakePages:
    """Two pages each of a table and its index, that of its primary key.

    ``version`` is the server's. A page that is ``changing`` is another one with each look.
    """

    def __init__(self, server: Server, table: str) -> None:
        self.version = pages.KNOWN
        self.has_buffers = True
        self.changing = False
        self._table = table
        self.files = {("r", table): "base/1/10", ("i", f"{table}_pkey"): "base/1/11"}
        self._server = server
        self._headers: defaultdict[str, dict[Page, str]] = defaultdict(dict)

    def headers(self, container: Container) -> dict[Page, str]:
        """The headers that were written, by file and byte; others are as they were at first."""
        return self._headers[container.id]

    def keep(self, container: Container, successor: Container) -> None:
        """What took its place has the same data."""
        self._headers[successor.id] = self._headers[container.id]

    def answer(self, container: Container, statement: str) -> str | None:
        """Of what a fault says to the server."""
        if statement == pages.ABLE():
            return self.version
        if statement == pages.BUFFERS():
            if not self.has_buffers:
                raise Refused('could not access file "$libdir/pg_buffercache"')
            return ""
        if statement in (pages.CHECKPOINT(), pages.PAGES, pages.EVICT):
            return ""
        if (of := pages.FILE.heard(statement)) is not None:
            path = self.files.get((of["relkind"], of["relation"]), "")
            return f"{path}|{self._table}|2|{SIZE}" if path and of["schema"] == "public" else ""
        return self._asked(container, statement) or self._written(container, statement)

    def _asked(self, container: Container, statement: str) -> str | None:
        if (of := pages.PAGE.heard(statement)) is not None:
            header = self._header(container, (of["path"], of["at"]))
            return f"{header}|{self._digest(header)}"
        for question in (pages.DAMAGED, pages.WHOLE):
            if (of := question.heard(statement)) is not None:
                ours = self._header(container, (of["path"], of["at"])) == of["ours"]
                return YES if ours == (question is pages.DAMAGED) else NO
        return None

    def _written(self, container: Container, statement: str) -> str | None:
        said = statement.removeprefix("BEGIN; ").removesuffix("; COMMIT").rpartition("DO ")
        body = (pages.DO.heard(f"DO {said[2]}") or {}).get("body", "")
        if (of := pages.DAMAGE.heard(body)) is not None:
            if of["path"] not in self.files.values():
                raise Refused("its file is another one by now")
            header = self._header(container, (of["path"], of["at"]))
            if self.changing or self._digest(header) != of["digest"]:
                raise Refused("the page has changed meanwhile")
        elif (of := pages.REPAIR.heard(body)) is not None:
            if self._header(container, (of["path"], of["at"])) != of["ours"]:
                return ""
        else:
            return None
        if not self._server.deaf:
            self.headers(container)[of["path"], of["at"]] = _printed(of["program"])
        return ""

    def _header(self, container: Container, page: Page) -> str:
        return self.headers(container).get(page, HEADER)

    def _digest(self, header: str) -> str:
        return hashlib.sha256(header.encode()).hexdigest()


def _printed(program: str) -> str:
    """What ``printf`` writes, in hex."""
    octal = program.partition("printf '\\")[2].partition("'")[0].split("\\")
    return bytes(int(each, 8) for each in octal).hex()
