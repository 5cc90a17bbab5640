"""The seal of a drill: the hash of every file that its journal does not hold itself.

It is the last thing that a drill writes into its journal, so the root hash (that of the journal's
last line) closes the files too.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from drills.errors import JournalError
from drills.journal import regular
from drills.journal.facts import BackupRead, DrillStarted, FinalReadDone, LaneStarted, Sealed
from drills.journal.folder import BACKUP_READS, FINAL_READ, JOURNAL, RENDERED, SAMPLES, STANDING
from drills.journal.journal import Journal
from drills.journal.timeline import Timeline

UNSEALED = "it holds no seal, so it is not all that was written"
ODD = "not a plain file"  # in the place of a hash, in seals too


def seal(journal: Journal) -> None:
    """Write the hashes of all files of a drill. Nobody may write one afterwards.

    Raises JournalError when a file cannot be read or the disk refuses.
    """
    journal.write(Sealed(files=hashes(journal.directory)), sync=True)


def unsealed(timeline: Timeline) -> bool:
    """Whether a drill was not brought to its end, as far as its journal goes.

    Those of the first schema are taken as they are.
    """
    started = timeline.first(DrillStarted)
    return started is not None and started.schema > 1 and timeline.last(Sealed) is None


def lost(directory: Path, timeline: Timeline) -> Sequence[str]:
    """What a drill is judged from and that is not there as the drill left it, in words.

    Of one that was sealed every such file is known by its hash; of another one, which journeys were
    asked, and whether the databases were read. Never raises.
    """
    sealed = timeline.last(Sealed)
    said = sealed.files if sealed else {}
    left = {name: str(said[name]) for name in sorted(said) if _is_judged(name)}
    found = {name: _digest(directory / name) for name in left}
    missing = [name for name in left if not found[name]]
    told = [f"{name} has changed" for name in left if found[name] not in ("", left[name])]
    if not missing and not told:
        missing = list(_unsealed(directory, timeline))
    return [*_missing(directory, missing), *told]


def _missing(directory: Path, names: Sequence[str]) -> Iterator[str]:
    """Each that is missing, in words; the samples as one where their whole folder is."""
    inside = [name for name in names if name.startswith(f"{SAMPLES}/")]
    if inside and not os.path.lexists(directory / SAMPLES):
        yield f"the folder {SAMPLES}/ is missing, with all that was in it"
        names = [name for name in names if name not in inside]
    yield from (f"{name} is missing" for name in names)


def _is_judged(name: str) -> bool:
    return name in (FINAL_READ, BACKUP_READS) or name.startswith(f"{SAMPLES}/")


def _unsealed(directory: Path, timeline: Timeline) -> Iterator[str]:
    """What the journal says was written, and of which nothing is there."""
    for started in timeline.all(LaneStarted):
        name = f"{SAMPLES}/{started.lane}.jsonl"
        if not any(os.path.lexists(directory / f"{name}{packed}") for packed in ("", ".gz")):
            yield name
    if timeline.last(FinalReadDone) and not os.path.lexists(directory / FINAL_READ):
        yield FINAL_READ
    read = any(each.read for each in timeline.all(BackupRead))
    if read and not os.path.lexists(directory / BACKUP_READS):
        yield BACKUP_READS


def _digest(path: Path) -> str:
    """The hash of a file; "" where there is none that can be read."""
    try:
        path.lstat()
        return digest(path)
    except OSError:
        return ""


def hashes(directory: Path) -> dict[str, str]:
    """SHA-256 of every file below a drill's directory but what needs no seal, by its path.

    Journal and renderings need none, nor does what rests on other drills. What is no plain file has
    ``ODD`` for a hash; a link is never followed. Raises JournalError when a file cannot be read.
    """
    try:
        return {
            path.relative_to(directory).as_posix(): digest(path)
            for path in sorted(_files(directory))
        }
    except OSError as error:
        raise JournalError(f"expected to read every file of {directory}: {error}") from error


def digest(path: Path) -> str:
    """SHA-256 of a file in hexadecimal, ``ODD`` for a link, a pipe and the like.

    Raises OSError when it cannot be read.
    """
    if path.is_symlink() or not path.is_file():
        return ODD
    with regular.reader(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _files(directory: Path) -> Iterator[Path]:
    ours = {directory / name for name in (JOURNAL, *RENDERED)}
    if not (standing := directory / STANDING).is_symlink():
        ours.add(standing)
    for folder, folders, names in os.walk(directory, onerror=_refuse):
        links = [name for name in folders if (Path(folder) / name).is_symlink()]
        yield from (path for name in (*names, *links) if (path := Path(folder) / name) not in ours)


def _refuse(error: OSError) -> None:
    raise error
