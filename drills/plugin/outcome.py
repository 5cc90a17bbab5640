"""What a drill's test ends with: its verdict, as an error that says all criteria."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from drills.config.planned import planned
from drills.errors import (
    CriteriaInconclusive,
    CriteriaMissed,
    DrillError,
    Outcome,
    PlanError,
    Regressed,
)
from drills.history.standing import Standing
from drills.journal.folder import REPORT
from drills.journal.redaction import Redactor
from drills.judgement.result import DrillResult
from drills.lifecycle.drill import Drill
from drills.lifecycle.interrupts import Let
from drills.lifecycle.remembering import remember, stand
from drills.plugin.allure import attach
from drills.plugin.gherkin import tell_steps
from drills.plugin.masking import UNMET
from drills.plugin.places import from_here
from drills.plugin.terminal import FORGOTTEN, RUNS
from drills.reporting import earlier
from drills.reporting.criteria import unmet_lines
from drills.reporting.figures import points


def outcome_of(result: DrillResult) -> Outcome | None:
    """What a drill's test fails with; None when it passes."""
    if result.verdict == "met":
        return None
    kind = CriteriaMissed if result.verdict == "missed" else CriteriaInconclusive
    return kind("\n".join(unmet_lines(result)))


def _reported(outcome: Outcome | None, result: DrillResult, drill: Drill) -> Outcome | None:
    """The outcome, with what to do where there is no report: then nothing is green."""
    if not drill.unwritten:
        return outcome
    text = (
        f"the report could not be written: {drill.unwritten}. Free space, then: "
        f"drills judge {drill.journal.directory}"
    )
    if result.verdict == "missed" and outcome is not None:
        return type(outcome)(f"{outcome}\n{text}")
    return CriteriaInconclusive(f"{result.verdict}, and {text}")


def _properties(
    config: pytest.Config, result: DrillResult, directory: Path, *, again: bool
) -> list[tuple[str, object]]:
    """What a test's report tells of its drill, to us and to who reads JUnit XML."""
    report, here = directory / REPORT, from_here(config, ".")
    shown = report.relative_to(here) if report.is_relative_to(here) else report
    return [
        ("drill", str(directory)),
        ("drill-inconclusive", again),
        ("drill-id", result.id),
        ("drill-verdict", result.verdict),
        ("drill-score", points(result.score.value)),
        ("drill-report", shown.as_posix()),
    ]


def _remember(item: pytest.Item, drill: Drill, result: DrillResult) -> Standing | None:
    """Have it in the history, held against earlier ones; where not, the run says so at its end."""
    manifest, directory = drill.plan.manifest, drill.journal.directory
    standing = None
    what = "is not in the history"
    why = remember(directory, manifest.history_server, partial(planned, manifest))
    if not why:
        what = "was not held against earlier ones"
        standing, why = stand(directory, result, manifest.history_server)
    if why:
        text = f"drill {drill.plan.id} {what}: {Redactor(manifest.secrets())(why)}"
        if drill.settings.fail_on_regression:
            text += ". No regression can be told, so none fails this run"
        item.user_properties.append((FORGOTTEN, text))
    return standing


def _regressed(standing: Standing | None, drill: Drill) -> Outcome | None:
    """What a drill that met its criteria fails with, where that is wanted."""
    if standing is None or not standing.regressed or not drill.settings.fail_on_regression:
        return None
    return Regressed(f"regressed: {earlier.sentence(standing)} (--drill-fail-on=regression)")


def conclude(item: pytest.Item, drill: Drill, error: BaseException | None) -> None:
    """Judge the drill; raise its outcome unless every assessed criterion is met.

    Only what the system or the machine did is worth another try (exit 75): a drill that cannot be
    run as written, a step that broke, or damage beyond a stop condition, is the same tomorrow.
    """
    __tracebackhide__ = True
    tell_steps(item, drill.journal)
    result = drill.conclude(error)
    with Let():  # the drill is over and on disk
        _tell(item, drill, result, error)


def _tell(
    item: pytest.Item, drill: Drill, result: DrillResult, error: BaseException | None
) -> None:
    """Have everybody know what came of it; raise its outcome."""
    __tracebackhide__ = True
    directory = drill.journal.directory
    ours = error is None or (isinstance(error, DrillError) and not isinstance(error, PlanError))
    ours = ours and drill.unexpected is None and drill.interrupt is None
    told = result.verdict == "inconclusive" or (drill.unwritten and result.verdict != "missed")
    again = bool(told) and ours and drill.stopped is None
    item.user_properties += _properties(item.config, result, directory, again=again)
    whole = drill.interrupt is None and not drill.unwritten
    standing = _remember(item, drill, result) if whole else None
    item.config.stash[RUNS].append(directory)
    attach(item.config, directory)
    item.config.hook.pytest_drills_judged(config=item.config, result=result, directory=directory)
    outcome = _reported(outcome_of(result), result, drill)
    if outcome is None and error is None and result.verdict == "met":
        outcome = _regressed(standing, drill)
    unmet = item.config.stash[UNMET]
    unmet.pop(item.nodeid, None)  # an earlier attempt's
    if error is not None or outcome is not None:
        unmet[item.nodeid] = again
    if drill.interrupt is not None and drill.interrupt is not error:
        raise drill.interrupt
    if drill.unexpected is not None:  # a bug in what undid the fault, say: not to be passed over
        drill.unexpected.add_note(f"while drill {drill.plan.id} was wound up; {result.reason}")
        raise drill.unexpected
    if isinstance(error, PlanError):
        return  # it is raised again, and says all there is to say
    if drill.stopped is not None and error is None:
        drill.stopped.add_note(str(outcome))
        raise drill.stopped.with_traceback(None)  # where it was met says nothing to a reader
    if outcome is not None:
        raise outcome
