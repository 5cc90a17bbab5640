"""The cases that are tried on paper: what no real stack can be made to do, and the judge alone."""

from __future__ import annotations

import os
from dataclasses import replace

from tests.sabotage import besides
from tests.sabotage import paper_acts as acts
from tests.sabotage.case import Bench, Case, Part, Place
from tests.sabotage.scenario import PAPER, PAPER_FAULT, STEADY, replaced

SHORT = ("--drill-patience=1s",)
LONG_ENOUGH = ("--drill-patience=3s",)  # for 20 of 10 requests a second to fall into the fault
WORKLOAD = "    And customers place 20 orders and run 10 exports a second\n"
TABLE = PAPER[PAPER.index("    Then the drill") :]
ROWS = TABLE.splitlines(keepends=True)
(ALTERED,) = (row for row in ROWS if "altered orders" in row)
# A disk of its own for the reports, in a mount namespace that ends with the command. What was
# written is copied out at the end; who is not root makes a user namespace to be it.
SCRIPT = """\
mkdir reports && mount -t tmpfs -o size=1m none reports || exit
"$@"; code=$?
cp -r reports kept; umount reports; cp -r kept/. reports
exit $code
"""
SMALL_DISK = ("unshare", "-m" if os.geteuid() == 0 else "-rm", "sh", "-c", SCRIPT, "sh")


def asked_to_end(text: str) -> str:
    """The fault is a polite signal."""
    return replaced(
        text, PAPER_FAULT, PAPER_FAULT.replace("suffers a sudden death", "is asked to end")
    )


def leaking(text: str) -> str:
    """The fault is a leak, and the criteria such as a system without any fault would meet."""
    leak = '    When one "replica" instance leaks memory at 10 MiB a second\n'
    kept = [row for row in ROWS if row in ROWS[:2] or "go on" in row or "loses data" in row]
    return replaced(replaced(text, PAPER_FAULT, leak), TABLE, "".join(kept))


def coming_back(text: str) -> str:
    """The replica is to come back by its restart policy, before anybody does anything."""
    row = "      | service is restored       | time to recover            | at most 15 min      |\n"
    own = "      | it comes back by itself   | time to restart of replica | at most 0.5 s       |\n"
    return replaced(text, row, own)


def uninjected(name: str, because: str, act: acts.Act) -> Case:
    """The fault never takes effect, as the engine has it."""
    return Case(name, Part.FAULT, Bench.PAPER, "", "inconclusive", because, act=act, options=SHORT)


def asked(name: str, turns: str, act: acts.Act) -> Case:
    """A journey's answers are not what customers came for, from the fault on."""
    return Case(
        name,
        Part.PROBES,
        Bench.PAPER,
        turns,
        "missed",
        r"due requests of journey",
        act=act,
        place=Place.AFTER,
        options=LONG_ENOUGH,
    )


PAPER_CASES = (
    Case(
        "another alert pages",
        Part.MONITORING,
        Bench.PAPER,
        "we notice",
        "inconclusive",
        r"no alert ReplicaDown reached the pager",
        act=acts.another_alert,
        options=SHORT,
    ),
    Case(
        "the alert comes too late",
        Part.MONITORING,
        Bench.PAPER,
        "we notice",
        "missed",
        r"no alert ReplicaDown reached the pager|as the pager received it",
        act=acts.slow_monitoring,
        rewrite=lambda text: replaced(text, "at most 5 min ", "at most 1 s "),
        brief=True,
    ),
    uninjected("the engine refuses the fault", "permission denied", acts.refusing_engine),
    uninjected("the engine says yes and does nothing", "reports die", acts.idle_engine),
    uninjected("the engine's events break off", "ended the stream", acts.silent_engine),
    Case(
        "the target ignores the signal",
        Part.FAULT,
        Bench.PAPER,
        "",
        "inconclusive",
        r"the engine reports die of fake-replica-1: not within",
        act=acts.deaf_target,
        rewrite=asked_to_end,
    ),
    Case(
        "the leaking process ends by itself, at once",
        Part.FAULT,
        Bench.PAPER,
        "",
        "inconclusive",
        r"ended by itself",
        act=acts.short_leak,
        place=Place.AFTER,
        rewrite=leaking,
    ),
    Case(
        "nothing restarts what died",
        Part.FAULT,
        Bench.PAPER,
        "it comes back by itself",
        "missed",
        r"fake-replica-1 did not come back by itself",
        rewrite=coming_back,
        options=SHORT,
    ),
    Case(
        "the target does not exist",
        Part.FAULT,
        Bench.PAPER,
        "",
        "inconclusive",
        r"expected a service of the stack",
        rewrite=lambda text: replaced(text, '"replica" service', '"replika" service'),
    ),
    Case(
        "the target lies outside the blast radius",
        Part.FAULT,
        Bench.PAPER,
        "",
        "inconclusive",
        r"outside the blast radius",
        rewrite=lambda text: replaced(text, '"replica" service', '"primary" service'),
    ),
    Case(
        "a sham drill on paper: no fault at all",
        Part.FAULT,
        Bench.PAPER,
        "",
        "inconclusive",
        r"no fault took effect",
        rewrite=lambda text: replaced(text, PAPER_FAULT, ""),
        options=SHORT,
        besides=besides.quiet,
        brief=True,
    ),
    Case(
        "nobody is on call",
        Part.RESPONSE,
        Bench.PAPER,
        "readers recover",
        "inconclusive",
        r"never held on the fail-over route",
        options=(*SHORT, "--drill-no-response"),
    ),
    Case(
        "what was broken does not start again",
        Part.REPLICA,
        Bench.PAPER,
        "",
        "missed",
        r"By hand: docker start",
        act=acts.no_way_back,
        options=SHORT,
        undone=False,
        brief=True,
    ),
    Case(
        "orders are acknowledged and not stored",
        Part.DATA,
        Bench.PAPER,
        "nobody loses data",
        "missed",
        r"the ledger of acknowledged writes",
        act=acts.forgetful,
        place=Place.FIRST,
        options=SHORT,
        besides=besides.lost_told,
        brief=True,
    ),
    Case(
        "every order on paper is altered",
        Part.DATA,
        Bench.PAPER,
        "nobody's order changes",
        "missed",
        r"by content",
        act=acts.tampered,
        place=Place.REPAIRED,
        options=SHORT,
    ),
    Case(
        "every order is altered, and no criterion asks about that",
        Part.DATA,
        Bench.PAPER,
        "",
        "missed",
        r"altered orders, which no criterion allows",
        act=acts.tampered,
        place=Place.REPAIRED,
        rewrite=lambda text: replaced(text, ALTERED, ""),
        options=SHORT,
    ),
    Case(
        "the table of orders on paper vanishes",
        Part.DATA,
        Bench.PAPER,
        "nobody loses data",
        "missed",
        r"relation \"orders\" does not exist",
        act=acts.vanished,
        place=Place.REPAIRED,
        options=SHORT,
    ),
    Case(
        "the final read fails",
        Part.DATA,
        Bench.PAPER,
        "nobody loses data",
        "inconclusive",
        r"no final read of the primary",
        act=acts.unreadable,
        place=Place.REPAIRED,
    ),
    asked("exports on paper answer 200 with half a body", "exports go on", acts.truncated),
    asked("exports on paper are whole and without a row", "exports go on", acts.without_rows),
    asked("reads answer 200 with nothing in it", "reads go on", acts.empty_answers),
    replace(
        asked("every second read fails, and never two in a row", "reads go on", acts.round_robin),
        besides=besides.half_seen,
    ),
    asked("every sample is late", "reads go on", acts.late_answers),
    asked("the system never recovers", "reads go on", acts.lasting_damage),
    Case(
        "the workload is never started",
        Part.PROBES,
        Bench.PAPER,
        "nobody loses data",
        "inconclusive",
        r"no write was acknowledged",
        rewrite=lambda text: replaced(text, WORKLOAD, ""),
        options=SHORT,
    ),
    Case(
        "the workload is never accepted",
        Part.PROBES,
        Bench.PAPER,
        "",
        "inconclusive",
        r"no steady state: .*orders rejected 409",
        act=acts.refused_orders,
        place=Place.FIRST,
        options=(*SHORT, "--drill-ready=2s"),
    ),
    Case(
        "the prober is killed",
        Part.PROBES,
        Bench.PAPER,
        "",
        "inconclusive",
        r"the prober died",
        act=acts.killed_prober,
        place=Place.AFTER,
        brief=True,
    ),
    Case(
        "the prober stands still",
        Part.PROBES,
        Bench.PAPER,
        "reads go on",
        "inconclusive",
        r"journey reads was not asked after the fault",
        act=acts.frozen_prober,
        place=Place.AFTER,
        options=SHORT,
    ),
    Case(
        "the criteria are left out",
        Part.DRILL,
        Bench.PAPER,
        "",
        "inconclusive",
        r"declares no criterion",
        rewrite=lambda text: replaced(text, TABLE, ""),
        brief=True,
    ),
    Case(
        "steady state is left out",
        Part.DRILL,
        Bench.PAPER,
        "",
        "inconclusive",
        r"begin with a Given",
        rewrite=lambda text: replaced(text, f"{STEADY}    And", "    Given"),
    ),
    Case(
        "a step has a bug",
        Part.DRILL,
        Bench.PAPER,
        "",
        "inconclusive",
        r"a bug in a step",
        act=acts.broken_step,
        place=Place.AFTER,
        brief=True,
    ),
    Case(
        "a step has a bug when all else went well",
        Part.DRILL,
        Bench.PAPER,
        "",
        "inconclusive",
        r"a bug in a step",
        act=acts.broken_step,
        place=Place.REPAIRED,
        besides=besides.no_praise,
    ),
    Case(
        "the disk of the report is full",
        Part.DRILL,
        Bench.PAPER,
        "",
        "inconclusive",
        r"JournalError|without a word",
        act=acts.full_disk,
        place=Place.AFTER,
        around=SMALL_DISK,
        options=SHORT,
        undone=False,
        besides=besides.put_right,
    ),
    Case(
        "the engine is started anew",
        Part.DRILL,
        Bench.PAPER,
        "",
        "inconclusive",
        r"the ground gave way, not the system: the engine was not heard",
        act=acts.forgetful_engine,
        place=Place.AFTER,
        code=75,
    ),
    Case(
        "the stack cannot be taken down",
        Part.DRILL,
        Bench.PAPER,
        "",
        "met",
        r"every assessed criterion is met",
        act=acts.lasting_stack,
        code=70,
    ),
    Case(
        "the wall clock is set forward by an hour",
        Part.DRILL,
        Bench.PAPER,
        "",
        "met",
        r"every assessed criterion is met",
        act=acts.stepped_clock,
        place=Place.AFTER,
        besides=besides.untouched_times,
    ),
)
