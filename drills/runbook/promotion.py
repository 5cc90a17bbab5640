"""Making a replica the primary, by PostgreSQL's own function."""

from __future__ import annotations

from collections.abc import Mapping

from drills.errors import ResponseFailed
from drills.journal.facts import ReplicaPromoted
from drills.journal.timeline import Json
from drills.runbook.action import Action
from drills.runbook.bench import Bench
from drills.runbook.commands import running, said, shown

_PSQL = ("psql", "-XAtqw", "-v", "ON_ERROR_STOP=1", "-d", "postgres")
_STANDBY = "SELECT pg_is_in_recovery()"
_RECEIVED = "SELECT pg_last_wal_receive_lsn()"
_PROMOTE = "SELECT pg_promote(true, {:.0f})"
YES, NO = "t", "f"


def promote(bench: Bench, action: Action) -> Mapping[str, Json]:
    """Promote the standby, and tell everybody which node takes writes from now on.

    Raises ResponseFailed where it is none, or does not become a primary within the time-out.
    """
    node = bench.ledger.node(action.service)
    container = running(bench, action)

    def ask(statement: str) -> str:
        return said(bench, action, container, (*_PSQL, "-U", action.role, "-c", statement))

    if ask(_STANDBY) != YES:
        raise ResponseFailed(f"expected a standby in {container.name}, it takes writes already")
    received = ask(_RECEIVED)
    done = ask(_PROMOTE.format(max(action.timeout, 1)))
    if done != YES or ask(_STANDBY) != NO:
        raise ResponseFailed(f"{container.name} was not promoted, it said: {shown(done)}")
    bench.journal.write(
        ReplicaPromoted(
            f"{node} takes writes from now on, after {received}", node=node, service=action.service
        ),
        sync=True,
    )
    return {"service": action.service, "container": container.name, "received": received}
