"""What became of a write that failed: certainly not done, or nobody can say.

Calling an unknown outcome "refused" would let a ledger of acknowledged writes lie, so only what
PostgreSQL itself reports as rolled back, and what never reached COMMIT, counts as not done.
"""

from __future__ import annotations

import psycopg

# SQLSTATE classes after which the transaction is certainly rolled back: feature not supported,
# data exception, integrity violation, read-only transaction, rollback, syntax and access.
ROLLED_BACK = ("0A", "22", "23", "25", "40", "42")


class NotCommitted(Exception):
    """The write is certainly not in the database."""


class OutcomeUnknown(Exception):
    """COMMIT was sent and its answer never came: the write may or may not be there."""


def outcome_of(error: Exception, *, commit_sent: bool) -> NotCommitted | OutcomeUnknown:
    """The honest name for `error`; raise it from that."""
    if not commit_sent:
        return NotCommitted(type(error).__name__)
    state = error.sqlstate if isinstance(error, psycopg.Error) else None
    if state and state[:2] in ROLLED_BACK:
        return NotCommitted(f"SQLSTATE {state}")
    return OutcomeUnknown(type(error).__name__)
