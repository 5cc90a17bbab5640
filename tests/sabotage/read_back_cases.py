"""The cases of faults whose effect and undo are read back from where they are, on paper."""

from __future__ import annotations

from dataclasses import replace

from tests.sabotage import paper_acts as acts
from tests.sabotage.case import Bench, Case, Part, Place
from tests.sabotage.paper_cases import SHORT, uninjected
from tests.sabotage.scenario import PAPER_FAULT, replaced


def replay_paused(text: str) -> str:
    """The replica stops replaying."""
    return replaced(text, PAPER_FAULT, '    When the "replica" replica stops replaying\n')


def replica_cut(text: str) -> str:
    """The replica receives nothing from its primary any more."""
    cut = '    When the "replica" service suffers a cut from its primary\n'
    return replaced(text, PAPER_FAULT, cut)


def link_cut(text: str) -> str:
    """The replica is cut off from both instances of the app."""
    cut = '    When the link between the "replica" service and the "app" service is cut\n'
    return replaced(text, PAPER_FAULT, cut)


def hung(text: str) -> str:
    """The replica's main process stops."""
    return replaced(text, PAPER_FAULT, '    When the "replica" service suffers a hang\n')


def throttled(text: str) -> str:
    """The replica gets a twentieth of a processor."""
    words = '    When the "replica" service suffers a CPU quota of 5 %\n'
    return replaced(text, PAPER_FAULT, words)


def volume_filled(text: str) -> str:
    """The replica's volume is filled."""
    filled = '    When the "data" volume of the "replica" service is filled\n'
    return replaced(text, PAPER_FAULT, filled)


READ_BACK_CASES = (
    replace(
        uninjected("replay that is to pause goes on", "replay is paused: not", acts.idle_postgres),
        rewrite=replay_paused,
    ),
    Case(
        "nothing resumes the replay",
        Part.FAULT,
        Bench.PAPER,
        "",
        "missed",
        r"By hand: docker exec fake-replica-1 psql",
        act=acts.obstinate_postgres,
        place=Place.AFTER,
        rewrite=replay_paused,
        options=SHORT,
        undone=False,
        code=70,
    ),
    replace(
        uninjected("a replica that is to be cut is not", "nothing: not", acts.idle_postgres),
        rewrite=replica_cut,
    ),
    Case(
        "nothing puts the replica's setting back",
        Part.FAULT,
        Bench.PAPER,
        "",
        "missed",
        r"By hand: docker exec fake-replica-1 psql .* RESET primary_conninfo",
        act=acts.obstinate_postgres,
        place=Place.AFTER,
        rewrite=replica_cut,
        options=SHORT,
        undone=False,
        code=70,
    ),
    replace(
        uninjected("a link that is to be cut is not", "passes between them: not", acts.deaf_kernel),
        rewrite=link_cut,
    ),
    replace(
        uninjected("the machine can cut no link", "nothing was done", acts.unable_to_cut),
        rewrite=link_cut,
    ),
    Case(
        "nothing mends the link",
        Part.FAULT,
        Bench.PAPER,
        "",
        "missed",
        r"By hand: nsenter .* docker restart fake-replica-1",
        act=acts.endless_cut,
        place=Place.AFTER,
        rewrite=link_cut,
        options=SHORT,
        undone=False,
        code=70,
    ),
    replace(
        uninjected("a process that is to hang goes on", "is stopped: not", acts.deaf_process),
        rewrite=hung,
    ),
    Case(
        "nothing lets a hung process go on",
        Part.FAULT,
        Bench.PAPER,
        "",
        "missed",
        r"By hand: kill -CONT .*docker top fake-replica-1",
        act=acts.endless_hang,
        place=Place.AFTER,
        rewrite=hung,
        options=SHORT,
        undone=False,
        code=70,
    ),
    replace(
        uninjected("processor time that is to be short is not", "time: not", acts.deaf_limits),
        rewrite=throttled,
    ),
    Case(
        "nothing gives processor time back",
        Part.FAULT,
        Bench.PAPER,
        "",
        "missed",
        r"By hand: docker update --cpu-quota -1 fake-replica-1",
        act=acts.endless_limit,
        place=Place.AFTER,
        rewrite=throttled,
        options=SHORT,
        undone=False,
        code=70,
    ),
    replace(
        uninjected("a volume that is to be full is not", "volume is full: not", acts.deaf_volume),
        rewrite=volume_filled,
    ),
    replace(
        uninjected("the volume to fill is not the drill's", "drill made", acts.foreign_volume),
        rewrite=volume_filled,
    ),
    Case(
        "nothing clears the volume",
        Part.FAULT,
        Bench.PAPER,
        "",
        "missed",
        r"By hand: rm -f .*/.drill-",
        act=acts.endless_filling,
        place=Place.AFTER,
        rewrite=volume_filled,
        options=SHORT,
        undone=False,
        code=70,
    ),
)
