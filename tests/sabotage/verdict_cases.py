"""What would be green without anything having happened, been seen, or been asked. On paper."""

from __future__ import annotations

import time

from tests.doubles.scripted import Answer, Query
from tests.sabotage.case import REFUSED, Bench, Case, Part, Place, Scene
from tests.sabotage.paper_cases import ROWS, SHORT, TABLE
from tests.sabotage.scenario import PAPER_FAULT, replaced

AT_THE_END = ("go on", "loses data", "stored twice")
QUIET, AWAY = 1.5, 2.5  # seconds after the fault: the service is well until then, and back after


def lasting(text: str, seconds: str) -> str:
    """The fault is one that its sentence ends."""
    return replaced(text, PAPER_FAULT, PAPER_FAULT.replace("\n", f" for {seconds}\n"))


def only_at_the_end(text: str) -> str:
    """Every criterion is one that settles at the end of the drill."""
    kept = [row for row in ROWS if row in ROWS[:2] or any(name in row for name in AT_THE_END)]
    return replaced(text, TABLE, "".join(kept))


def row(text: str, name: str, metric: str, limit: str) -> str:
    """The row of that name asks for something else."""
    (old,) = [each for each in ROWS if name in each]
    return replaced(text, old, f"      | {name} | {metric} | {limit} |\n")


def unnoticed(scene: Scene) -> None:
    """Monitoring sleeps, and nothing crashes."""
    scene.world.alerting = False


def failing_late(scene: Scene) -> None:
    """Reads fail for a second, after a quiet spell."""
    world, begin = scene.world, time.monotonic()

    def inventory(_: Query) -> Answer:
        away = QUIET <= time.monotonic() - begin < AWAY
        route = "replica" if world.replicates else "primary"
        return (500 if away else 200), {"items": [1], "route": route}

    world.service.on("/inventory", inventory)


def refused(name: str, because: str, label: str, metric: str, limit: str) -> Case:
    """A criterion that no system could meet, or none could miss: nothing is begun for it."""
    return Case(
        *(name, Part.CRITERIA, Bench.PAPER, "", REFUSED, because),
        rewrite=lambda text: row(text, label, metric, limit),
    )


VERDICT_CASES = (
    Case(
        *("the fault is over at once", Part.FAULT, Bench.PAPER, "", "inconclusive"),
        r"was in effect for .* less than the hold window of 2 s",
        rewrite=lambda text: lasting(only_at_the_end(text), "300 ms"),
        options=("--drill-hold=2s", "--drill-patience=5s", "--drill-requests=1"),
    ),
    Case(
        *("hardly anybody asks while the fault is in effect", Part.FAULT, Bench.PAPER),
        *("exports go on", "inconclusive"),
        r"requests of journey exports were due while a fault was in effect",
        rewrite=lambda text: lasting(only_at_the_end(text), "1 s"),
        options=("--drill-requests=100", "--drill-no-response"),
    ),
    Case(
        *("nothing is detected, and nothing crashes", Part.MONITORING, Bench.PAPER),
        *("it is noticed first", "inconclusive", r"no alert ReplicaDown reached the pager"),
        act=unnoticed,
        rewrite=lambda text: replaced(
            text,
            "| we notice                 | time to detect             | at most 5 min       |",
            "| it is noticed first | crashes before detection | exactly 0 |",
        ),
        options=SHORT,
    ),
    Case(
        *("the service fails after a quiet spell", Part.PROBES, Bench.PAPER),
        *("service is restored", "missed", r"all journeys good from there on|not all good"),
        act=failing_late,
        place=Place.AFTER,
        rewrite=lambda text: row(
            lasting(text, "4 s"), "service is restored", "time to recover", "at most 1 s"
        ),
        options=("--drill-patience=5s",),
    ),
    refused(
        *("a criterion is about a replica that is not there", r"replicas \(replica\), got"),
        *("redundancy is restored", "replication lag of replica-2", "at most 5 s"),
    ),
    refused(
        *("a criterion is about an alert that nothing raises", r"did you mean 'ReplicaDown'"),
        *("we notice", "time to detect of ReplicaDwn", "at most 5 min"),
    ),
    refused(
        *("a criterion is narrowed to what its metric does not know", "cannot be narrowed"),
        *("the incident is documented", "missing record fields of payments", "at most 9"),
    ),
    refused(
        *("a criterion is about a journey that nobody has", r"journeys \(exports, orders, reads"),
        *("service is restored", "time to recover of checkout", "at most 5 min"),
    ),
    refused(
        *("a criterion has a limit that nothing can miss", "a limit that can be missed"),
        *("nobody loses data", "lost orders", "at least 0"),
    ),
    Case(
        *("the table of criteria is empty", Part.CRITERIA, Bench.PAPER, "", REFUSED),
        r"expected at least one criterion",
        rewrite=lambda text: replaced(text, TABLE, "".join(ROWS[:2])),
    ),
)
