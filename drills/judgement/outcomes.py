"""What became of each request as it turned out: an acknowledged write that is gone is no success.

The prober knows what customers were told. Only the final read says that a write which was
acknowledged is not there, or says something else; its outcome is then ``lost`` or ``altered``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from drills.journal.packed import column
from drills.journal.sample import Sample
from drills.judgement.data import reconciliation
from drills.judgement.metric import Observations, once
from drills.judgement.outage import failures, good

LOST, ALTERED = "lost", "altered"
UNHARMED: Mapping[str, str] = {}


@once
def harm_of(seen: Observations) -> Mapping[str, str]:
    """What became of acknowledged writes that did not stay as they were, by their ids."""
    found = reconciliation(seen)
    if found is None:
        return UNHARMED
    return dict.fromkeys(found.altered or (), ALTERED) | dict.fromkeys(found.lost, LOST)


def by_outcome(samples: Sequence[Sample], harm: Mapping[str, str] = UNHARMED) -> dict[str, int]:
    """How many samples ended how; outcomes that did not occur are left out."""
    if harm:
        counts = Counter(harm.get(sample.subject) or sample.outcome.value for sample in samples)
        return dict(sorted(counts.items()))
    told = Counter(column(samples, "outcome"))
    return dict(sorted((outcome.value, count) for outcome, count in told.items()))


def count_good(samples: Sequence[Sample], harm: Mapping[str, str] = UNHARMED) -> int:
    """How many customers got what they came for in time, and it stayed so."""
    served = len(samples) - len(failures(samples))
    return served - (sum(good(each) and each.subject in harm for each in samples) if harm else 0)
