"""The cases of the shipped incidents beside the lost replica: of each, nobody is told of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.sabotage import stack_acts as acts
from tests.sabotage.case import Bench, Case, Part, Place

SHORT = ("--drill-patience=10s",)
AS_WRITTEN = "The primary dies, and people do what the runbook says, as it is written"
TOLD = "The load balancer is stopped, and those who must know of it do"
LOST = "The primary is lost with its machine"
LEAK = "Somebody leaks connections until none is left"
SWITCHED_OFF = (
    "Customers cannot sign in: <who> suffers <fault>"
    '[the "postgres" service-a turned "is_active" of "users" where "username" is "drill" in its '
    '"sme_erp" database]'
)
STAYS_DOWN = (
    "An application instance does not come up: it suffers <fault>[an unreadable environment file]"
)
BEHIND = "The schema is older than the application"
ROTATED = "The database's password is rotated under the running application"
ENDED = "The load balancer's certificate has ended"
ASTRAY = "The load balancer sends everybody to the wrong place"
EMERGENCY = "/tmp/emergency_backup.dump"  # noqa: S108 - both in the primary's container
LAST = "/tmp/last_backup.dump"  # noqa: S108


def untold(
    feature: str,
    alert: str,
    name: str = "",
    edit: Callable[[Path], None] | None = None,
    *,
    scenario: str = "",
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
        scenario=scenario,
    )


def suffering(fault: str, alert: str) -> str:
    """A row of the outline about one app instance."""
    return f"An application instance suffers <fault>[{fault}-{alert}]"


INCIDENT_CASES = (
    untold("database_connection_failure", "DatabaseDown"),
    Case(
        "the emergency backup is torn",
        Part.DATA,
        Bench.STACK,
        "The emergency backup agrees with the acknowledged orders",
        "missed",
        r"pg_restore ended with 1",
        edit=acts.before_restoring(
            "database-connection-failure", "truncate", "-s", "50000", EMERGENCY
        ),
        options=SHORT,
        feature="database_connection_failure",
    ),
    Case(
        "the old primary comes back as a primary",
        Part.RESPONSE,
        Bench.STACK,
        "The replica streams again",
        "missed",
        r"was not streaming at the end",
        edit=acts.comes_back(acts.STUBBORN, "postgres", "primary"),
        options=SHORT,
        feature="database_connection_failure",
        scenario=LOST,
    ),
    Case(
        "the runbook names a service that there is not",
        Part.RESPONSE,
        Bench.STACK,
        "The runbook works as written",
        "missed",
        r"runbook\.md:93: sudo docker-compose restart postgress: failed",
        edit=acts.rewritten("runbook.md", "restart postgres\n", "restart postgress\n"),
        options=SHORT,
        feature="database_connection_failure",
        scenario=AS_WRITTEN,
    ),
    untold("database_connection_failure", "ConnectionsRunningOut", scenario=LEAK),
    Case(
        "nobody ends the sessions that leaked",
        Part.RESPONSE,
        Bench.STACK,
        "Every step of the procedure works",
        "missed",
        r"See that four fifths of the connections are not taken any more\) does not work",
        edit=acts.rewritten("runbook.toml", "ORDER BY count(*) DESC LIMIT 1", "LIMIT 0"),
        options=SHORT,
        feature="database_connection_failure",
        scenario=LEAK,
    ),
    untold("database_corruption", "DataCorrupted"),
    Case(
        "the backup has every table and no row",
        Part.DATA,
        Bench.STACK,
        "The backup agrees with the acknowledged orders",
        "missed",
        r"acknowledged before it are missing",
        edit=acts.before_restoring(
            "database-corruption",
            *("pg_dump", "-U", "postgres", "-Fc"),
            "-s",
            "-f",
            LAST,
            "sme_erp",
        ),
        options=SHORT,
        feature="database_corruption",
    ),
    untold("replication_slot", "SlotUnread"),
    Case(
        "nobody starts the replica that lost its data",
        Part.RESPONSE,
        Bench.STACK,
        "Every step of the procedure works",
        "missed",
        r"no instance of postgres-replica runs",
        edit=acts.rewritten(
            "runbook.toml",
            'action = "start"\nsays = "Start the read replica, if it does not run',
            'action = "people"\nsays = "Start the read replica, if it does not run',
        ),
        options=SHORT,
        feature="replica_failure",
        scenario="The read replica loses all its data",
    ),
    untold("replica_failure", "ReplicaDiskSlow", scenario="The read replica's disk is slow"),
    untold("disk_full", "DiskFull"),
    untold("disk_full", "InodesUsedUp", scenario="The primary's disk for data takes no more files"),
    untold("memory_exhaustion", "HighMemory"),
    *(
        untold("memory_exhaustion", alert, scenario=scenario)
        for alert, scenario in (
            ("InstanceHangs", "One application instance hangs"),
            ("FilesRunningOut", "One application instance has no file descriptor left"),
            ("InstanceSlow", "One application instance is slower than its like"),
            ("CpuThrottled", "The application has too little processor time"),
        )
    ),
    Case(
        "nobody adds the third instance",
        Part.RESPONSE,
        Bench.STACK,
        "Every step of the procedure works",
        "missed",
        r"See that the monitoring watches all three\) does not work",
        edit=acts.rewritten("runbook.toml", 'action = "scale"\nsays', 'action = "people"\nsays'),
        options=SHORT,
        feature="memory_exhaustion",
        scenario="The application has too little processor time",
    ),
    untold("application_start_failure", "InstanceDown"),
    Case(
        "the runbook takes the last good instance as well",
        Part.RESPONSE,
        Bench.STACK,
        "Customers can use orders",
        "missed",
        r"due requests of journey orders",
        edit=acts.all_at_once,
        options=SHORT,
        feature="application_start_failure",
        scenario=STAYS_DOWN,
    ),
    untold("application_start_failure", "ServerErrors", scenario=BEHIND),
    Case(
        "nobody runs the migrations that are missing",
        Part.RESPONSE,
        Bench.STACK,
        "Every step of the procedure works",
        "missed",
        r"See that it is at the newest one\) does not work",
        edit=acts.rewritten("runbook.toml", '["alembic", "upgrade", "head"]', '["true"]'),
        options=SHORT,
        feature="application_start_failure",
        scenario=BEHIND,
    ),
    untold("authentication_failure", "AuthenticationFailing"),
    untold("authentication_failure", "SignInFailing", scenario=SWITCHED_OFF),
    untold(
        "authentication_failure",
        "DatabaseDown",
        "nobody watches whether the application has its database",
        acts.rewritten(
            "monitoring/rules.yml", '(max(erp_database_up{node="primary"})', "(max(never_told)"
        ),
        scenario=ROTATED,
    ),
    Case(
        "nobody gives the role its password back",
        Part.RESPONSE,
        Bench.STACK,
        "Every step of the procedure works",
        "missed",
        r"See that every app instance has its database again\) does not work",
        edit=acts.rewritten("runbook.toml", "ALTER ROLE erp PASSWORD 'drill-only-erp'", "SELECT 1"),
        options=SHORT,
        feature="authentication_failure",
        scenario=ROTATED,
    ),
    untold("load_balancer_failure", "LoadBalancerDown"),
    Case(
        "the messages go where nobody reads them",
        Part.RESPONSE,
        Bench.STACK,
        "The team is notified",
        "missed",
        r"did not reach pager: POST /nobody: 404",
        edit=acts.rewritten("runbook.toml", 'path = "/messages"', 'path = "/nobody"'),
        options=SHORT,
        feature="load_balancer_failure",
        scenario=TOLD,
    ),
    Case(
        "nobody responds",
        Part.RESPONSE,
        Bench.STACK,
        "Somebody responds to the page",
        "inconclusive",
        r"nobody responded to the page",
        options=(*SHORT, "--drill-no-response"),
        feature="load_balancer_failure",
        scenario=TOLD,
    ),
    untold(
        "load_balancer_failure",
        "CustomersCutOff",
        "nobody watches whether customers get through the load balancer",
        scenario=ASTRAY,
    ),
    untold("load_balancer_failure", "CertificateExpires", scenario=ENDED),
    Case(
        "nobody answers who asks an app instance directly",
        Part.RESPONSE,
        Bench.STACK,
        "Customers can use direct-reads",
        "missed",
        r"due requests of journey direct-reads",
        act=acts.stopping("app"),
        place=Place.AFTER,
        options=SHORT,
        feature="load_balancer_failure",
    ),
    Case(
        "the load balancer's health check looks at nothing but whether it answers",
        Part.MONITORING,
        Bench.STACK,
        "nginx is reported unhealthy",
        "inconclusive",
        r"no container of nginx was reported unhealthy",
        edit=acts.rewritten("compose.yaml", " && nginx -e stderr -q -t", ""),
        options=SHORT,
        feature="load_balancer_failure",
        scenario="A wrong configuration is not applied",
    ),
    untold("network_failure", "InstanceCutOff"),
    untold(
        "network_failure",
        "InstanceCutOff",
        "nobody watches whether each instance reaches the read replica",
        acts.rewritten(
            "monitoring/rules.yml", 'min(erp_database_up{node="replica"})', "min(never_told)"
        ),
        scenario=suffering('a partition from "postgres-replica"', "InstanceCutOff"),
    ),
    untold(
        "network_failure",
        "InstanceUnasked",
        scenario=suffering('a partition from "nginx"', "InstanceUnasked"),
    ),
    untold(
        "network_failure",
        "CustomersCutOff",
        scenario='The load balancer suffers <fault>[lookups of "app" that find no such name]',
    ),
    untold(
        "network_failure",
        "InstanceSlow",
        "nobody watches whether an instance is slower than its like over a slow link",
        scenario="The link between an application instance and the read replica is slow",
    ),
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
