"""Every metric a criterion may name, with all that is to be known of it: there is no other list.

All times count from the moment the (first) fault took effect.
"""

from __future__ import annotations

from drills.errors import PlanError, near
from drills.judgement.availability import availability
from drills.judgement.backups import differences
from drills.judgement.communication import time_to_notify
from drills.judgement.criterion import Comparator, Criterion, Unit, measured
from drills.judgement.data import (
    ALTERED,
    DUPLICATED,
    LEDGER,
    LOST,
    NO_CONTENT,
    RECOVERY_POINT,
    STALE_WRITES,
    altered,
    at_stake,
    recovery_point,
    stale_writes,
)
from drills.judgement.detection import (
    UNHEALTHY,
    crashes_before_detection,
    time_to_detect,
    time_to_resolve,
    time_to_symptom,
    time_to_unhealthy,
)
from drills.judgement.documented import (
    discussed,
    missing_fields,
    prevention_section,
    root_cause_facts,
)
from drills.judgement.followed import unworkable
from drills.judgement.intrusion import LET_IN, requests_let_in
from drills.judgement.metric import Metric, Settles, Tile
from drills.judgement.procedures import procedure_findings, time_to_respond
from drills.judgement.recovery import (
    time_to_fail_over,
    time_to_recover,
    time_to_recover_after_undo,
    time_to_restore_services,
)
from drills.judgement.redundancy import replication_lag, time_to_restore_redundancy
from drills.judgement.restart import time_to_restart
from drills.judgement.subjects import Need, Subject
from drills.runbook.policy import FIELDS

_SECONDS, _COUNT = Unit.SECONDS, Unit.COUNT
SERVICES_RESTORED = "time to restore services"
_RESTORED = (
    "the ledger of acknowledged writes in samples/, held against backup-reads.json: what each "
    "backup held once restored"
)
_READ_BACK = "the ledger of acknowledged writes in samples/, held against final-read.json"

METRICS: dict[str, Metric] = {
    each.name: each
    for each in (
        Metric(
            name="time to symptom",
            unit=_SECONDS,
            settles=Settles.LIVE,
            final=True,
            better=None,
            measured_by=time_to_symptom,
            source="the failed and slow answers in samples/, after the journal's fault.effective",
            narrowed=Subject.JOURNEY,
            needs=(Need.JOURNEY,),
            mark="symptom",
            tile=Tile(
                "First symptom",
                "until a customer could first see it: two failures in a row, "
                "or 5 % of a second's requests",
            ),
        ),
        Metric(
            name="time to detect",
            unit=_SECONDS,
            settles=Settles.LIVE,
            final=True,
            measured_by=time_to_detect,
            source="the journal's events fault.effective and signal (the notification's arrival)",
            narrowed=Subject.ALERT,
            mark="detected",
            tile=Tile("Detected", "until the system's own monitoring told someone"),
        ),
        Metric(
            name="time to respond",
            unit=_SECONDS,
            settles=Settles.LIVE,
            final=True,
            measured_by=time_to_respond,
            source="the journal's events signal (the page), response.started and response.step",
            narrowed=Subject.ALERT,
            needs=(Need.ALERT,),
        ),
        Metric(
            name="time to notify",
            unit=_SECONDS,
            settles=Settles.LIVE,
            final=True,
            measured_by=time_to_notify,
            source="the journal's events signal (the page), message.due and message.sent",
            narrowed=Subject.ALERT,
            needs=(Need.ALERT, Need.TARGET),
        ),
        Metric(
            name=UNHEALTHY,
            unit=_SECONDS,
            settles=Settles.LIVE,
            final=True,
            measured_by=time_to_unhealthy,
            source="the journal's events fault.effective and signal (the engine's health state)",
            narrowed=Subject.PART,
            has_to_be=True,
        ),
        Metric(
            name="time to resolve",
            unit=_SECONDS,
            settles=Settles.UNDONE,
            measured_by=time_to_resolve,
            source="the journal's events fault.effective and signal (the last, that it is over)",
            narrowed=Subject.ALERT,
            needs=(Need.ALERT,),
        ),
        Metric(
            name="crashes before detection",
            unit=_COUNT,
            settles=Settles.LIVE,
            final=True,
            measured_by=crashes_before_detection,
            source="the journal's events engine (die, oom) between fault.effective and signal",
            narrowed=Subject.ALERT,
        ),
        Metric(
            name="time to fail over",
            unit=_SECONDS,
            settles=Settles.LIVE,
            final=True,
            measured_by=time_to_fail_over,
            source="the answers in samples/ and the journal's events fault.effective "
            "and response.*",
            narrowed=Subject.SWITCHING,
            needs=(Need.SWITCHING,),
            mark="failed over",
            tile=Tile("Failed over", "until the journeys were served by the other side"),
        ),
        Metric(
            name="time to recover",
            unit=_SECONDS,
            settles=Settles.LIVE,
            measured_by=time_to_recover,
            source="the start of the first hold window in samples/ without a bad answer; of a "
            "stack without journeys, in which the engine tells that every service runs",
            narrowed=Subject.JOURNEY,
            needs=(Need.SERVED,),
            mark="recovered",
            tile=Tile("Recovered", "until every journey was back in its steady state"),
        ),
        Metric(
            name=SERVICES_RESTORED,
            unit=_SECONDS,
            settles=Settles.LIVE,
            measured_by=time_to_restore_services,
            source="the start of the first hold window in samples/ in which the engine tells that "
            "every container of the service runs, and is healthy where it has a health check",
            narrowed=Subject.PART,
        ),
        Metric(
            name="time to restart",
            unit=_SECONDS,
            settles=Settles.LIVE,
            final=True,
            measured_by=time_to_restart,
            source="the journal's events fault.effective and engine (start), before any undo "
            "or response",
            narrowed=Subject.SERVICE,
        ),
        Metric(
            name="time to recover after undo",
            unit=_SECONDS,
            settles=Settles.UNDONE,
            measured_by=time_to_recover_after_undo,
            source="the first hold window in samples/ without a bad answer, after the journal's "
            "undo.called",
            narrowed=Subject.JOURNEY,
            needs=(Need.JOURNEY,),
        ),
        Metric(
            name="time to restore redundancy",
            unit=_SECONDS,
            settles=Settles.UNDONE,
            measured_by=time_to_restore_redundancy,
            source="the replication lane in samples/: what the primary said of its replica, asked "
            "again and again, after the journal's fault.effective",
            narrowed=Subject.REPLICA,
            needs=(Need.REPLICA,),
            tile=Tile("Redundancy restored", "until the system could bear the same fault again"),
        ),
        Metric(
            name="replication lag",
            unit=_SECONDS,
            settles=Settles.UNDONE,
            measured_by=replication_lag,
            source="the replication lane in samples/, over its last hold window",
            narrowed=Subject.REPLICA,
            needs=(Need.REPLICA,),
        ),
        Metric(
            name="procedure findings",
            unit=_COUNT,
            settles=Settles.END,
            measured_by=procedure_findings,
            source="the journal's events response.step: those that did not work",
        ),
        Metric(
            name="unworkable runbook lines",
            unit=_COUNT,
            settles=Settles.END,
            measured_by=unworkable,
            source="the journal's events runbook.command: those that do not work as written",
        ),
        Metric(
            name="availability",
            unit=Unit.RATIO,
            settles=Settles.END,
            better=Comparator.AT_LEAST,
            measured_by=availability,
            source="samples/, one row for every due request, from the journal's fault.effective on",
            most=1,
            narrowed=Subject.JOURNEY,
            has_to_be=True,
            needs=(Need.JOURNEY,),
        ),
        Metric(
            name=LET_IN,
            unit=_COUNT,
            settles=Settles.END,
            measured_by=requests_let_in,
            source="the status of every answer in samples/ to a journey that is forbidden, from "
            "before the journal's fault.effective to the end of watching",
            narrowed=Subject.INTRUDER,
            needs=(Need.INTRUDER,),
        ),
        Metric(
            name=LOST,
            unit=_COUNT,
            settles=Settles.END,
            measured_by=at_stake(lambda found: len(found.lost), LEDGER),
            source=_READ_BACK,
            needs=(Need.WRITES,),
        ),
        Metric(
            name=RECOVERY_POINT,
            unit=_SECONDS,
            settles=Settles.END,
            measured_by=recovery_point,
            source=f"{_READ_BACK}, and the journal's event restore.begun",
            needs=(Need.WRITES,),
        ),
        Metric(
            name=ALTERED,
            unit=_COUNT,
            settles=Settles.END,
            measured_by=at_stake(altered, f"{LEDGER}, by content", NO_CONTENT),
            source=f"{_READ_BACK}, by content",
            needs=(Need.WRITES, Need.CONTENT),
        ),
        Metric(
            name=DUPLICATED,
            unit=_COUNT,
            settles=Settles.END,
            measured_by=at_stake(lambda found: found.duplicated, LEDGER),
            source=_READ_BACK,
            needs=(Need.WRITES,),
        ),
        Metric(
            name=STALE_WRITES,
            unit=_COUNT,
            settles=Settles.END,
            measured_by=stale_writes,
            source=f"{_READ_BACK}, of every replica",
            needs=(Need.WRITES, Need.REPLICA),
        ),
        Metric(
            name="backup differences",
            unit=_COUNT,
            settles=Settles.END,
            measured_by=differences(emergency=False),
            source=_RESTORED,
            needs=(Need.WRITES,),
        ),
        Metric(
            name="emergency backup differences",
            unit=_COUNT,
            settles=Settles.END,
            measured_by=differences(emergency=True),
            source=f"{_RESTORED}, of those made during the incident",
            needs=(Need.WRITES,),
        ),
        Metric(
            name="attestation",
            unit=_COUNT,
            settles=Settles.END,
            final=True,
            better=Comparator.AT_LEAST,
            measured_by=discussed,
            source="the journal's events attested: what people said with `drills attest`",
            narrowed=Subject.TOPIC,
            has_to_be=True,
            most=1,
        ),
        Metric(
            name="missing record fields",
            unit=_COUNT,
            settles=Settles.END,
            measured_by=missing_fields,
            source="incident.md, filled in from the journal after the runbook's template",
            most=len(FIELDS),
        ),
        Metric(
            name="root-cause findings",
            unit=_COUNT,
            settles=Settles.END,
            better=Comparator.AT_LEAST,
            measured_by=root_cause_facts,
            source="the journal's events response.step and engine: what they say beyond the "
            "injection",
        ),
        Metric(
            name="prevention measures",
            unit=_COUNT,
            settles=Settles.END,
            better=Comparator.AT_LEAST,
            measured_by=prevention_section,
            source="incident.md: what the manifest proposes for this incident",
        ),
    )
}


def metric(name: str) -> Metric:
    """A metric by name, see ``measured``. Raises PlanError naming those there are."""
    if measured(name) not in METRICS:
        known = ", ".join(sorted(METRICS))
        hint = near(name, sorted(METRICS))
        raise PlanError(f"expected one of the metrics {known}; got {name!r}{hint}")
    return METRICS[measured(name)]


def unit_of(criterion: Criterion) -> Unit:
    """What a criterion's limit counts in; a count where nobody knows its metric."""
    known = METRICS.get(measured(criterion.metric))
    return known.unit if known else Unit.COUNT
