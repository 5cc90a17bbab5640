"""What to do next about a drill, the most urgent first, each with the exact command where there is.

Commands name the drill by its id, so that a report may be moved. What is read first is a file
beside the report.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from drills.journal.folder import FINAL_READ, JOURNAL, RECORD
from drills.judgement.conclusion import NOT_MEASURED
from drills.judgement.criterion import measured
from drills.judgement.metrics import METRICS
from drills.judgement.result import CriterionResult, DrillResult
from drills.judgement.subjects import Need, Subject
from drills.reporting.criteria import by_id, figures, waited_text
from drills.reporting.follow_ups import standing, whose
from drills.reporting.proof import exhibit
from drills.reporting.words import plural

NAME = '"YOUR NAME"'
TOLD = 3  # criteria that are told each by itself
_UNREAD = ("journal", "samples")  # parts of a drill that is not as it was written
_MONITORING = ("alerts", "notifications", "targets")


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to do: what and why, what to type, and where in the report, or beside it, it is.

    ``command``, ``section`` (an id of the report) and ``file`` (below the drill's directory) are ""
    where there is none.
    """

    text: str
    command: str = ""
    section: str = ""
    file: str = ""

    @property
    def sentence(self) -> str:
        """What to do, without the command, as a sentence of its own."""
        return f"{self.text.rstrip('. ')}{':' if self.command else '.'}"


def advice(result: DrillResult) -> list[Advice]:
    """At least one thing, the most urgent first."""
    found = [*_rescue(result), *_folder(result)]
    if result.verdict == "missed":
        found += [*_missed(result), _again(result, "Once that is mended, run it again")]
    elif result.verdict == "inconclusive":
        found += _open(result)
    found += [*_attest(result), *_left(result)]
    if result.verdict in ("met", "not assessed"):
        found.append(_again(result, "Run it again after the next change"))
    return found


def running_advice(result: DrillResult) -> list[Advice]:
    """The same for a drill that still runs."""
    text = "Wait until it is over, or stop it and have every fault undone"
    return [Advice(text, f"drills halt {result.id}")]


def _rescue(result: DrillResult) -> Iterator[Advice]:
    names = [fault.target for fault in result.faults if fault.reverted_at is None]
    if names:
        text = f"Undo what is left, the fault on {', '.join(names)}"
        yield Advice(text, f"drills heal {result.id}", "faults")
    elif result.status == "crashed":
        yield Advice("Finish the drill, which died", f"drills heal {result.id}")


def _folder(result: DrillResult) -> Iterator[Advice]:
    """What could not be judged, and how to find out why."""
    if any(name in result.failed_parts for name in _UNREAD):
        yield Advice("See what was changed in the drill's folder", f"drills verify {result.id}")
    elif result.failed_parts:
        text = f"Judge it again: {', '.join(result.failed_parts)} could not be judged"
        yield Advice(text, f"drills judge {result.id}")


def _missed(result: DrillResult) -> Iterator[Advice]:
    named = [(id_, one) for id_, one in by_id(result) if one.verdict == "missed"]
    for id_, one in named[:TOLD]:
        file = first_file(result, one)
        text = f"Read {file} first, for why “{one.name}” was missed ({figures(one)})"
        yield Advice(text, section=id_, file=file)
    if (more := len(named) - TOLD) > 0:
        yield Advice(f"Then see {more} more that were missed", section="criteria")
    if not named:
        yield Advice(f"Read {JOURNAL} first: {result.reason}", file=JOURNAL)


def _open(result: DrillResult) -> Iterator[Advice]:
    """Why nothing can be concluded, and what would let it be."""
    named = [(id_, one) for id_, one in by_id(result) if one.verdict == "inconclusive"]
    criteria_alone = result.reason.startswith(NOT_MEASURED) and result.status == "completed"
    if not named or not criteria_alone:
        yield _again(result, f"Run it again, because {result.reason or 'nothing was concluded'}")
        return
    late = [one for _, one in named if waited_text(one)]
    for id_, one in named[:TOLD]:
        why, file = waited_text(one) or one.reason, first_file(result, one)
        text = f"Read {file} first: “{one.name}” is not known ({why})"
        yield Advice(text, section=id_, file=file)
    if late:
        longest = max(one.limit or 0 for one in late)
        text = "Run it again and wait as long as the limit"
        yield _again(result, text, f" --drill-patience {longest:g}s")
        return
    yield _again(result, f"Run it again, because {result.reason}")


def _again(result: DrillResult, text: str, options: str = "") -> Advice:
    path = result.feature
    if not path.endswith(".feature"):
        return Advice(text)
    command = f"pytest {shlex.quote(path)}::{shlex.quote(result.scenario)}{options}"
    return Advice(text, command)


def _attest(result: DrillResult) -> Iterator[Advice]:
    """What only people can assess, and nobody has."""
    for id_, one in by_id(result):
        if one.verdict == "not assessed":
            command = _said(result, one.subject) if one.metric == "attestation" else ""
            yield Advice(f"Say whether “{one.name}” was done", command, id_)


def _left(result: DrillResult) -> Iterator[Advice]:
    """What this drill or earlier ones left open: findings by name, and all that is overdue."""
    findings = [one for one in result.left if one.what == "finding" and not one.closed]
    for one in findings[:TOLD]:
        owner = f" ({whose(one)})" if whose(one) else ""
        text = f"Mend the runbook: {one.text}{owner}. Then say so"
        yield Advice(text, _said(result, one.id), "record")
    for one in [one for one in result.follow_ups if one.overdue and not one.closed][:TOLD]:
        yield Advice(f"{one.text} is {standing(one)}", _said(result, one.id), "record")
    others = [one for one in result.left if one.what != "finding" and not one.closed]
    if others:
        first = others[0]
        owner = f" ({whose(first)})" if whose(first) else ""
        text = f"{plural(len(others), 'thing')} to do afterwards, the first: {first.text}{owner}"
        yield Advice(text, _said(result, first.id), "record")


def _said(result: DrillResult, subject: str) -> str:
    return f"drills attest {shlex.quote(subject)} --by {NAME} --drill {result.id}"


def first_file(result: DrillResult, one: CriterionResult) -> str:
    """Which file of the drill tells most of why a criterion is as it is."""
    metric = METRICS.get(measured(one.metric))
    if metric is None:
        return JOURNAL
    if Need.WRITES in metric.needs:
        return FINAL_READ
    if one.metric in ("missing record fields", "root-cause findings", "prevention measures"):
        return RECORD
    if metric.narrowed is Subject.ALERT:
        return _evidence(result, _MONITORING) or JOURNAL
    services = [fault.service for fault in result.faults if fault.service]
    return _evidence(result, [f"{name}-" for name in services], "log") or JOURNAL


def _evidence(result: DrillResult, begins: Sequence[str], ends: str = "") -> str:
    """The last artefact kept whose name begins and ends so, and that lies in the folder."""
    for begin in begins:
        for kept in reversed(result.evidence):
            stem = kept.path.removeprefix("evidence/").rsplit(".", 1)[0]
            fits = stem.startswith(begin) and (not ends or ends in stem)
            if fits and kept.size and exhibit(kept, None).href:
                return kept.path
    return ""
