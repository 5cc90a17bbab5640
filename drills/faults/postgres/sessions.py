"""Sessions in everybody's way: a lock that is held, connections that leak, an old snapshot.

They are psql's in the database's container, are called by the injection's mark, and end by
themselves after their time to live. Where one session holds others it does so by PostgreSQL's own
dblink, so that all of them end with it; nothing is installed.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from drills.faults.fault import Applied, Effect, ReadBack
from drills.faults.postgres.client import YES, line, psql, said
from drills.faults.postgres.database import OfDatabase, changed_back, holds, typed
from drills.faults.postgres.statement import Statement
from drills.faults.undo import Operation, Place, Undo
from drills.journal.timeline import Json
from drills.stack.runtime import Container, Runtime

END = Statement(
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
    "WHERE application_name IN ({mark:text}, {mark:text} || ' full')"
)
# Who is no superuser (any more) does not see what others call themselves, so he proves nothing.
ENDED = Statement(
    "SELECT rolsuper AND NOT EXISTS (SELECT FROM pg_stat_activity "
    "WHERE application_name IN ({mark:text}, {mark:text} || ' full')) "
    "FROM pg_roles WHERE rolname = current_user"
)

TABLE = Statement(
    "SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE c.relkind IN ('r', 'p') AND n.nspname = {schema:text} AND c.relname = {table:text})"
)
LOCK = Statement(
    "BEGIN; LOCK TABLE {schema:name}.{table:name} IN ACCESS EXCLUSIVE MODE; "
    "SELECT pg_sleep({seconds:number}); ROLLBACK"
)
LOCKED = Statement(
    "SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
    "JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE a.application_name = {mark:text} AND a.datname = current_database() AND l.granted "
    "AND l.mode = 'AccessExclusiveLock' AND n.nspname = {schema:text} AND c.relname = {table:text})"
)

DBLINK = Statement("LOAD '$libdir/dblink'")
BY_SOCKET = Statement("SELECT NOT rolsuper FROM pg_roles WHERE rolname = current_user")
# Functions of this session alone, which end with it.
CONNECT = (
    "CREATE FUNCTION pg_temp.connect(text, text) RETURNS text "
    "AS '$libdir/dblink', 'dblink_connect' LANGUAGE c STRICT"
)
SAY = (
    "CREATE FUNCTION pg_temp.say(text, text) RETURNS text "
    "AS '$libdir/dblink', 'dblink_exec' LANGUAGE c STRICT"
)
_SOCKET = (
    "{to:text} || ' host=''' || split_part(current_setting('unix_socket_directories'), ',', 1) "
    "|| ''' port=' || current_setting('port')"
)
_UNTIL = "until timestamptz := clock_timestamp() + {seconds:number} * interval '1 s';"
DO = Statement("DO {body:text}")
# What it once got it keeps; it asks for one more until it is refused, and each second from then on.
# Refused before it has one it ends, for that is no limit that was reached.
LEAK = Statement(
    f"DECLARE held int := 0; {_UNTIL} BEGIN "
    "WHILE clock_timestamp() < until AND held < current_setting('max_connections')::int LOOP "
    f"BEGIN PERFORM pg_temp.connect('c' || held, {_SOCKET}); held := held + 1; "
    "EXCEPTION WHEN sqlclient_unable_to_establish_sqlconnection THEN "
    "IF held = 0 THEN RAISE; END IF; "
    "PERFORM set_config('application_name', {mark:text} || ' full', false), pg_sleep(1); END; "
    "COMMIT; END LOOP; "
    "WHILE clock_timestamp() < until LOOP PERFORM pg_sleep(1); COMMIT; END LOOP; END"
)
LEAKED = Statement(
    "SELECT EXISTS (SELECT FROM pg_stat_activity "
    "WHERE application_name = {mark:text} || ' full' AND backend_type = 'client backend')"
)
HOLD = Statement(
    f"DECLARE {_UNTIL} BEGIN PERFORM pg_temp.connect('c', {_SOCKET}); "
    "PERFORM pg_temp.say('c', 'BEGIN ISOLATION LEVEL REPEATABLE READ'); "
    "PERFORM pg_temp.say('c', 'DO ''BEGIN PERFORM 1; END'''); COMMIT; "
    "WHILE clock_timestamp() < until LOOP PERFORM pg_sleep(1); COMMIT; END LOOP; END"
)
HELD = Statement(
    "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = {mark:text} "
    "AND state = 'idle in transaction' AND backend_xmin IS NOT NULL)"
)

OPERATIONS: Mapping[str, Operation] = {
    "end-sessions": changed_back(
        lambda undo: [END(**undo.arguments)],
        lambda undo: ENDED(**undo.arguments),
        "without a session of the injection, says the database",
        typed(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name IN ($${mark}$$, $${mark} full$$)"
        ),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sessions(OfDatabase):
    """Something that is so while a session of ours is there: ``time_to_live`` seconds at most."""

    time_to_live: float = 600.0
    patience: ClassVar[str] = "5s"  # how long it may wait for a lock, and others behind it

    def parameters(self) -> Mapping[str, Json]:
        """Where, and for how many seconds at most."""
        return {"database": self.database, "time_to_live_s": self.time_to_live}

    def undo(self, place: Place, injection: str) -> Undo:
        """End the sessions of that mark."""
        return self._undo("end-sessions", place, mark=f"drill-{injection}", **self.named())

    def named(self) -> Mapping[str, str]:
        """What the question after its effect has to name besides the mark."""
        return {}

    @abstractmethod
    def statements(self, mark: str) -> Sequence[str]:
        """What the session says, each by itself; the last one takes as long as it lives."""

    def apply(self, runtime: Runtime, place: Place, injection: str) -> Applied:
        """Begin the session; what becomes of it is read back."""
        mark = f"drill-{injection}"
        said = self.statements(mark)
        limits = {"statement_timeout": "0", "lock_timeout": self.patience}
        command = line(said, self.role, self.database, called=mark, **limits)
        begun = runtime.spawn(place.container, command, {})
        return Applied(command=begun, way=f"a session of {self.role}")

    @property
    def _seconds(self) -> str:
        return str(math.ceil(self.time_to_live))


@dataclass(frozen=True, slots=True)
class TableLocked(_Sessions):
    """Whoever reads or writes one table waits until a session that holds its lock gives it up.

    Everything else goes on. The lock is replicated: who reads the table on a standby waits too.
    It is asked for during five seconds at most, in which others wait behind it.
    """

    table: str
    schema: str = "public"
    kind: ClassVar[str] = "table lock"
    phrase: ClassVar[str] = "a lock on the {table:quoted} table of its {database:quoted} database"
    label: ClassVar[str] = "table locked"
    effect: ClassVar[Effect] = ReadBack(
        "the table is locked", holds(lambda undo: LOCKED(**undo.arguments))
    )

    @property
    def by_hand(self) -> str:
        """As a person would hold it."""
        lock = f'LOCK TABLE "{self.schema}"."{self.table}" IN ACCESS EXCLUSIVE MODE'
        return typed(f"BEGIN; {lock}; SELECT pg_sleep({self._seconds})")

    def parameters(self) -> Mapping[str, Json]:
        """The table, and for how many seconds at most."""
        return {**_Sessions.parameters(self), "schema": self.schema, "table": self.table}

    def find(self, runtime: Runtime, container: Container) -> Mapping[str, str]:
        """The table is there. Raises PlanError where it is not."""
        if self._told(runtime, container, TABLE(**self.named())) != YES:
            where = f"a table {self.table} in {self.schema} of {self.database}"
            raise self._refused(container, where, "there is none")
        return {}

    def named(self) -> Mapping[str, str]:
        """The table."""
        return {"schema": self.schema, "table": self.table}

    def statements(self, mark: str) -> Sequence[str]:
        """Take it, and keep it."""
        return [LOCK(seconds=self._seconds, **self.named())]


@dataclass(frozen=True, slots=True)
class _OfRole(_Sessions):
    """Sessions of a login role, which comes by the socket without a password."""

    user: str

    def parameters(self) -> Mapping[str, Json]:
        """Whose, and for how many seconds at most."""
        return {**_Sessions.parameters(self), "user": self.user}

    def find(self, runtime: Runtime, container: Container) -> Mapping[str, str]:
        """The role may come there, and is no superuser. Raises PlanError where it is not so."""
        done = psql(runtime, container, self.user, self.database, BY_SOCKET())
        if done.exit_code != 0:
            expected = f"{self.user} to come to {self.database} by the socket without a password"
            raise self._refused(container, expected, f"got {said(done)}")
        if said(done) != YES:
            expected = f"{self.user} to be no superuser"
            raise self._refused(container, expected, "what is kept for those would be taken too")
        done = psql(runtime, container, self.role, self.database, DBLINK())
        if done.exit_code != 0:
            expected = "PostgreSQL's dblink"
            hint = "it is in the package postgresql-contrib"
            raise self._refused(container, expected, f"got {said(done)}", hint)
        return {}

    def _to(self, mark: str) -> str:
        words = {"dbname": self.database, "user": self.user, "application_name": mark}
        words["connect_timeout"] = "5"
        return " ".join(f"{key}='{value}'" for key, value in words.items())


@dataclass(frozen=True, slots=True)
class ConnectionsLeaked(_OfRole):
    """Sessions that nobody closes take every connection of the server that a customer could have.

    Who is connected goes on; who comes is refused. Superusers still get in, by what is kept for
    them. A connection that becomes free is taken within a second.
    """

    kind: ClassVar[str] = "connection leak"
    phrase: ClassVar[str] = "a leak of {user:quoted} connections to its {database:quoted} database"
    label: ClassVar[str] = "connections leaked"
    effect: ClassVar[Effect] = ReadBack(
        "the server has no connection left", holds(lambda undo: LEAKED(**undo.arguments))
    )

    @property
    def by_hand(self) -> str:
        """As a person would take them."""
        come = f"psql -U '{self.user}' -d '{self.database}' -c 'SELECT pg_sleep({self._seconds})'"
        return f"for i in $(seq 1000); do docker exec -d {{container}} {come}; done"

    def statements(self, mark: str) -> Sequence[str]:
        """Connect until that is refused."""
        body = LEAK(mark=mark, to=self._to(mark), seconds=self._seconds)
        return [CONNECT, SAY, DO(body=body)]


@dataclass(frozen=True, slots=True)
class LongTransaction(_OfRole):
    """A transaction is begun and neither committed nor rolled back: idle in transaction.

    Nothing that was deleted or overwritten since can be cleaned up anywhere, so tables grow; where
    the server has an idle_in_transaction_session_timeout it ends the transaction.
    """

    kind: ClassVar[str] = "long transaction"
    phrase: ClassVar[str] = (
        "a transaction of {user:quoted} in its {database:quoted} database that nobody ends"
    )
    label: ClassVar[str] = "transaction open"
    effect: ClassVar[Effect] = ReadBack(
        "a transaction is idle and holds back what can be cleaned up",
        holds(lambda undo: HELD(**undo.arguments)),
    )

    @property
    def by_hand(self) -> str:
        """As a person would leave one open."""
        return (
            f"docker exec -it {{container}} psql -U '{self.user}' -d '{self.database}'"
            " # BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1; and nothing more"
        )

    def statements(self, mark: str) -> Sequence[str]:
        """Have one opened."""
        body = HOLD(to=self._to(mark), seconds=self._seconds)
        return [CONNECT, SAY, DO(body=body)]
