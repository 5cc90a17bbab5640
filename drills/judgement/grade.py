"""The score of a drill as its result holds it: 0 where harm was done, none where nothing is known.

A fault that is not proven undone, acknowledged data that was lost or altered, or somebody who was
let in without right makes it 0, however the drill ended. Otherwise only a drill that ran to its end
has a score, and only where it is met or missed: half a drill earns no praise, and no blame.
"""

from __future__ import annotations

from collections.abc import Sequence

from drills.judgement.conclusion import cut_short, unproven, verdict_of
from drills.judgement.data import ALTERED, LOST, harmed, reconciliation
from drills.judgement.intrusion import intruders, let_in
from drills.judgement.metric import Observations
from drills.judgement.result import ScoreResult
from drills.judgement.score import (
    DATA_ALTERED,
    DATA_LOST,
    LET_IN_WITHOUT_RIGHT,
    ROLLBACK_FAILED,
    Judged,
    floor,
    score,
)
from drills.judgement.verdict import Verdict


def graded(seen: Observations, judged: Sequence[Judged]) -> ScoreResult:
    """The score, or why there is none."""
    harmed_by = harmed(reconciliation(seen), judged)
    harm = {
        ROLLBACK_FAILED: bool(unproven(seen.timeline)),
        DATA_LOST: LOST in harmed_by,
        DATA_ALTERED: ALTERED in harmed_by,
        LET_IN_WITHOUT_RIGHT: any(map(let_in, intruders(seen).values())),
    }
    result = score(
        judged,
        data_lost=harm[DATA_LOST],
        data_altered=harm[DATA_ALTERED],
        rollback_failed=harm[ROLLBACK_FAILED],
    )
    for what in (what for what, done in harm.items() if done):
        formula = result.formula if result else f"0: {what}"
        return ScoreResult(value=0, low=0, high=0, rating="U", formula=formula, capped_by=what)
    if why := _ungraded(seen, judged):
        return none(why)
    if result is None:
        return none("no criterion was assessed, so there is no score")
    interval = result.interval
    return ScoreResult(
        value=floor(interval.value),
        low=floor(interval.low),
        high=floor(interval.high),
        rating=result.rating,
        formula=result.formula,
        capped_by=result.capped_by or None,
    )


def none(why: str) -> ScoreResult:
    """No score, and the reason."""
    return ScoreResult(value=None, low=None, high=None, rating=None, formula=why, capped_by=None)


def _ungraded(seen: Observations, judged: Sequence[Judged]) -> str:
    """Why a drill has no score whatever its criteria say; "" where they make one."""
    if why := cut_short(seen):
        return f"no score: the drill did not run to its end ({why})"
    verdict, why = verdict_of(seen, judged) if judged else (Verdict.NOT_ASSESSED, "")
    inconclusive = verdict is Verdict.INCONCLUSIVE
    return f"no score: nothing can be concluded ({why})" if inconclusive else ""
