"""Who may come by the network: a line at the head of pg_hba.conf, in the file itself.

The file is read and written as its own owner, and in place: beside it nothing can be created where
its folder is another's, and a file that is mounted by itself can only be written so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar

from drills.errors import EngineError, PlanError
from drills.faults.fault import Applied, Effect, ReadBack
from drills.faults.postgres.client import ask, quoted, reached, said
from drills.faults.postgres.database import OfDatabase, run_again, typed
from drills.faults.postgres.settings import RELOAD
from drills.faults.postgres.statement import Statement
from drills.faults.undo import Operation, Place, Undo
from drills.journal.timeline import Json
from drills.stack.runtime import Container, Executed, Runtime

WHERE = Statement("SELECT current_setting('port') || '|' || current_setting('hba_file')")
# $1: the file, $2: our line, $3: what it ends with. The file's own end stays as it is, with a line
# break or without; where it cannot be written it is as before.
_WRITE = '{ printf "%s" "$new" >"$1" || { printf "%s" "${old%x}" >"$1"; exit 1; }; }'
_OLD = 'old=$(cat "$1" && printf x)'
ADD = f'{_OLD} && new=$(printf "%s\\n%s" "$2" "$old") && new=${{new%x}} && {_WRITE}'
REMOVE = f'{_OLD} && new=$(sed -e "/ # $3\\$/d" "$1" && printf x) && new=${{new%x}} && {_WRITE}'
HAS = 'grep -q " # $3\\$" "$1"'
WRITABLE = 'test -f "$1" && test -r "$1" && test -w "$1"'
OWNER = ("stat", "-L", "-c", "%u")
READY = ("pg_isready", "-q", "-t", "3", "-h", "127.0.0.1", "-p")
REJECTED = "pg_hba.conf"  # what a server names, in any language, that rejects somebody for its sake
_ELSE = re.compile(r"[/+@]")  # what begins a pattern, a group or a file's name there


def script(text: str, *arguments: str) -> list[str]:
    """A script that is given the file, and more."""
    return ["sh", "-c", text, "sh", *arguments]


def _in_file(runtime: Runtime, undo: Undo, text: str) -> Executed:
    told = undo.arguments
    line = script(text, told["path"], told["line"], told["mark"])
    return runtime.execute(reached(runtime, undo), line, told["owner"])


def coming(user: str, database: str, port: str) -> list[str]:
    """How one comes by the network, without a password."""
    where = ["-h", "127.0.0.1", "-p", port, "-U", user, "-d", f"dbname={quoted(database)}"]
    return ["psql", "-X", "-A", "-t", "-q", "-w", *where, "-c", "SELECT 1"]


def _rejects(runtime: Runtime, undo: Undo) -> bool | None:
    """Whether who comes by the network is rejected for the file's sake; None: nobody can come."""
    told, there = undo.arguments, reached(runtime, undo)
    if runtime.execute(there, [*READY, told["port"]]).exit_code != 0:
        return None
    done = runtime.execute(there, coming(told["user"], undo.place.database, told["port"]))
    return done.exit_code != 0 and REJECTED in said(done)


def _rejected(runtime: Runtime, undo: Undo) -> bool:
    return _rejects(runtime, undo) is True


def _admit(runtime: Runtime, undo: Undo) -> None:
    run_again(runtime, undo)
    with suppress(EngineError):  # it may die again: it is asked until it is proven
        _in_file(runtime, undo, REMOVE)
        ask(runtime, undo, RELOAD())


def _admitted(runtime: Runtime, undo: Undo) -> bool:
    """Whether the line is gone from the file, and from what the server goes by."""
    with suppress(EngineError):
        gone = _in_file(runtime, undo, HAS).exit_code == 1
        if not gone:
            _in_file(runtime, undo, REMOVE)
        read = ask(runtime, undo, RELOAD()).exit_code == 0
        return gone and read and _rejects(runtime, undo) is False
    return False


OPERATIONS: Mapping[str, Operation] = {
    "admit-role": Operation(
        _admit,
        _admitted,
        "without the injection's line in its pg_hba.conf, and goes by it",
        'docker exec -u {owner} {container} sh -c \'rest="$(grep -v "# {mark}$" {path})" && '
        "echo \"$rest\" >{path}' && docker exec {container} psql -U '{role}' -d '{database}' "
        "-c 'SELECT pg_reload_conf()'",
    ),
}


@dataclass(frozen=True, slots=True)
class AccessRejected(OfDatabase):
    """The server's pg_hba.conf rejects a role that comes to one database by the network.

    Who is connected goes on. Who comes by the socket inside the container is let in as before.
    """

    user: str
    kind: ClassVar[str] = "access rejected"
    phrase: ClassVar[str] = (
        "a pg_hba.conf that rejects {user:quoted} from its {database:quoted} database"
    )
    label: ClassVar[str] = "access rejected"
    effect: ClassVar[Effect] = ReadBack("the server rejects who comes", _rejected)
    needs: ClassVar[tuple[str, ...]] = (
        *OfDatabase.needs,
        "sh, cat, sed, grep, stat and pg_isready in the container",
        "a pg_hba.conf that its owner may write, and a server that listens on 127.0.0.1",
    )

    @property
    def by_hand(self) -> str:
        """As a person would reject it."""
        change = (
            f"docker exec -u {{owner}} {{container}} sed -i '1i {self._line}# {{mark}}' {{path}}"
        )
        return f"{change} && {typed('SELECT pg_reload_conf()')}"

    def parameters(self) -> Mapping[str, Json]:
        """Whom, and from which database."""
        return {"database": self.database, "user": self.user}

    def find(self, runtime: Runtime, container: Container) -> Mapping[str, str]:
        """The file and its owner, who may write it; and one can come. Raises PlanError."""
        port, _, path = self._told(runtime, container, WHERE()).partition("|")
        done = runtime.execute(container, [*OWNER, path])
        owner = said(done)
        if done.exit_code != 0 or not owner.isdigit():
            raise self._refused(container, f"to see whose {path} is", f"got {owner}")
        done = runtime.execute(container, script(WRITABLE, path), owner)
        if done.exit_code != 0:
            found = said(done) or "he may not"
            raise self._refused(container, f"that user {owner} may write his {path}", found)
        if runtime.execute(container, [*READY, port]).exit_code != 0:
            raise self._refused(
                container, f"a server that listens on 127.0.0.1:{port}", "it does not"
            )
        return {"path": path, "owner": owner, "port": port}

    def undo(self, place: Place, injection: str) -> Undo:
        """Take our line out of the file. Raises PlanError for a name that is none there."""
        for name in (self.user, self.database):
            if _ELSE.match(name):
                raise PlanError(
                    f"{self.kind}: expected a name that does not begin with /, + or @, got {name!r}"
                )
        mark = f"drill-{injection}"
        undo = self._undo("admit-role", place, user=self.user, mark=mark)
        line = {"line": f"{self._line}# {mark}"}
        return Undo(undo.operation, undo.place, {**undo.arguments, **line})

    def apply(self, runtime: Runtime, place: Place, injection: str) -> Applied:
        """Put our line at the head of the file, and reload. Raises EngineError where that fails."""
        found, mark = place.found, f"drill-{injection}"
        line = script(ADD, found["path"], f"{self._line}# {mark}", mark)
        done = runtime.execute(place.container, line, found["owner"])
        if done.exit_code != 0:
            raise EngineError(f"writing {found['path']} ended with {done.exit_code}: {said(done)}")
        return self._say(runtime, place, RELOAD())

    @property
    def _line(self) -> str:
        return f'host "{self.database}" "{self.user}" all reject '
