"""How many of a journey's customers got what they came for: the metric of that name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from drills.journal.sample import Sample
from drills.judgement.dwell import least_requests, rates, windows
from drills.judgement.metric import NO_FAULT, Observations
from drills.judgement.outcomes import count_good, harm_of
from drills.judgement.verdict import Measured, Measurement, Unmeasured
from drills.units import Interval, format_ratio


def availability(seen: Observations, subject: str) -> Measurement:
    """Good answers over all due requests of a journey, from the fault to the end of watching.

    A long watch dilutes nothing: the share is never above that while a fault was in effect. An
    acknowledged write that is gone afterwards was no good answer.
    """
    if seen.fault() is None:
        return NO_FAULT
    samples = seen.journeys().get(subject, [])
    if not samples:
        return Unmeasured(f"journey {subject} was not asked after the fault")
    during = [each for window in windows(seen) for each in window.within(samples)]
    if unasked := _unasked(seen, subject, len(during)):
        return unasked
    harm = harm_of(seen)
    whole, then = _share(samples, harm), _share(during, harm)
    source = f"{len(samples)} due requests of journey {subject}"
    if during and then < whole:
        source = f"{len(during)} due requests of journey {subject} with a fault in effect"
        source += f" ({format_ratio(whole)} to the end of watching)"
    return Measured(Interval.exact(min(whole, then)), source)


def _share(samples: Sequence[Sample], harm: Mapping[str, str]) -> float:
    return count_good(samples, harm) / len(samples) if samples else 1.0


def _unasked(seen: Observations, journey: str, due: int) -> Unmeasured | None:
    """Why nothing is known of a journey: too few of its requests fell into the faults' time."""
    least, rate = least_requests(seen), rates(seen).get(journey, 0.0)
    if due < least:
        return Unmeasured(
            f"only {due} requests of journey {journey} were due while a fault was in effect, "
            f"expected at least {least}"
        )
    expected = rate * sum(window.seconds for window in windows(seen))
    if due < expected / 2 - 1:
        return Unmeasured(
            f"{due} requests of journey {journey} were due while a fault was in effect, "
            f"at {rate:g} a second it had to be {expected:.0f}: who asks stood still"
        )
    return None
