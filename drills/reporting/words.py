"""The words of every rendering.

What verdicts, ratings and outcomes are called. A metric's words stand with the metric.
"""

from __future__ import annotations

from dataclasses import dataclass

from drills.judgement.result import Rating, Status, Verdict

VERDICTS: dict[Verdict, str] = {
    "met": "Met",
    "missed": "Missed",
    "inconclusive": "Inconclusive",
    "not assessed": "Not assessed",
}

LOOKS: dict[Verdict, str] = {  # the icon and the class of each in a report
    verdict: verdict.replace(" ", "-") for verdict in VERDICTS
}

VERDICT_STYLES: dict[Verdict, str] = {  # on a terminal
    "met": "bold green",
    "missed": "bold red",
    "inconclusive": "bold yellow",
    "not assessed": "dim",
}

NO_SCORE = "No score"

VERDICT_MEANS: dict[Verdict, str] = {
    "met": "Every success criterion that was assessed was met.",
    "missed": "At least one success criterion was missed.",
    "inconclusive": "No criterion was missed, but at least one could not be measured.",
    "not assessed": "There was nothing to assess.",
}

STATUSES: dict[Status, str] = {
    "completed": "ran to its end",
    "aborted": "was aborted",
    "crashed": "crashed",
}

# The four grades of the Homeland Security Exercise and Evaluation Program.
RATINGS: dict[Rating, str] = {
    "P": "Performed without challenges",
    "S": "Performed with some challenges",
    "M": "Performed with major challenges",
    "U": "Unable to be performed",
}

RATING_BANDS = "P 80 to 100, S 66 to 79, M 50 to 65, U 0 to 49; no P while anything is inconclusive"


OUTCOMES: dict[str, str] = {
    "ok": "right and in time",
    "slow": "right, later than the journey allows",
    "refused": "no connection, certainly not processed",
    "reset": "connection broke before the whole answer",
    "timeout": "no whole answer in time",
    "rejected": "definitely not done (4xx, or the body says so)",
    "error": "5xx that does not say whether it was done",
    "wrong": "the expected status with a wrong body",
    "dropped": "due and never sent",
    "lost": "acknowledged, and not there at the final read",
    "altered": "acknowledged, and with another content at the final read",
}


@dataclass(frozen=True, slots=True)
class Group:
    """Outcomes that the chart draws alike; ``slug`` is the class of their bars."""

    slug: str
    label: str
    outcomes: frozenset[str]


# From the ground up: what is worst stands on the axis, so that a single failure is seen.
GROUPS: tuple[Group, ...] = (
    Group("lost", "Acknowledged, then lost or altered", frozenset({"lost", "altered"})),
    Group("cut", "No connection (refused, reset)", frozenset({"refused", "reset"})),
    Group("late", "No answer in time (timeout)", frozenset({"timeout"})),
    Group("bad", "Bad answer (error, rejected, wrong)", frozenset({"error", "rejected", "wrong"})),
    Group("unsent", "Not sent (dropped)", frozenset({"dropped"})),
    Group("slow", "Right but slow", frozenset({"slow"})),
    Group("good", "Right and in time", frozenset({"ok"})),
)
_GROUP_OF = {outcome: group.slug for group in GROUPS for outcome in group.outcomes}


def group_of(outcome: str) -> str:
    """The slug of the group an outcome is drawn in; one that nobody knows is a bad answer."""
    return _GROUP_OF.get(outcome, "bad")


def plural(count: int, noun: str) -> str:
    """``1 failure``, ``2 failures``, ``12 345 failures``."""
    return f"{grouped(count)} {noun}" + ("" if count == 1 else "s")


def grouped(number: int) -> str:
    """A whole number with thin gaps between thousands: ``12 345``."""
    return f"{number:,}".replace(",", "\u202f")
