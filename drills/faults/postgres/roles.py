"""A role that may not come any more: too many, not at all, or with another password."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from drills.faults.fault import Applied, Effect, ReadBack
from drills.faults.postgres.database import OfDatabase, changed_back, holds, typed
from drills.faults.postgres.statement import Statement
from drills.faults.undo import Operation, Place, Undo
from drills.journal.timeline import Json
from drills.stack.runtime import Container, Runtime

# Superuser, connection limit, and the way in which its password is kept: SCRAM-SHA-256, md5, "".
ROLE = Statement(
    "SELECT rolsuper, rolconnlimit, coalesce(split_part(rolpassword, '$', 1), '') "
    "FROM pg_authid WHERE rolname = {user:text}"
)
LIMIT = Statement("ALTER ROLE {user:name} CONNECTION LIMIT {limit:number}")
LIMITED = Statement(
    "SELECT rolconnlimit = {limit:number} FROM pg_roles WHERE rolname = {user:text}"
)
NO_LOGIN = Statement("ALTER ROLE {user:name} NOLOGIN")
LOGIN = Statement("ALTER ROLE {user:name} LOGIN")
MAY_LOGIN = Statement("SELECT rolcanlogin FROM pg_roles WHERE rolname = {user:text}")
MAY_NOT_LOGIN = Statement("SELECT NOT rolcanlogin FROM pg_roles WHERE rolname = {user:text}")

# What the server keeps of the password never leaves it: another role, that cannot log in, keeps it
# meanwhile. Both are changed or none. What fails is told without the statement, which has it.
DO = Statement("DO {body:text}")
ROTATE = Statement(
    "DECLARE kept text := (SELECT rolpassword FROM pg_authid WHERE rolname = {user:text}); BEGIN "
    "EXECUTE format('CREATE ROLE %I NOLOGIN PASSWORD %L', {keeper:text}, kept); "
    "EXECUTE format('ALTER ROLE %I PASSWORD %L', {user:text}, "
    "gen_random_uuid()::text || gen_random_uuid()::text); "
    "EXCEPTION WHEN OTHERS THEN RAISE EXCEPTION '%', SQLERRM; END"
)
ROTATE_BACK = Statement(
    "DECLARE kept text := (SELECT rolpassword FROM pg_authid WHERE rolname = {keeper:text}); BEGIN "
    "IF kept IS NOT NULL THEN "
    "EXECUTE format('ALTER ROLE %I PASSWORD %L', {user:text}, kept); "
    "EXECUTE format('DROP ROLE %I', {keeper:text}); END IF; "
    "EXCEPTION WHEN OTHERS THEN RAISE EXCEPTION '%', SQLERRM; END"
)
END_SESSIONS = Statement(
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
    "WHERE usename = {user:text} AND pid <> pg_backend_pid()"
)
_DIGEST = (
    "(SELECT encode(sha256(convert_to(rolpassword, 'UTF8')), 'hex') "
    "FROM pg_authid WHERE rolname = {user:text})"
)
_KEPT = "EXISTS (SELECT FROM pg_authid WHERE rolname = {keeper:text})"
DIGEST = Statement(f"SELECT {_DIGEST}")
ROTATED = Statement(f"SELECT {_KEPT} AND {_DIGEST} <> {{digest:text}}")
AS_BEFORE = Statement(f"SELECT NOT {_KEPT} AND {_DIGEST} = {{digest:text}}")
KEPT_BY_HAND = "SELECT rolpassword FROM pg_authid WHERE rolname = $${keeper}$$"
SCRAM = "SCRAM-SHA-256"

OPERATIONS: Mapping[str, Operation] = {
    "put-limit-back": changed_back(
        lambda undo: [LIMIT(user=undo.arguments["user"], limit=undo.arguments["was"])],
        lambda undo: LIMITED(user=undo.arguments["user"], limit=undo.arguments["was"]),
        "with the role's limit as before, says the database",
        typed('ALTER ROLE "{user}" CONNECTION LIMIT {was}'),
    ),
    "allow-login": changed_back(
        lambda undo: [LOGIN(**undo.arguments)],
        lambda undo: MAY_LOGIN(**undo.arguments),
        "with the role's login allowed, says the database",
        typed('ALTER ROLE "{user}" LOGIN'),
    ),
    "put-password-back": changed_back(
        lambda undo: [DO(body=ROTATE_BACK(**undo.arguments))],
        lambda undo: AS_BEFORE(**undo.arguments),
        "with the role's password as before, says the database",
        f"{typed(KEPT_BY_HAND)} # that is the PASSWORD of {{user}}; then DROP ROLE {{keeper}}",
    ),
}


@dataclass(frozen=True, slots=True)
class _Role(OfDatabase):
    """Something about a login role, which is no superuser: it would lock out who undoes it."""

    user: str

    def parameters(self) -> Mapping[str, Json]:
        """Whom it hits."""
        return {"user": self.user}

    def find(self, runtime: Runtime, container: Container) -> Mapping[str, str]:
        """It is a role, and no superuser; and what it had. Raises PlanError where it is not so."""
        told = self._told(runtime, container, ROLE(user=self.user))
        superuser, _, rest = told.partition("|")
        limit, _, kept = rest.partition("|")
        if not told or superuser == "t":
            found = "it is one" if told else "there is none of that name"
            raise self._refused(container, f"a role {self.user} that is no superuser", found)
        return self.had(runtime, container, limit, kept)

    def had(
        self, runtime: Runtime, container: Container, limit: str, kept: str
    ) -> Mapping[str, str]:
        """What the undo puts back of a role with this limit, whose password is kept so."""
        return {}


@dataclass(frozen=True, slots=True)
class ConnectionLimit(_Role):
    """A role may have no more than so many connections: who comes in its name beyond is refused.

    Who is connected goes on, so a pool that keeps its connections notices nothing until it opens
    one. 0 refuses all.
    """

    connections: int = 0
    kind: ClassVar[str] = "connection limit"
    phrase: ClassVar[str] = "a limit of {connections:number} connections of {user:quoted}"
    label: ClassVar[str] = "role limited"
    effect: ClassVar[Effect] = ReadBack(
        "the role is limited", holds(lambda undo: LIMITED(**undo.arguments))
    )

    @property
    def by_hand(self) -> str:
        """As a person would limit it."""
        return typed(f'ALTER ROLE "{self.user}" CONNECTION LIMIT {self.connections}')

    def parameters(self) -> Mapping[str, Json]:
        """Whom it hits, and how many are left."""
        return {"user": self.user, "connections": self.connections}

    def had(
        self, runtime: Runtime, container: Container, limit: str, kept: str
    ) -> Mapping[str, str]:
        """The limit."""
        return {"was": limit}

    def undo(self, place: Place, injection: str) -> Undo:
        """The limit as before."""
        limit = str(self.connections)
        return self._undo("put-limit-back", place, user=self.user, limit=limit)

    def apply(self, runtime: Runtime, place: Place, injection: str) -> Applied:
        """Limit it."""
        return self._say(runtime, place, LIMIT(user=self.user, limit=str(self.connections)))


@dataclass(frozen=True, slots=True)
class LoginRefused(_Role):
    """A role may not log in any more; who is connected goes on."""

    kind: ClassVar[str] = "refused login"
    phrase: ClassVar[str] = "logins of {user:quoted} that are refused"
    label: ClassVar[str] = "login refused"
    effect: ClassVar[Effect] = ReadBack(
        "the role may not log in", holds(lambda undo: MAY_NOT_LOGIN(**undo.arguments))
    )

    @property
    def by_hand(self) -> str:
        """As a person would refuse it."""
        return typed(f'ALTER ROLE "{self.user}" NOLOGIN')

    def undo(self, place: Place, injection: str) -> Undo:
        """Allow it."""
        return self._undo("allow-login", place, user=self.user)

    def apply(self, runtime: Runtime, place: Place, injection: str) -> Applied:
        """Refuse it."""
        return self._say(runtime, place, NO_LOGIN(user=self.user))


@dataclass(frozen=True, slots=True)
class PasswordRotated(_Role):
    """A role has another password, which nobody knows: who comes with the old one is refused.

    Who is connected goes on. What the server kept of the old password (SCRAM-SHA-256) never leaves
    it: a role that cannot log in, called by the injection's mark, keeps it until it is undone.
    """

    kind: ClassVar[str] = "password rotated"
    phrase: ClassVar[str] = "another password of {user:quoted}"
    label: ClassVar[str] = "password rotated"
    effect: ClassVar[Effect] = ReadBack(
        "the role has another password", holds(lambda undo: ROTATED(**undo.arguments))
    )

    @property
    def by_hand(self) -> str:
        """As a person would rotate it."""
        return typed(f'ALTER ROLE "{self.user}" PASSWORD $$another$$')

    def had(
        self, runtime: Runtime, container: Container, limit: str, kept: str
    ) -> Mapping[str, str]:
        """A digest of what is kept, which has a salt in it. Raises PlanError without one."""
        if kept != SCRAM:
            expected = f"a password of {self.user} that is kept by {SCRAM}"
            raise self._refused(container, expected, "it is not" if kept else "it has none")
        return {"digest": self._told(runtime, container, DIGEST(user=self.user))}

    def undo(self, place: Place, injection: str) -> Undo:
        """The password as before, from the role that keeps it."""
        keeper = f"drill-{injection}"
        return self._undo("put-password-back", place, user=self.user, keeper=keeper)

    def apply(self, runtime: Runtime, place: Place, injection: str) -> Applied:
        """Have the server keep the old one, and make up another."""
        body = ROTATE(user=self.user, keeper=f"drill-{injection}")
        return self._say(runtime, place, DO(body=body))


@dataclass(frozen=True, slots=True)
class PasswordReplaced(PasswordRotated):
    """A role has another password, which nobody knows, and all its sessions are ended.

    So whoever was connected has to connect anew, and is refused: as when a password is rotated for
    good and its users were not told. A standby's sessions go on.
    """

    kind: ClassVar[str] = "password replaced"
    phrase: ClassVar[str] = "another password of {user:quoted}, and the end of its sessions"
    label: ClassVar[str] = "password replaced"

    @property
    def by_hand(self) -> str:
        """As a person would replace it."""
        end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename ="
        return typed(f'ALTER ROLE "{self.user}" PASSWORD $$another$$', f"{end} $${self.user}$$")

    def apply(self, runtime: Runtime, place: Place, injection: str) -> Applied:
        """Have the server keep the old one, make up another, and end who came with the old one."""
        rotate = DO(body=ROTATE(user=self.user, keeper=f"drill-{injection}"))
        return self._say(runtime, place, rotate, END_SESSIONS(user=self.user))
