"""The roles of PostgreSQL servers on paper."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from typing import Protocol

from drills.faults.postgres import roles
from drills.faults.postgres.client import NO, YES
from drills.stack.runtime import Container


@dataclass(slots=True)
class FakeRole:
    """What a server knows of a role. ``kept`` is what it keeps of the password, "" for none.

    ``ended`` counts how often all its sessions were ended.
    """

    superuser: bool = False
    limit: int = -1
    login: bool = True
    kept: str = "SCRAM-SHA-256$4096:of-the-customer"
    ended: int = 0


class Server(Protocol):
    """What the roles are those of; a ``FakePostgres`` is one."""

    deaf: bool


class FakeRoles:
    """Each server has the superuser ``postgres`` and one more role at first, ``login``."""

    def __init__(self, server: Server, login: str) -> None:
        self._server = server
        self._of: defaultdict[str, dict[str, FakeRole]] = defaultdict(
            lambda: {"postgres": FakeRole(superuser=True), login: FakeRole()}
        )

    def of(self, container: Container) -> dict[str, FakeRole]:
        """The roles of a server, by name."""
        return self._of[container.id]

    def keep(self, container: Container, successor: Container) -> None:
        """What took its place has the same data."""
        self._of[successor.id] = self._of[container.id]

    def answer(self, container: Container, statement: str) -> str | None:
        """Of what a fault says to the server."""
        for change in (roles.LIMIT, roles.LOGIN, roles.NO_LOGIN):
            if (of := change.heard(statement)) is not None:
                role = self.of(container)[of["user"]]
                if self._server.deaf:
                    return ""
                if change is roles.LIMIT:
                    role.limit = int(of["limit"])
                else:
                    role.login = change is roles.LOGIN
                return ""
        if (of := roles.END_SESSIONS.heard(statement)) is not None:
            if not self._server.deaf:
                self.of(container)[of["user"]].ended += 1
            return "3"
        if (done := roles.DO.heard(statement)) is not None:
            return self._rotated(container, done["body"])
        return self._asked(container, statement)

    def _rotated(self, container: Container, body: str) -> str | None:
        known = self.of(container)
        if (of := roles.ROTATE.heard(body)) is not None:
            if not self._server.deaf:
                known[of["keeper"]] = FakeRole(login=False, kept=known[of["user"]].kept)
                known[of["user"]].kept = f"SCRAM-SHA-256$4096:another, after {of['keeper']}"
            return ""
        if (of := roles.ROTATE_BACK.heard(body)) is not None:
            if of["keeper"] in known and not self._server.deaf:
                known[of["user"]].kept = known.pop(of["keeper"]).kept
            return ""
        return None

    def _asked(self, container: Container, statement: str) -> str | None:
        known = self.of(container)
        for question in (roles.ROLE, roles.DIGEST, roles.MAY_LOGIN, roles.MAY_NOT_LOGIN):
            if (of := question.heard(statement)) is not None:
                if (role := known.get(of["user"])) is None:
                    return ""
                if question is roles.ROLE:
                    kept = role.kept.partition("$")[0]
                    return f"{YES if role.superuser else NO}|{role.limit}|{kept}"
                if question is roles.DIGEST:
                    return _digest(role)
                return YES if role.login == (question is roles.MAY_LOGIN) else NO
        if (of := roles.LIMITED.heard(statement)) is not None:
            return YES if str(known[of["user"]].limit) == of["limit"] else NO
        for question in (roles.ROTATED, roles.AS_BEFORE):
            if (of := question.heard(statement)) is not None:
                rotated = question is roles.ROTATED
                same = _digest(known[of["user"]]) == of["digest"]
                return YES if (of["keeper"] in known) == rotated and same != rotated else NO
        return None


def _digest(role: FakeRole) -> str:
    return hashlib.sha256(role.kept.encode()).hexdigest()
