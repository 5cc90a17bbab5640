"""What exports are made of: the drills of a run as they were judged, and what never became one."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from drills.journal.folder import REPORT
from drills.judgement.result import DrillResult, Verdict
from drills.reporting.cleansing import clean, clean_line
from drills.reporting.criteria import unmet_lines
from drills.reporting.words import VERDICTS, plural

_WORST: tuple[Verdict, ...] = ("missed", "inconclusive", "not assessed", "met")
_LONGEST = 20_000  # characters of a reason, criterion by criterion


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A drill that was judged, and the directory that it left."""

    result: DrillResult
    directory: Path

    @property
    def name(self) -> str:
        """The scenario; an outline's with its row, as pytest names it."""
        row = f" [{self.result.example}]" if self.result.example else ""
        return clean_line(f"{self.result.scenario}{row}") or self.result.id

    @property
    def met(self) -> bool:
        """Whether it is green; what could not be measured is not."""
        return self.result.verdict == "met"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What went wrong and no drill's result tells: one that did not begin, or was not cleared away.

    ``feature`` counts from the run's root; ``line`` is the scenario's, 0 where it is not known.
    """

    name: str
    reason: str
    feature: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The drills of one run, those that are not met first, and all else that failed in it.

    Paths of features count from ``root``, links to reports from ``here``. ``checkout`` is the
    folder from which the place that shows annotations counts files.
    """

    drills: tuple[Finished, ...] = ()
    failures: tuple[Failure, ...] = ()
    root: Path = field(default_factory=Path.cwd)
    here: Path = field(default_factory=Path.cwd)
    checkout: Path | None = None

    def __post_init__(self) -> None:
        worst_first = sorted(self.drills, key=lambda each: _WORST.index(each.result.verdict))
        object.__setattr__(self, "drills", tuple(worst_first))

    @property
    def met(self) -> bool:
        """Whether all went well; not where nothing was drilled."""
        return bool(self.drills) and not self.failures and all(each.met for each in self.drills)

    def report(self, drill: Finished) -> str:
        """Where a drill's report is, as a link: from ``here`` where it lies below that."""
        path = drill.directory / REPORT
        return (path.relative_to(self.here) if path.is_relative_to(self.here) else path).as_posix()

    def file(self, feature: str) -> str:
        """A feature as the place that shows annotations knows it: from the top of the checkout."""
        path = self.root / PurePosixPath(feature)
        top = self.checkout or self.root
        return path.relative_to(top).as_posix() if path.is_relative_to(top) else feature

    def counts(self) -> dict[Verdict, int]:
        """How many drills have each verdict, the worst first; those that are none are left out."""
        verdicts = [each.result.verdict for each in self.drills]
        return {verdict: verdicts.count(verdict) for verdict in _WORST if verdict in verdicts}

    def sentence(self) -> str:
        """``1 missed, 3 met``, and how many did not come to a result."""
        told = [f"{count} {VERDICTS[each].lower()}" for each, count in self.counts().items()]
        if self.failures:
            told.insert(0, f"{plural(len(self.failures), 'failure')} without a result")
        return ", ".join(told) or "no drill"


def reason(drill: Finished) -> str:
    """Why a drill is not met, with a line for each criterion that is not; "" where it is met."""
    return "" if drill.met else clean("\n".join(unmet_lines(drill.result)), _LONGEST)
