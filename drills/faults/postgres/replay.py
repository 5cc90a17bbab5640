"""A replica that receives and does not replay: PostgreSQL's own pause of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from drills.errors import EngineError, PlanError
from drills.faults.fault import Applied, Colour, Effect, OfContainer, ReadBack
from drills.faults.postgres.client import ADMINISTRATOR, MAINTENANCE, ask, psql, said
from drills.faults.process import start
from drills.faults.undo import Operation, Place, Undo
from drills.journal.timeline import Json
from drills.stack.dsn import Product
from drills.stack.runtime import Runtime

# A node that is no standby (any more) replays nothing, so nothing of it is paused.
PAUSE_STATE = (
    "SELECT CASE WHEN pg_is_in_recovery() "
    "THEN pg_get_wal_replay_pause_state() ELSE 'not paused' END"
)
PAUSE = "SELECT pg_wal_replay_pause()"
RESUME = "SELECT pg_wal_replay_resume() WHERE pg_is_in_recovery()"
# Whether it replays, and whether who asks may pause that.
ABLE = (
    "SELECT pg_is_in_recovery(), "
    "has_function_privilege('pg_wal_replay_pause()', 'EXECUTE') "
    "AND has_function_privilege('pg_wal_replay_resume()', 'EXECUTE')"
)


def _paused(runtime: Runtime, undo: Undo) -> bool:
    done = ask(runtime, undo, PAUSE_STATE)
    return done.exit_code == 0 and said(done) == "paused"


def _resume(runtime: Runtime, undo: Undo) -> None:
    """Have it run, and replay. One that was restarted meanwhile replays already.

    What a server says that is still starting is no matter: it is asked again until it is proven.
    """
    if undo.before.get("status") == "running":
        start(runtime, undo)
    ask(runtime, undo, RESUME)


def _resumed(runtime: Runtime, undo: Undo) -> bool:
    """Whether the database itself says that it is not paused; asked for again while it is."""
    if not runtime.state(undo.container).running:
        return not undo.before  # a pause ends with the server; one that ran has to run again
    done = ask(runtime, undo, PAUSE_STATE)
    if done.exit_code == 0 and said(done) == "not paused":
        return True
    ask(runtime, undo, RESUME)
    return False


OPERATIONS: Mapping[str, Operation] = {
    "resume-replay": Operation(
        _resume,
        _resumed,
        "replaying, says the database",
        "docker exec {container} psql -U {role} -d {database} -c 'SELECT pg_wal_replay_resume()'",
    ),
}


@dataclass(frozen=True, slots=True)
class ReplayPaused(OfContainer):
    """A replica receives the primary's changes, and does not apply them.

    It serves older and older data, and says that all is well. ``role`` is who may pause it; it
    needs no password at the socket inside the container.
    """

    role: str = ADMINISTRATOR
    database: str = MAINTENANCE
    product: ClassVar[Product] = Product.POSTGRESQL
    kind: ClassVar[str] = "replay pause"
    phrase: ClassVar[str] = "a pause of replay"
    label: ClassVar[str] = "replay paused"
    colour: ClassVar[Colour] = Colour.DATABASE
    effect: ClassVar[Effect] = ReadBack("replay is paused", _paused)
    needs: ClassVar[tuple[str, ...]] = (
        "psql in the container, and a role that may pause replay at its socket without a password",
        "a PostgreSQL 14 or later that is a standby",
    )

    @property
    def by_hand(self) -> str:
        """As a person would pause it."""
        return f"docker exec {{container}} psql -U {{role}} -d {{database}} -c '{PAUSE}'"

    def parameters(self) -> Mapping[str, Json]:
        """Who pauses it."""
        return {"role": self.role}

    def probe(self, runtime: Runtime, place: Place) -> Place:
        """It is a standby, and the role may pause it. Raises PlanError where it is not so."""
        name = place.container.name
        done = psql(runtime, place.container, self.role, self.database, ABLE)
        if done.exit_code != 0:
            raise PlanError(
                f"{self.kind} of {name}: expected psql in it to reach its PostgreSQL as "
                f"{self.role}, got exit code {done.exit_code}: {said(done)}"
            )
        standby, _, permitted = said(done).partition("|")
        if standby != "t":
            raise PlanError(f"{self.kind} of {name}: expected a standby, it replays nothing")
        if permitted != "t":
            raise PlanError(
                f"{self.kind} of {name}: expected that {self.role} may pause replay, it may not. "
                f"Hint: GRANT EXECUTE ON FUNCTION pg_wal_replay_pause, pg_wal_replay_resume"
            )
        return place

    def undo(self, place: Place, injection: str) -> Undo:
        """Resume it."""
        there = Place(place.container, database=self.database)
        return Undo("resume-replay", there, {"role": self.role})

    def apply(self, runtime: Runtime, place: Place, injection: str) -> Applied:
        """Pause it. Raises EngineError with what the database says where it refuses."""
        done = psql(runtime, place.container, self.role, self.database, PAUSE)
        if done.exit_code != 0:
            raise EngineError(f"psql ended with {done.exit_code}: {said(done)}")
        return Applied(way=f"psql as {self.role}")
