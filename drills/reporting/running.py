"""What the report of a drill that still runs has besides, or says otherwise.

Nothing in it reads like an end: a criterion is met or missed so far, or open.
"""

from __future__ import annotations

from dataclasses import dataclass

from drills.judgement.result import Verdict

VERDICTS: dict[Verdict, str] = {
    "met": "Met so far",
    "missed": "Missed so far",
    "inconclusive": "Open",
    "not assessed": "Not assessed yet",
}
# What a verdict looks like: what is open warns of nothing.
LOOKS: dict[Verdict, str] = {
    "met": "met",
    "missed": "missed",
    "inconclusive": "not-assessed",
    "not assessed": "not-assessed",
}


@dataclass(frozen=True, slots=True)
class Running:
    """A page that renews itself, at one look: what the drill does, and the page's number.

    ``script`` asks for the next page, from where this one came.
    """

    doing: str
    number: int
    script: str
