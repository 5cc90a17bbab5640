"""The cases that are tried on the stack of containers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.sabotage import besides
from tests.sabotage import stack_acts as acts
from tests.sabotage.case import REFUSED, Bench, Case, Part, Place, Scene
from tests.sabotage.scenario import FAULT, replaced

SHORT = ("--drill-patience=5s",)
UNSTEADY = ("--drill-ready=45s",)  # for the stack to come up, and again for its steady state
NOT_PAGED = r"no alert ReplicaDown or ReplicaLagging reached the pager"
REPLICA_NODE = """
[data.nodes.postgres-replica]
role = "replica"
service = "postgres-replica"
dsn = "postgresql://observer:drill-only-observer@{host}:{port}/sme_erp"
"""
FIRST_THREE = "SELECT id FROM orders WHERE placed_by = 'drill' ORDER BY created_at LIMIT 3"
LOSE = f"DELETE FROM orders WHERE id IN ({FIRST_THREE})"  # noqa: S608 - a constant
# Those that are there, and each one that follows.
ALTER = (
    "UPDATE orders SET quantity = 99 WHERE placed_by = 'drill'",
    (
        "CREATE FUNCTION tamper() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN NEW.quantity := 99; RETURN NEW; END'"
    ),
    "CREATE TRIGGER tamper BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION tamper()",
)
HIDE = (
    "ALTER TABLE items ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE items FORCE ROW LEVEL SECURITY",
)
COPY = f"INSERT INTO orders SELECT * FROM orders WHERE id IN ({FIRST_THREE})"  # noqa: S608 - too


def edited(name: str, edit: Callable[[Path], None]) -> Case:
    """Monitoring is configured so that nobody is told of the incident."""
    return Case(
        name,
        Part.MONITORING,
        Bench.STACK,
        "we notice",
        "inconclusive",
        NOT_PAGED,
        edit=edit,
        options=SHORT,
    )


def down(name: str, *services: str) -> Case:
    """Some of monitoring is down when the fault comes, so nobody is told of the incident.

    Nor that monitoring is silent: whoever is told of that puts it right, and is told in time.
    """
    return Case(
        name,
        Part.MONITORING,
        Bench.STACK,
        "we notice",
        "inconclusive",
        NOT_PAGED,
        act=acts.stopping(*services),
        edit=acts.patient_pager,
        options=SHORT,
    )


def repaired(
    name: str, turns: str, verdict: str, because: str, act: Callable[[Scene], None]
) -> Case:
    """The data are spoilt after the incident, and before they are read."""
    return Case(
        name,
        Part.DATA,
        Bench.STACK,
        turns,
        verdict,
        because,
        act=act,
        place=Place.REPAIRED,
        options=SHORT,
    )


def leaking(text: str) -> str:
    """The fault is a leak."""
    leak = '    When one "postgres-replica" instance leaks memory at 10 MiB a second\n'
    return replaced(text, FAULT, leak)


def sham(text: str) -> str:
    """Nothing is injected."""
    return replaced(text, FAULT, "")


STACK_CASES = (
    edited("the alert rule is deleted", acts.without_the_rule("ReplicaDown")),
    edited("the webhook's address is wrong", acts.wrong_webhook),
    edited("the exporters lie: always well", acts.lying_exporters),
    Case(
        "the alert fires already before the fault",
        Part.MONITORING,
        Bench.STACK,
        "we notice",
        "inconclusive",
        r"was already firing before the fault",
        act=acts.firing,
        options=SHORT,
    ),
    down("Alertmanager is down, and nobody misses its heartbeat", "alertmanager"),
    down("the pager is down", "pager"),
    down("scraping has stopped", "postgres-exporter", "postgres-replica-exporter"),
    Case(
        "the target is stopped already",
        Part.FAULT,
        Bench.STACK,
        "",
        "inconclusive",
        r"no steady state: .*replication",
        act=acts.stopping("postgres-replica"),
        options=UNSTEADY,
    ),
    Case(
        "nothing can be made to leak in the target",
        Part.FAULT,
        Bench.STACK,
        "",
        "inconclusive",
        r"nothing can be made to leak in it: .*no tail",
        act=acts.nothing_to_leak_with,
        rewrite=leaking,
        options=SHORT,
    ),
    Case(
        "a sham drill: no fault at all",
        Part.FAULT,
        Bench.STACK,
        "",
        "inconclusive",
        r"no fault took effect",
        rewrite=sham,
        options=SHORT,
        besides=besides.quiet,
    ),
    Case(
        "the procedure is skipped",
        Part.RESPONSE,
        Bench.STACK,
        "readers recover",
        "inconclusive",
        r"never held on the fail-over route",
        options=(*SHORT, "--drill-no-response"),
    ),
    Case(
        "the procedure fails",
        Part.RESPONSE,
        Bench.STACK,
        "readers recover",
        "inconclusive",
        r"never held on the fail-over route",
        edit=acts.rewritten("runbook.toml", 'key = "READ_REPLICA_URL"', 'key = "READ_REPLICA"'),
        options=SHORT,
    ),
    Case(
        "the procedure takes effect on one instance only",
        Part.RESPONSE,
        Bench.STACK,
        "readers recover",
        "inconclusive",
        r"never held on the fail-over route",
        act=acts.deaf_instance,
        options=SHORT,
    ),
    Case(
        "the replica comes back empty",
        Part.REPLICA,
        Bench.STACK,
        "redundancy is restored",
        "missed",
        r"was not streaming at the end",
        edit=acts.comes_back(acts.EMPTY),
        options=("--drill-patience=12s",),
    ),
    Case(
        "the replica comes back and is stuck: it never streams",
        Part.REPLICA,
        Bench.STACK,
        "redundancy is restored",
        "missed",
        r"was not streaming at the end",
        act=acts.sql("postgres", "ALTER ROLE replicator NOLOGIN"),
        place=Place.AFTER,
        options=("--drill-patience=12s",),
    ),
    repaired(
        "rows are lost behind the ledger's back",
        "nobody loses data",
        "missed",
        r"the ledger of acknowledged writes",
        acts.sql("postgres", LOSE),
    ),
    Case(
        "every order is altered while the replica is down",
        Part.DATA,
        Bench.STACK,
        "nobody's order changes",
        "missed",
        r"by content",
        act=acts.sql("postgres", *ALTER),
        place=Place.AFTER,
        options=SHORT,
    ),
    repaired(
        "the table of orders vanishes",
        "nobody loses data",
        "missed",
        r"relation .orders. does not exist",
        acts.sql("postgres", "ALTER TABLE orders RENAME TO orders_of_old"),
    ),
    repaired(
        "rows are there twice",
        "nothing is stored twice",
        "missed",
        r"the ledger of acknowledged writes",
        acts.sql(
            "postgres",
            "ALTER TABLE orders DROP CONSTRAINT orders_pkey",
            COPY,
        ),
    ),
    repaired(
        "the replica serves stale reads: its replay is paused",
        "the replica catches up",
        "missed",
        r"missing in a final read of a replica",
        acts.stale_replica,
    ),
    Case(
        "exports answer 200 with half a body",
        Part.PROBES,
        Bench.STACK,
        "",
        "inconclusive",
        r"no steady state: .*exports wrong",
        edit=acts.truncated_exports,
        options=UNSTEADY,
    ),
    Case(
        "the inventory is invisible to the app: exports without a row",
        Part.PROBES,
        Bench.STACK,
        "exports go on",
        "missed",
        r"due requests of journey exports",
        act=acts.sql("postgres", *HIDE),
        place=Place.AFTER,
        options=SHORT,
    ),
    Case(
        "exports do not fall back to the primary",
        Part.RESPONSE,
        Bench.STACK,
        "exports go on",
        "missed",
        r"due requests of journey exports",
        edit=acts.rewritten("config/erp.env", "READ_FALLBACK=on", "READ_FALLBACK=off"),
    ),
    Case(
        "the probes are cut off from the stack",
        Part.PROBES,
        Bench.STACK,
        "exports go on",
        "missed",
        r"due requests of journey exports",
        act=acts.cut_off,
        place=Place.AFTER,
        options=SHORT,
    ),
    Case(
        "the file names a volume that the team has",
        Part.DRILL,
        Bench.STACK,
        "",
        "inconclusive",
        r"volume \S+ is there already \(of the compose project the-team\)",
        act=acts.team_was_here,
        place=Place.FIRST,
        edit=acts.volume_of_the_team,
        besides=besides.nothing_was_taken,
    ),
    Case(
        "the manifest names no replica, and criteria are about one",
        Part.CRITERIA,
        Bench.STACK,
        "",
        REFUSED,
        r"replication lag: expected a stack with replicas, the manifest names none",
        edit=acts.rewritten("drills.toml", REPLICA_NODE, ""),
    ),
)
