"""Evidence of the same thing at several moments, side by side: what changed in between."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, starmap
from pathlib import Path

from drills.journal.observed import MOMENTS
from drills.reporting.proof import Exhibit
from drills.units import format_size, parse_size

ROWS = 6  # of one artefact; how many more there are is said
CELL = 120  # characters of one value
LINES = 3  # of a log, its newest ones
LARGEST = 256 * 1024  # bytes of an artefact that are read, from its end

_STAMP = re.compile(r"^\d{4}-\d\d-\d\dT(\d\d:\d\d:\d\d\.\d{3})\S* ")  # the engine's own
_WRONG = re.compile(r"(?i)\b(error|fatal|panic|critical|traceback|exception|refused|denied)\b")

_SIZE = re.compile(r"[0-9.]+ ?([KMGT]i)?B")
NEAR = 0.1  # of a size
_SUMS = ("cpu_ns", "network_received_bytes", "network_sent_bytes")  # they only ever grow

BUNDLES = {"logs": "Logs", "system": "System", "database": "Database"}


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that an artefact tells of, at each moment; "" where it told nothing of it."""

    label: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One artefact at its moments: rows that changed, and how ``more`` of them are left out."""

    name: str
    rows: tuple[Row, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Bundle:
    """All artefacts of one bundle that changed, and the names of those that did not."""

    title: str
    moments: tuple[str, ...]
    changed: tuple[Comparison, ...]
    alike: tuple[str, ...]


def side_by_side(exhibits: Iterable[Exhibit], root: Path | None) -> list[Bundle]:
    """What is in the files whose hash is right; nothing where the drill's folder is not given."""
    texts: dict[str, dict[str, dict[str, str]]] = {}
    for one in exhibits:
        evidence = one.evidence
        if root is not None and one.state == "matches" and evidence.moment:
            artefacts = texts.setdefault(evidence.bundle, {})
            artefacts.setdefault(evidence.name, {})[evidence.moment] = _text(root / evidence.path)
    return [
        bundle
        for slug, title in BUNDLES.items()
        if (bundle := _bundle(title, texts.get(slug, {}), logs=slug == "logs"))
    ]


def _text(path: Path) -> str:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - LARGEST))
        return file.read().decode("utf-8", "replace")


def _bundle(title: str, artefacts: Mapping[str, Mapping[str, str]], *, logs: bool) -> Bundle | None:
    several = {name: texts for name, texts in artefacts.items() if len(texts) > 1}
    if not several:
        return None
    kept = {moment for texts in several.values() for moment in texts}
    moments = tuple(moment for moment in MOMENTS if moment in kept)
    compare = _logs if logs else _values
    compared = [compare(name, texts, moments) for name, texts in several.items()]
    return Bundle(
        title,
        moments[1:] if logs else moments,
        tuple(one for one in compared if one.rows),
        tuple(one.name for one in compared if not one.rows),
    )


def _values(name: str, texts: Mapping[str, str], moments: Sequence[str]) -> Comparison:
    of = processes if name.endswith(" processes") else values
    read = [of(texts.get(moment, "")) for moment in moments]
    labels = dict.fromkeys(label for one in read for label in one)
    rows = [Row(label, tuple(_cut(one.get(label, "")) for one in read)) for label in labels]
    changed = [row for row in rows if not all(starmap(alike, pairwise(row.cells)))]
    return Comparison(name, tuple(changed[:ROWS]), max(0, len(changed) - ROWS))


def _logs(name: str, texts: Mapping[str, str], moments: Sequence[str]) -> Comparison:
    """How many lines came since the moment before, and what of them tells most."""
    lines = [texts.get(moment, "").splitlines() for moment in moments]
    fresh = [_new(before, later) for before, later in pairwise(lines)]
    if not any(fresh):
        return Comparison(name, ())
    counts = Row("new lines", tuple(str(len(new)) for new in fresh))
    return Comparison(name, (counts, Row("of them", tuple(map(_telling, fresh)))))


def _new(before: Sequence[str], later: Sequence[str]) -> list[str]:
    known = set(before)
    return [line for line in later if line not in known]


def _telling(lines: Sequence[str]) -> str:
    """The newest lines that speak of something wrong, or the very newest where none does."""
    wrong = [line for line in lines if _WRONG.search(line)]
    return "\n".join(_cut(_STAMP.sub(r"\1 ", line)) for line in (wrong or lines)[-LINES:])


def values(text: str) -> dict[str, str]:
    """What a text tells of, and what it says of it.

    Of a JSON object its keys, but for what only ever grows. Else a line's label is what is before
    its last ``: ``, or its first cell where it has tabs, or its first word; who shares a label is
    counted.
    """
    try:
        document = json.loads(text)
    except ValueError:
        document = None
    if isinstance(document, dict):
        return dict(_flat(document))
    found: dict[str, str] = {}
    for line in text.splitlines():
        label, value = _labelled(line.strip())
        if not label:
            continue
        number, unique = 1, label
        while unique in found:
            number += 1
            unique = f"{label} ({number})"
        found[unique] = value
    return found


def processes(text: str) -> dict[str, str]:
    """How many processes of each kind there are, and the memory of the largest.

    Numbers in brackets, such as the port of a database's client, do not make another kind.
    """
    kinds: dict[str, list[str]] = {}
    for line in text.splitlines():
        label, _, size = line.rpartition(": ")
        kinds.setdefault(_cut(re.sub(r"\(\d+\)", "", label)), []).append(size)
    return {
        label: sizes[0] if len(sizes) == 1 else f"{len(sizes)} processes"
        for label, sizes in kinds.items()
    }


def alike(one: str, other: str) -> bool:
    """Whether two values say the same; sizes do within a tenth, which nobody acts upon."""
    if one == other:
        return True
    sizes = [_SIZE.fullmatch(text) for text in (one, other)]
    if not all(sizes):
        return False
    first, second = (parse_size(text) for text in (one, other))
    return abs(first - second) <= NEAR * max(first, second)


def _labelled(line: str) -> tuple[str, str]:
    if "\t" in line:
        label, _, value = line.partition("\t")
        return label, value.replace("\t", " \u00b7 ")
    label, colon, value = line.rpartition(": ")
    if not colon:
        label, _, value = line.partition(" ")
    return _cut(label.strip()), re.sub(r"\s+", " ", value).strip()


def _flat(document: Mapping[str, object], before: str = "") -> Iterable[tuple[str, str]]:
    for key, value in document.items():
        name = f"{before}{key}"
        if key in _SUMS:
            continue
        if isinstance(value, dict):
            yield from _flat(value, f"{name}.")
        else:
            yield _figure(name, value)


def _figure(name: str, value: object) -> tuple[str, str]:
    """A size with its unit, by what its name ends in."""
    if name.endswith("_bytes") and isinstance(value, int):
        return name.removesuffix("_bytes").replace("_", " "), format_size(value)
    text = value if isinstance(value, str) else json.dumps(value)
    return name.replace("_", " "), re.sub(r"\s+", " ", text)


def _cut(text: str) -> str:
    return text if len(text) <= CELL else f"{text[: CELL - 1]}\u2026"
