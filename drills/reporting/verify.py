"""Whether a finished drill is still what it was: chain, sealed files, renderings.

The hash chain shows any change of the journal but one: cutting it short (or adding to it) and
rendering it again gives a drill that is whole in itself. Its root hash is another one then, so
whoever noted the root hash elsewhere sees that too.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from drills.errors import DrillError, JournalError
from drills.journal import regular
from drills.journal.facts import DrillStarted, EvidenceKept, Sealed
from drills.journal.folder import JOURNAL, RECORD, RECORD_DATA, RENDERED, REPORT, RESULT
from drills.journal.integrity import ODD, digest, hashes
from drills.journal.journal import breaks, last_hash, read_timeline
from drills.journal.timeline import Timeline
from drills.judgement.judge import judge_directory
from drills.judgement.result import DrillResult
from drills.reporting import schema1
from drills.reporting.files import renderings, schema_of
from drills.reporting.record import render_incident


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is not as it was left: where (a path, a line) and what."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def verify(directory: Path, root_hash: str = "") -> list[Problem]:
    """Everything about a drill's directory that is not as it was left; [] for an intact one.

    ``root_hash`` is the one that was noted when the drill ended, if anybody did. Raises
    JournalError where there is no drill.
    """
    journal = _read(directory)
    problems = [Problem(f"{JOURNAL} {where}".strip(), what) for where, what in breaks(journal)]
    if root_hash and root_hash.lower() != (found := last_hash(directory)):
        problems.append(Problem(JOURNAL, f"expected the root hash {root_hash}, found {found}"))
    try:
        timeline = read_timeline(directory)
    except JournalError as error:
        return [*problems, Problem(JOURNAL, f"cannot be read as a drill's: {error}")]
    problems += _files(directory, timeline)
    return problems + (_unchecked(directory) if problems else [*_renderings(directory)])


def _read(directory: Path) -> bytes:
    path = directory / JOURNAL
    if path.is_symlink() or not path.is_file():
        raise JournalError(f"expected a journal at {path}")
    try:
        return regular.read(path)
    except OSError as error:
        raise JournalError(f"expected a journal at {path}: {error.strerror or error}") from error


def _files(directory: Path, timeline: Timeline) -> Iterator[Problem]:
    """Each file that is not as the journal says, is missing, or was not there."""
    sealed = timeline.last(Sealed)
    if sealed is None:
        yield Problem(JOURNAL, "holds no seal: the drill was not brought to its end")
    said = _hashes_said(timeline, sealed)
    there = hashes(directory)
    for name in sorted(said.keys() | there.keys()):
        if name not in there:
            yield Problem(name, "is missing")
        elif name in said and said[name] != {there[name]}:
            yield Problem(name, ODD if there[name] == ODD else "has changed")
        elif name not in said and sealed is not None:
            yield Problem(name, "was not there when the drill ended")


def _hashes_said(timeline: Timeline, sealed: Sealed | None) -> dict[str, set[str]]:
    """Every hash that the journal gives for a file: when it was captured, and when all was over."""
    said: dict[str, set[str]] = {}
    for kept in timeline.all(EvidenceKept):
        said.setdefault(kept.path, set()).add(kept.sha256)
    for name, found in sealed.files.items() if sealed else ():
        said.setdefault(name, set()).add(found)
    return said


def _unchecked(directory: Path) -> list[Problem]:
    """What is said of the renderings once what they are made from has changed."""
    gone = [Problem(name, "is missing") for name in RENDERED if not (directory / name).is_file()]
    compared = "not compared, since what they are made from is not as it was"
    return [*gone, Problem(", ".join(RENDERED), compared)]


def _renderings(directory: Path) -> Iterator[Problem]:
    """Each rendering that judging and rendering the journal again does not give."""
    try:
        result, old = judge_directory(directory), of_schema_1(directory)
        expected = renderings(result, directory)
    except DrillError as error:
        yield Problem(JOURNAL, f"cannot be judged: {error}")
        return
    if old:  # that version wrote no sentences
        expected[RECORD] = render_incident(result, sentences=False).encode("utf-8", "replace")
    if old and not (directory / RECORD_DATA).exists():
        del expected[RECORD_DATA]  # that version made none
    for name, data in expected.items():
        path = directory / name
        try:
            path.lstat()  # raises where nothing is there: that is not odd
            odd = digest(path) == ODD
            found = b"" if odd else regular.read(path)
        except OSError:
            yield Problem(name, "is missing or cannot be read")
            continue
        if odd:
            yield Problem(name, ODD)
        elif not _is(name, found, result, data, old=old):
            yield Problem(name, "is not what judging and rendering the journal gives")


def _is(name: str, found: bytes, result: DrillResult, data: bytes, *, old: bool) -> bool:
    """Whether a rendering is what it must be; an ``old`` report cannot be made again."""
    if not old or name not in (RESULT, REPORT):
        return found == data
    with suppress(ValueError, RecursionError):
        return name == REPORT or not schema1.differs(found, result)
    return False


def of_schema_1(directory: Path) -> bool:
    """Whether the version before this one rendered a drill: its report cannot be compared.

    Nobody can make a younger drill look like that: its journal says which schema it had. Raises
    JournalError where there is no drill.
    """
    started = read_timeline(directory).first(DrillStarted)
    try:
        found = regular.read(directory / RESULT)
    except OSError:
        return False
    return (started or DrillStarted()).schema == schema1.VERSION == schema_of(found)
