"""How a drill whose process died is brought to its end: told, closed, judged, reported.

It stands apart from the healing, for it loads all that judges and renders, which takes as long as
all the rest: a watchdog is armed without it, and loads it while the drill's stack comes up.
"""

from __future__ import annotations

from pathlib import Path

from drills.clock import Clock
from drills.journal.facts import DrillEnded, DrillStarted, LanesEnded
from drills.journal.journal import Journal
from drills.judgement.judge import judge_directory
from drills.judgement.stalls import tell_stalls
from drills.lifecycle import closing
from drills.lifecycle.closing import Try


def tell(journal: Journal, clock: Clock, drill_id: str, who: str, died_ns: int, once: Try) -> None:
    """Write what the drill itself would have: that watching ended when it died, and its end."""
    timeline = journal.timeline()
    if timeline.first(DrillStarted) is None:
        # It died in its first line: nothing was begun, and that has a report too.
        text = f"drill {drill_id} died as it began"
        closing.anchored(journal, clock, DrillStarted(text, id=drill_id))
    if timeline.first(LanesEnded) is None:
        # Nobody watched after its death, so what was not seen since is not missed.
        journal.write(LanesEnded(), at_ns=died_ns)
        once("stalls", lambda: tell_stalls(journal))
    if timeline.first(DrillEnded) is None:
        reason = f"the drill's process ended without a word; {who} finished it"
        closing.end(journal, clock, "aborted", reason)


def close(journal: Journal, once: Try, *, sealing: bool = True) -> None:
    """Compress, seal and close it; without ``sealing`` nobody vouches for what stands there."""
    closing.close(journal, once, sealing=sealing)


def report(directory: Path) -> None:
    """Judge it and write the report."""
    closing.write(judge_directory(directory), directory, healed=True)
