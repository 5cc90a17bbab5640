"""What got worse since last time: a drill's standing against earlier ones, in words."""

from __future__ import annotations

from collections.abc import Sequence

from drills.history.standing import Finding, Standing, Word
from drills.judgement.criterion import Unit
from drills.reporting.words import plural

NAMED = 3  # metrics that a line names; the report's table has all
# Of an effect: what makes it the number that is shown, and what that is called.
_SCALES = {Unit.SECONDS: (100, " %"), Unit.RATIO: (100, " points"), Unit.COUNT: (1, "")}
_MINUS = "\u2212"
STYLES: dict[Word, str] = {  # on a terminal
    Word.NEW: "",
    Word.FIXED: "green",
    Word.REGRESSED: "bold red",
    Word.SAME: "",
    Word.UNTOLD: "yellow",
}


def word_of(standing: Standing) -> Word:
    """The drill's own: the worst of its verdict's and its metrics'."""
    told = [standing.verdict, *(each.word for each in standing.findings)]
    if not standing.runs:
        return Word.NEW
    order = (Word.REGRESSED, Word.UNTOLD, Word.FIXED, Word.SAME)
    return next((word for word in order if word in told), Word.SAME)


def sentence(standing: Standing) -> str:
    """What got worse since last time, in one sentence."""
    if not standing.runs:
        return f"First drill of its kind, so nothing to compare with{_elsewhere(standing)}."
    drills = plural(standing.runs, "earlier drill")
    better, untold = standing.those(Word.FIXED), standing.those(Word.UNTOLD)
    rest = _listed("better", better) + _listed("cannot tell of", untold, changes=False)
    if standing.regressed:
        return f"Worse than {drills}: {_worse(standing)}{rest}{_elsewhere(standing)}."
    if word_of(standing) is Word.UNTOLD and not standing.those(Word.SAME):
        return f"Cannot tell what got worse since {drills}: {_why(standing)}{_elsewhere(standing)}."
    return f"Nothing is told to be worse than in {drills}{rest}{_elsewhere(standing)}."


def _worse(standing: Standing) -> str:
    verdict = [f"the verdict, {standing.why}"] if standing.verdict is Word.REGRESSED else []
    return ", ".join([*verdict, *_named(standing.those(Word.REGRESSED))])


def _why(standing: Standing) -> str:
    """Of the verdict, where that is the reason, else of the first metric that cannot be told."""
    untold = standing.those(Word.UNTOLD)
    measured = [each for each in untold if each.value is not None]
    if standing.verdict is Word.UNTOLD or not untold:
        return standing.why
    first = (measured or untold)[0]
    return f"{name(first)}: {first.why}"


def _listed(word: str, findings: Sequence[Finding], *, changes: bool = True) -> str:
    found = [each for each in findings if changes or each.value is not None]
    return f"; {word}: {', '.join(_named(found, changes=changes))}" if found else ""


def _named(findings: Sequence[Finding], *, changes: bool = True) -> list[str]:
    shown = [
        f"{name(each)} {change(each)}".strip() if changes else name(each)
        for each in findings[:NAMED]
    ]
    more = len(findings) - NAMED
    return [*shown, f"{more} more"] if more > 0 else shown


def _elsewhere(standing: Standing) -> str:
    if not standing.elsewhere:
        return ""
    return f"; {plural(standing.elsewhere, 'drill')} of other kinds of machine left out"


def name(finding: Finding) -> str:
    """``time to detect of HostDown``."""
    return f"{finding.metric} of {finding.subject}" if finding.subject else finding.metric


def change(finding: Finding) -> str:
    """By how much, with its interval: ``+31 % (+12 to +53 %)``; of what has none, from and to."""
    if finding.effect is None or finding.low is None or finding.high is None:
        if finding.before is None or finding.after is None:
            return ""
        show = Unit(finding.unit).show
        return f"from {show(finding.before)} to {show(finding.after)}"
    factor, unit = _SCALES[Unit(finding.unit)]
    low, high = (_signed(factor * end) for end in (finding.low, finding.high))
    return f"{_signed(factor * finding.effect)}{unit} ({low} to {high}{unit})"


def shown(finding: Finding, value: float | None) -> str | None:
    """A value in the unit of the metric; None for none."""
    return None if value is None else Unit(finding.unit).show(value)


def trend(finding: Finding) -> str:
    """When it last changed before, and how much; "" where it did not."""
    if finding.trend is None:
        return ""
    when, effect = f"{finding.trend.at:%Y-%m-%d}", finding.trend.effect
    if effect is None:
        return f"changed on {when}"
    factor, unit = _SCALES[Unit(finding.unit)]
    return f"changed by {_signed(factor * effect)}{unit} on {when}"


def ordered(standing: Standing) -> list[Finding]:
    """All metrics, the worst first."""
    words = (Word.REGRESSED, Word.UNTOLD, Word.FIXED, Word.NEW, Word.SAME)
    return sorted(standing.findings, key=lambda each: words.index(each.word))


def _signed(value: float) -> str:
    digits = f"{abs(value):.0f}" if abs(value) >= 10 else f"{abs(value):.1f}".removesuffix(".0")
    if not float(digits):
        return "0"
    return f"{_MINUS if value < 0 else '+'}{digits}"
