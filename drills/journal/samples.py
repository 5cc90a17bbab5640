"""Reading what the prober wrote, while it writes and long after."""

from __future__ import annotations

import errno
import gzip
import io
import json
import zlib
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, cast

from drills.errors import JournalError
from drills.journal import regular
from drills.journal.observed import NO_OUTCOME, STALLS
from drills.journal.packed import GrowingLane, PackedSamples
from drills.journal.replacing import forget_drafts, replacing
from drills.journal.sample import Outcome, Sample

T = TypeVar("T")
_CHUNK = 1 << 18  # bytes that are read at once
_PLAIN, _PACKED, _INTENTS = ".jsonl", ".jsonl.gz", ".intents"


@dataclass(frozen=True, slots=True)
class Stall:
    """A time in which the prober itself did not run: ``gap_ns`` long, over at ``at_ns``."""

    at_ns: int
    gap_ns: int


def read_samples(directory: Path, *, final: bool = False) -> dict[str, PackedSamples]:
    """Every lane's samples, in the order in which they were due.

    ``final``: nobody writes any more, so a write that was about to be sent and has no sample is
    added as a time-out with the detail "no outcome recorded": it may have been processed. A torn
    last line is passed over. Raises JournalError on anything else that is not a sample.
    """
    names = _names(directory)
    found: dict[str, PackedSamples] = {}
    for name in sorted(names):
        if name == STALLS or name.endswith(_INTENTS):
            continue
        lane = PackedSamples(name)
        for path, number, lines in _chunks(directory, name):
            _take(lane, path, number, lines)
        if final and f"{name}{_INTENTS}" in names:
            lane.add(list(_unanswered(directory, name, {sample.seq for sample in lane})))
        found[name] = lane.ordered()
    return found


def _take(lane: PackedSamples, path: Path, number: int, lines: Sequence[bytes]) -> None:
    """Add the samples of these lines: all at once, which is far faster, where all is as we write.

    Otherwise each by itself, so that a row which is none is named.
    """
    with suppress(ValueError):
        rows = json.loads(b"[" + b",".join(lines) + b"]")
        if len(rows) == len(lines) and lane.take(rows):
            return
    lane.add(_parse(path, lines, partial(_sample, lane.name), number))


def _sample(lane: str, row: list[Any]) -> Sample:
    sample = Sample.from_row(lane, row)
    array("q", sample[1:5])  # raises OverflowError: an instant has 64 bits
    return sample


def read_stalls(directory: Path) -> list[Stall]:
    """When the prober itself did not run; empty where there are no samples at all."""
    if STALLS not in _names(directory):
        return []
    return list(_rows(directory, STALLS, _stall))


def compress(directory: Path) -> None:
    """Replace every file by a gzipped one, each at once or not at all.

    Only after the prober has ended. Raises JournalError when the disk does not take them.
    """
    try:
        regular.check_folder(directory)
        forget_drafts(directory)
        for path in sorted(directory.glob(f"*{_PLAIN}")):
            _compress(path)
    except OSError as error:
        raise JournalError(f"cannot compress the samples in {directory}: {error}") from error


class SampleTail:
    """Follows the files as they grow; ``poll`` reads only what is new, and copies nothing."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._offsets: dict[str, int] = {}
        self._lanes: dict[str, GrowingLane] = {}
        self._lost: Callable[[Sample], bool] = _none

    def poll(self) -> dict[str, PackedSamples]:
        """Every sample written so far, per lane in the order in which they were due.

        To be read until the next poll, which puts what ended late into its place. Raises
        JournalError on a line that is not a sample.
        """
        for name in _names(self._directory, packed=False):
            if name != STALLS and not name.endswith(_INTENTS):
                self._follow(name)
        return {name: lane.look() for name, lane in sorted(self._lanes.items())}

    def drop(self, lost: Callable[[Sample], bool]) -> None:
        """Leave out the samples of which that is true, those read already and those to come."""
        self._lost = lost
        for lane in self._lanes.values():
            lane.drop(lost)

    def _follow(self, name: str) -> None:
        path = self._directory / f"{name}{_PLAIN}"
        known = self._lanes.setdefault(name, GrowingLane(name))
        offset = self._offsets.get(name, 0)
        try:
            with regular.reader(path) as file:
                file.seek(offset)
                data = file.read()
        except FileNotFoundError:  # compressed since it was listed
            return
        whole = data[: data.rfind(b"\n") + 1]
        for sample in _parse(path, whole.splitlines(), partial(_sample, name)):
            if not self._lost(sample):
                known.insert(sample)
        self._offsets[name] = offset + len(whole)


def _none(_sample: Sample) -> bool:
    return False


def _names(directory: Path, *, packed: bool = True) -> set[str]:
    endings = (_PLAIN, _PACKED) if packed else (_PLAIN,)
    try:
        regular.check_folder(directory)
        files = [path.name for path in directory.iterdir()]
    except FileNotFoundError:
        return set()
    except OSError as error:
        raise JournalError(f"cannot read {directory}: {error.strerror}") from error
    return {
        file.removesuffix(ending) for file in files for ending in endings if file.endswith(ending)
    }


def _rows(directory: Path, name: str, parse: Callable[[list[Any]], T]) -> Iterator[T]:
    for path, number, lines in _chunks(directory, name):
        yield from _parse(path, lines, parse, number)


def _chunks(directory: Path, name: str) -> Iterator[tuple[Path, int, list[bytes]]]:
    """The whole lines of a file, some at a time: its path, the first one's number, the lines."""
    path, number = directory / f"{name}{_PLAIN}", 1
    packed = not path.exists()
    path = directory / f"{name}{_PACKED}" if packed else path
    try:
        with regular.reader(path) as raw:
            unpacked = gzip.GzipFile(fileobj=raw) if packed else raw
            with io.BufferedReader(cast("io.RawIOBase", unpacked), _CHUNK) as file:
                while lines := file.readlines(_CHUNK):
                    if not lines[-1].endswith(b"\n"):
                        lines.pop()  # torn, and nothing follows it
                    if lines:
                        yield path, number, lines
                    number += len(lines)
    except (OSError, EOFError, zlib.error) as error:
        raise JournalError(f"cannot read {path}: {error}") from error


def _parse(
    path: Path, lines: Iterable[bytes], parse: Callable[[list[Any]], T], number: int = 1
) -> Iterator[T]:
    """What each line holds; ``number`` is that of the first one."""
    for row, line in enumerate(lines, number):
        try:
            yield parse(json.loads(line))
        except (ValueError, TypeError, IndexError, KeyError, OverflowError) as error:
            raise JournalError(f"{path}: row {row} is not what belongs there") from error


def _stall(row: list[Any]) -> Stall:
    at_ns, gap_ns = row
    return Stall(int(at_ns), int(gap_ns))


def _intent(row: list[Any]) -> tuple[int, int, str, str]:
    seq, due_ns, subject, *more = row
    (content,) = more or ("",)
    return int(seq), int(due_ns), str(subject), str(content)


def _unanswered(directory: Path, lane: str, answered: set[int]) -> Iterator[Sample]:
    if f"{lane}{_INTENTS}" not in _names(directory):
        return
    for seq, due_ns, subject, content in _rows(directory, f"{lane}{_INTENTS}", _intent):
        if seq not in answered:
            yield Sample(
                *(lane, seq, due_ns, due_ns, due_ns, Outcome.TIMEOUT),
                subject=subject,
                detail=NO_OUTCOME,
                content=content,
            )


def _compress(path: Path) -> None:
    if path.is_symlink():
        raise OSError(errno.EINVAL, regular.ODD, str(path))
    with (
        replacing(path.with_name(path.name + ".gz")) as file,
        # The time of writing is left out: the same samples give the same bytes.
        gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed,
    ):
        packed.write(regular.read(path))
    path.unlink()
