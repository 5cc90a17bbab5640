"""The dry run of the drills that are shipped, and what it is checked against."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from drills.config.document import load

ROOT = Path(__file__).parents[2]
MANIFEST = load(ROOT / "compose" / "drills.toml")
LEAK = "One application instance leaks memory"
STOPS = "The read replica stops"
DIES = "The read replica suffers a sudden death"
FREEZES = "The read replica suffers a freeze"
SHIPPED = 56  # scenarios, an outline row by row


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    """Both features planned where nothing may be touched and no engine is."""
    reports = tmp_path_factory.mktemp("none") / "reports"
    line = [sys.executable, "-B", "-m", "pytest", "features", "--drill-dry-run", "-q"]
    line += ["-p", "tests.paper.untouched", "-p", "no:cacheprovider", f"--drill-reports={reports}"]
    done = subprocess.run(
        line,
        cwd=ROOT,
        env={**os.environ, "DOCKER_HOST": "unix:///nonexistent/engine.sock"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert not reports.exists()
    return done


@pytest.fixture(scope="module")
def plans(run: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """Each scenario's plan, by its name."""
    _, _, text = run.stdout.partition("nothing was touched")
    blocks = re.split(r"\n(?=\S)", text)
    return {block.split(" (")[0].strip(): block for block in blocks if "\n  " in block}


def section(plan: str, title: str) -> list[str]:
    """The lines below a title."""
    (found,) = re.findall(rf"^  {title}\n((?:    .*\n?)+)", plan, re.MULTILINE)
    return [line.strip() for line in str(found).splitlines()]


def test_a_sound_plan_passes_and_touches_nothing(run: subprocess.CompletedProcess[str]) -> None:
    """No file, no connection, no process but compose's reading; there is no engine either."""
    assert run.returncode == 0, run.stdout + run.stderr
    assert re.search(rf"\b{SHIPPED} passed|\.{{{SHIPPED}}}", run.stdout)
    assert "touched: " not in run.stdout


def test_every_scenario_has_a_plan(plans: dict[str, str]) -> None:
    """Outlines row by row; under -q too."""
    assert {LEAK, STOPS, DIES, FREEZES, "Prometheus is gone"} < set(plans)
    assert len(plans) == SHIPPED


@pytest.mark.parametrize(
    ("scenario", "fault", "done", "undo", "by_hand"),
    [
        (
            LEAK,
            "memory leak of app #1 (rate_mib_per_s=10, bound_mib=2048, time_to_live_s=600)",
            "docker exec -d drill-<id>-app-1 sh -c 'head -c 2147483648 /dev/zero | tail'",
            "take-back app-1, proven when no process of the injection is left",
            "restart drill-<id>-app-1",
        ),
        (
            STOPS,
            "stop of postgres-replica (grace_s=its own)",
            "docker stop drill-<id>-postgres-replica-1",
            "start postgres-replica-1, proven when running and not paused",
            "start drill-<id>-postgres-replica-1",
        ),
        (
            DIES,
            "sudden death of postgres-replica",
            "kill -9 $(docker inspect -f {{.State.Pid}} drill-<id>-postgres-replica-1)",
            "start postgres-replica-1, proven when running and not paused",
            "start drill-<id>-postgres-replica-1",
        ),
        (
            FREEZES,
            "freeze of postgres-replica",
            "docker pause drill-<id>-postgres-replica-1",
            "unpause postgres-replica-1, proven when not paused",
            "unpause drill-<id>-postgres-replica-1",
        ),
    ],
)
def test_every_fault_with_target_parameters_and_rollback(
    plans: dict[str, str], scenario: str, fault: str, done: str, undo: str, by_hand: str
) -> None:
    """What is done, what undoes it, and what a person would type if that failed."""
    assert section(plans[scenario], "Faults") == [
        f"1. {fault}",
        "lasts until something was decided about it, and at least 2 s",
        f"done, as by hand: {done}",
        f"undone: {undo}; by hand: docker {by_hand}",
    ]


@pytest.mark.parametrize(
    ("scenario", "incident"),
    [(LEAK, "memory-exhaustion"), (STOPS, "read-replica-down"), (FREEZES, "read-replica-down")],
)
def test_incident_severity_and_every_step_of_the_procedure(
    plans: dict[str, str], scenario: str, incident: str
) -> None:
    """In the runbook's words."""
    plan, known = plans[scenario], MANIFEST.incidents[incident]
    assert section(plan, "Severity") == ["P2 high: response within 1 hour, stakeholders, every 1 h"]
    assert section(plan, "Incident") == [known.title, f"announced by {known.announced_by}"]
    begin, *steps = section(plan, "Response")
    assert begin == f"when {known.announced_by} reaches the pager:"
    assert len(steps) == len(known.procedure) > 0
    for number, (step, action) in enumerate(zip(steps, known.procedure, strict=True), 1):
        assert step.startswith(f"{number}. {action.says} ({action.action}")


@pytest.mark.parametrize("scenario", [LEAK, STOPS, DIES, FREEZES])
def test_blast_radius_and_stop_conditions(plans: dict[str, str], scenario: str) -> None:
    """What may be touched, how much at once, and what ends it early."""
    assert section(plans[scenario], "Blast radius") == [
        "may touch nginx, app, postgres, postgres-replica, prometheus, alertmanager, pager",
        "at most 3 containers at once",
    ]
    assert section(plans[scenario], "Stopped early when") == MANIFEST.stop.words()


def test_every_criterion_with_limit_and_weight(plans: dict[str, str]) -> None:
    """Those of sentences, and those of a table with an outline's values filled in."""
    assert section(plans[STOPS], "Criteria") == [
        "The incident is detected: time to detect at most 5 min (must, weight 3)",
        "Reads fail over to the primary: time to fail over at most 15 min (must, weight 3)",
        "Exports keep working: availability of exports at least 99 % (must, weight 3)",
        "No acknowledged order is lost: lost orders exactly 0 (must, weight 3)",
        "No acknowledged order is altered: altered orders exactly 0 (must, weight 3)",
        "The replica streams again: replication lag at most 1 s (must, weight 3)",
        "The incident is documented: missing record fields exactly 0 (must, weight 3)",
    ]
    for scenario, share in ((DIES, "99 %"), (FREEZES, "95 %")):
        criteria = section(plans[scenario], "Criteria")
        assert len(criteria) == 10
        assert (
            f"exports go on: availability of exports at least {share} (must, weight 3)" in criteria
        )


def test_how_long_at_most_is_a_sum_that_is_shown(plans: dict[str, str]) -> None:
    """Each wait with its bound; the total is what they come to."""
    total, *waits = section(plans[STOPS], "How long at most")
    assert total.startswith("12 min 11 s, besides ")
    assert waits == [
        "90 s: the stack is ready",
        "90 s: steady state with customers (orders, exports)",
        "60 s: every database can be read",
        "30 s: the engine confirms: stop of postgres-replica",
        "60 s: The incident is detected",
        "60 s: Reads fail over to the primary",
        "11 s: the fault lasts",
        "60 s: the response ends",
        "30 s: every fault is undone",
        "60 s: The replica streams again",
        "60 s: the response ends",
        "60 s: service and redundancy are back",
        "60 s: the final read of every database",
    ]
    assert sum(int(wait.split(" s:")[0]) for wait in waits) == 12 * 60 + 11


def test_every_incident_of_the_manifest_has_a_feature_with_one_smoke_test() -> None:
    """`pytest features -m smoke` runs one drill of each, `make drills` all of them."""
    features = [path.read_text("utf-8") for path in sorted((ROOT / "features").glob("*.feature"))]
    assert [len(re.findall(r"^ +@smoke$", text, re.MULTILINE)) for text in features] == [1] * len(
        features
    )
    tagged = {
        tag for text in features for tag in re.findall(r"^ *@P\d @(\S+)$", text, re.MULTILINE)
    }
    assert tagged == set(MANIFEST.incidents)


def test_what_make_test_leaves_out_of_them_are_smoke_tests() -> None:
    """Each name is the incident of one: a name with a mistake leaves nothing out unseen."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    (names,) = re.findall(r"^ALIKE := (.+)$", makefile, re.MULTILINE)
    before = [
        path.read_text("utf-8").partition("@smoke\n")[0]
        for path in sorted((ROOT / "features").glob("*.feature"))
    ]
    first = {re.findall(r"@P\d @(\S+)$", text, re.MULTILINE)[-1] for text in before}
    assert set(names.split(" or ")) < first <= set(MANIFEST.incidents)
