"""Whether backups hold what customers were told was kept, by what was read where they came back."""

from __future__ import annotations

from collections.abc import Callable

from drills.journal.facts import BackedUp, BackupRead, DrillStarted
from drills.judgement.metric import Observations
from drills.judgement.verdict import Measured, Measurement, Unmeasured
from drills.observers.agreement import Agreement, agreement
from drills.units import Interval

SOURCE = "what was read of it once restored, against the ledger of writes acknowledged before it"


def differences(*, emergency: bool) -> Callable[[Observations, str], Measurement]:
    """A metric: in how many writes backups and ledger differ; of every backup, or ``emergency``.

    Those are the ones that were begun with a fault in effect. A backup that could not be made or
    restored holds nothing. One that nobody restored, or that had to hold nothing, proves nothing.
    """

    def measure(seen: Observations, _subject: str) -> Measurement:
        fault = seen.fault()
        backups = [
            backup
            for backup in seen.timeline.all(BackedUp)
            if not emergency or (fault and backup.begun_ns >= fault.low_ns)
        ]
        if not backups:
            return Unmeasured("no backup was made" + (" during the incident" if emergency else ""))
        return _all_of(seen, backups)

    return measure


def _all_of(seen: Observations, backups: list[BackedUp]) -> Measurement:
    total, told = 0, []
    for backup in backups:
        found = _found(seen, backup)
        if isinstance(found, str):
            return Unmeasured(found)
        agreed, reason = found
        total += agreed.differences
        told += [words for words in (agreed.words(), reason) if words]
    return Measured(Interval.exact(total), "; ".join([SOURCE, *told]))


def _found(seen: Observations, backup: BackedUp) -> tuple[Agreement, str] | str:
    """How a backup agrees with the ledger, and why it holds nothing; or why that is not known."""
    started = seen.timeline.first(DrillStarted)
    read = seen.timeline.last(BackupRead, backup=backup.seq)
    if read is None and not backup.reason:
        return f"the backup {backup.file} was not restored"
    held = (seen.backups or {}).get(read.read) if read and read.read else {}
    if held is None:
        return f"what the backup {backup.file} held cannot be read"
    writes = seen.samples.get(started.writes, ()) if started else ()
    agreed = agreement(writes, held, backup.begun_ns, backup.ended_ns)
    if not agreed.due:
        return f"no write was acknowledged before the backup {backup.file}"
    return agreed, backup.reason or (read.reason if read else "")
