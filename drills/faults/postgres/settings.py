"""A server's setting, changed by ALTER SYSTEM and put back to what ALTER SYSTEM had made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from drills.faults.fault import Applied, Effect, ReadBack
from drills.faults.postgres.client import YES
from drills.faults.postgres.database import OfDatabase, changed_back, holds, typed
from drills.faults.postgres.statement import Statement
from drills.faults.undo import Operation, Place, Undo
from drills.stack.runtime import Container, Runtime

UNSET = "unset"
# What ALTER SYSTEM made of it: "set: " and the value, or "unset".
_WAS = (
    "coalesce((SELECT 'set: ' || setting FROM pg_file_settings WHERE name = {setting:text} "
    "AND sourcefile = current_setting('data_directory') || '/postgresql.auto.conf' "
    "ORDER BY seqno DESC LIMIT 1), 'unset')"
)
WAS = Statement(f"SELECT {_WAS}")
SET = Statement("ALTER SYSTEM SET {setting:name} = {value:text}")
RESET = Statement("ALTER SYSTEM RESET {setting:name}")
RELOAD = Statement("SELECT pg_reload_conf()")
IS = Statement("SELECT current_setting({setting:text}) = {value:text}")
PUT_BACK = Statement(
    f"SELECT {_WAS} = {{was:text}} AND current_setting({{setting:text}}) <> {{value:text}}"
)
# Whether ALTER SYSTEM is refused (PostgreSQL 17), and whether commits wait for standbys at all.
REFUSED = Statement("SELECT coalesce(current_setting('allow_alter_system', true), 'on') = 'off'")
WAITS = Statement(
    "SELECT current_setting('synchronous_commit') IN ('on', 'remote_write', 'remote_apply')"
)
STREAMS = Statement("SELECT EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming')")
CUT = Statement(
    "SELECT current_setting({setting:text}) = {value:text} "
    "AND NOT EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming')"
)


def _back(undo: Undo) -> Sequence[str]:
    was, setting = undo.arguments["was"], undo.arguments["setting"]
    if was == UNSET:
        return [RESET(setting=setting), RELOAD()]
    return [SET(setting=setting, value=was.removeprefix("set: ")), RELOAD()]


OPERATIONS: Mapping[str, Operation] = {
    "put-setting-back": changed_back(
        _back,
        lambda undo: PUT_BACK(**undo.arguments),
        "with its setting as before, says the database",
        typed("ALTER SYSTEM RESET {setting}", "SELECT pg_reload_conf()")
        + " # or SET it as before: {was}",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Setting(OfDatabase):
    """One setting has another value, which a reload brings into force."""

    setting: ClassVar[str]
    value: ClassVar[str]

    @property
    def by_hand(self) -> str:
        """As a person would set it."""
        change = f"ALTER SYSTEM SET {self.setting} = $${self.value}$$"
        return typed(change, "SELECT pg_reload_conf()")

    def find(self, runtime: Runtime, container: Container) -> Mapping[str, str]:
        """What ALTER SYSTEM made of it before. Raises PlanError where it may not be used."""
        if self._told(runtime, container, REFUSED()) == YES:
            raise self._refused(container, "a server that allows ALTER SYSTEM", "it does not")
        return {"was": self._told(runtime, container, WAS(setting=self.setting))}

    def undo(self, place: Place, injection: str) -> Undo:
        """Set it as before, or reset it where it was not set."""
        return self._undo("put-setting-back", place, setting=self.setting, value=self.value)

    def apply(self, runtime: Runtime, place: Place, injection: str) -> Applied:
        """Set it, and reload. Raises EngineError with what the database says where it refuses."""
        change = SET(setting=self.setting, value=self.value)
        return self._say(runtime, place, change, RELOAD())


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicaCutOff(_Setting):
    """A replica does not reach its primary any more, and goes on to answer.

    Its data is as of the cut and grows older; nothing that it is asked tells of that. Its
    ``primary_conninfo`` names a socket that does not exist, so nothing is sent anywhere. Where
    ALTER SYSTEM has set one with a password in it the fault is refused: that would have to be
    written down to be put back.
    """

    phrase: ClassVar[str] = "a cut from its primary"
    kind: ClassVar[str] = "replica cut off"
    label: ClassVar[str] = "cut from its primary"
    setting: ClassVar[str] = "primary_conninfo"
    value: ClassVar[str] = "host=/nowhere/incident-drills"
    standby: ClassVar[bool | None] = True
    effect: ClassVar[Effect] = ReadBack(
        "the replica receives nothing", holds(lambda undo: CUT(**undo.arguments))
    )

    def find(self, runtime: Runtime, container: Container) -> Mapping[str, str]:
        """It streams, and how it was told to. Raises PlanError for a password in that."""
        if self._told(runtime, container, STREAMS()) != YES:
            raise self._refused(container, "a replica that streams", "it does not")
        found = _Setting.find(self, runtime, container)
        if "password" in found["was"].lower() or "://" in found["was"]:
            raise self._refused(
                container,
                "a primary_conninfo without a password in postgresql.auto.conf",
                "there is one, which would have to be written down to be put back",
                "name it in postgresql.conf, or a passfile; or cut the link between the two",
            )
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitsHang(_Setting):
    """Every commit waits for a synchronous standby that does not exist.

    Reads go on, and so do writes until they commit: then the client waits, however short its
    statement_timeout is. When the fault is undone what waited is committed, wanted or not.
    """

    phrase: ClassVar[str] = "commits that hang"
    kind: ClassVar[str] = "hanging commits"
    label: ClassVar[str] = "commits hang"
    setting: ClassVar[str] = "synchronous_standby_names"
    value: ClassVar[str] = "incident_drills_nobody"
    effect: ClassVar[Effect] = ReadBack(
        "commits wait for a standby that is not there",
        holds(lambda undo: IS(**undo.arguments)),
    )

    def find(self, runtime: Runtime, container: Container) -> Mapping[str, str]:
        """Commits wait for standbys there. Raises PlanError where none would."""
        if self._told(runtime, container, WAITS()) != YES:
            raise self._refused(
                container,
                "a synchronous_commit of on, remote_write or remote_apply",
                "commits wait for no standby",
            )
        return _Setting.find(self, runtime, container)
