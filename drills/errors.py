"""Everything this package raises on purpose, as one tree.

    DrillError
    ├── PlanError                 the drill as written cannot be run (nothing was touched)
    │   ├── UnknownTarget         no container answers to the name
    │   └── BlastRadiusExceeded   the drill may not touch this, or not this much
    ├── EngineError               the container engine refused, failed or is not there
    ├── StackError                the stack did not come up or did not go away
    ├── WaitTimeout               an awaited state was not seen in time
    │   └── SteadyStateNotReached the system was not healthy before the fault
    ├── StopConditionMet          a bound on time, failures or lost writes ended the drill early
    ├── GroundGaveWay             what the drill itself stands on failed: engine, clock, prober
    ├── InjectionFailed           the fault was asked for and did not take effect
    ├── RollbackFailed            a fault could not be proven undone
    ├── ResponseFailed            the runbook's procedure could not be carried out
    ├── JournalError              a journal that cannot be read or written
    └── Outcome
        ├── CriteriaMissed        judged, and at least one criterion was missed
        ├── CriteriaInconclusive  judged, none missed, at least one could not be measured
        └── Regressed             met, and worse than earlier drills, where that is to fail

Foreign exceptions become one of these at the module that is their door (``raise ... from``).
"""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches


class DrillError(Exception):
    """Base of every error of this package."""


class PlanError(DrillError):
    """The drill as written cannot be run; nothing was touched."""


class UnknownTarget(PlanError):
    """No container of the stack answers to the name."""


class BlastRadiusExceeded(PlanError):
    """The injection reaches further than the drill declares."""


class EngineError(DrillError):
    """The container engine refused, failed or is not there."""


class StackError(DrillError):
    """The stack did not come up, or did not go away."""


class WaitTimeout(DrillError):
    """An awaited state was not seen in time; the message has all five parts of it."""


class SteadyStateNotReached(WaitTimeout):
    """The system was not in steady state before the fault, so nothing was injected."""


class StopConditionMet(DrillError):
    """A bound on time, failures or lost writes was passed, so the drill ended early."""


class GroundGaveWay(DrillError):
    """What the drill itself stands on failed, not the system: nothing it saw proves anything."""


class InjectionFailed(DrillError):
    """The fault was asked for and did not take effect."""


class RollbackFailed(DrillError):
    """A fault could not be proven undone."""


class ResponseFailed(DrillError):
    """A step of the runbook's procedure could not be carried out or verified."""


class JournalError(DrillError):
    """A journal that cannot be read or written."""


class Outcome(DrillError):
    """A drill that was judged, and is not green."""


class CriteriaMissed(Outcome):
    """At least one criterion was missed."""


class CriteriaInconclusive(Outcome):
    """No criterion was missed, and at least one could not be measured."""


class Regressed(Outcome):
    """All criteria were met, and something is worse than in earlier drills."""


def near(word: str, known: Collection[str]) -> str:
    """``; did you mean 'ReplicaDown'?`` where one of those known reads much like it, or ""."""
    folded = {name.casefold(): name for name in known}
    found = get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    return f"; did you mean {folded[found[0]]!r}?" if found else ""
