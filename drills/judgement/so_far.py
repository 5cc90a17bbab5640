"""What a drill that is under way has come to, as a result without a verdict. Pure."""

from __future__ import annotations

from drills.errors import JournalError
from drills.journal.facts import DrillStarted
from drills.judgement import grade
from drills.judgement.conclusion import RUNS
from drills.judgement.judge import judge
from drills.judgement.metric import Observations
from drills.judgement.result import DrillResult
from drills.judgement.standing import standing
from drills.units import NS

NO_SCORE = "the score is given once the drill is over"


def so_far(seen: Observations) -> DrillResult:
    """The result as far as it is known, for who shows it as that of a drill that runs.

    It is inconclusive and has no score, whatever was seen. Of the criteria those are met or missed
    that more watching does not change; the others are open: inconclusive. Raises JournalError where
    the drill's start is not told, and for a drill that is over.
    """
    started = seen.timeline.first(DrillStarted)
    if not seen.under_way or started is None:
        raise JournalError("expected a drill that is under way, and how it began")
    told = {
        "verdict": "inconclusive",
        "reason": RUNS,
        "score": grade.none(NO_SCORE),
        "criteria": list(standing(seen).criteria),
        "ended_at": started.anchor.date(seen.until_ns),
        "duration_s": max(0.0, (seen.until_ns - started.at_ns) / NS),
        "unanswered": "",
    }
    return judge(seen).model_copy(update=told)
