"""The cases of the shipped incidents beside the lost replica: of each, nobody is told of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.sabotage import stack_acts as acts
from tests.sabotage.case import Bench, Case, Part, Place

SHORT = ("--drill-patience=10s",)


def untold(
    feature: str,
    alert: str,
    name: str = "",
    edit: Callable[[Path], None] | None = None,
    chosen: str = "",
) -> Case:
    """What announces the incident of a feature is taken away."""
    return Case(
        name or f"the rule of {alert} is deleted",
        Part.MONITORING,
        Bench.STACK,
        f"{alert} detects the incident",
        "inconclusive",
        rf"no alert {alert} reached the pager",
        edit=edit or acts.without_the_rule(alert),
        options=SHORT,
        feature=feature,
        chosen=chosen,
    )


INCIDENT_CASES = (
    untold("database_connection_failure", "DatabaseDown"),
    untold("memory_exhaustion", "HighMemory"),
    untold("application_start_failure", "InstanceDown"),
    untold("authentication_failure", "AuthenticationFailing"),
    untold("authentication_failure", "SignInFailing", chosen="is_active"),
    untold("load_balancer_failure", "LoadBalancerDown"),
    untold("network_failure", "InstanceCutOff"),
    untold(
        "monitoring_failure",
        "MonitoringSilent",
        "nobody misses the heartbeat of the monitoring",
        acts.patient_pager,
    ),
    Case(
        "an app instance lets anybody in",
        Part.RESPONSE,
        Bench.STACK,
        "No request without right succeeds",
        "missed",
        r"the first of them was of journey \S+: status 200",
        act=acts.open_door,
        place=Place.AFTER,
        edit=acts.door_that_opens,
        options=SHORT,
        feature="authentication_failure",
    ),
)
