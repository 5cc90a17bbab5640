"""Evidence side by side: what changed from one moment to the next, and nothing else."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from drills.judgement.result import EvidenceResult
from drills.reporting import compared
from drills.reporting.compared import Row, alike, processes, side_by_side, values
from drills.reporting.proof import Exhibit, exhibit

MOMENTS = ("steady state", "detection", "after the undo")


def kept(root: Path, bundle: str, name: str, number: int, sha256: str) -> Exhibit:
    """One artefact as it was kept at one of the moments, held against what is there."""
    return exhibit(
        EvidenceResult(
            name=name,
            path=f"{number}.txt",
            sha256=sha256,
            size=3,
            moment=MOMENTS[number],
            bundle=bundle,
        ),
        root,
    )


def bundles(root: Path, bundle: str, name: str, *texts: str) -> list[compared.Bundle]:
    """What is shown of one artefact that was kept at each of the moments."""
    shown = []
    for number, text in enumerate(texts):
        (root / f"{number}.txt").write_text(text, "utf-8")
        shown.append(kept(root, bundle, name, number, hashlib.sha256(text.encode()).hexdigest()))
    return side_by_side(shown, root)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ('{"state": {"status": "running"}, "pids": 7}', {"state.status": "running", "pids": "7"}),
        ('{"memory_usage_bytes": 2097152, "cpu_ns": 5}', {"memory usage": "2 MiB"}),
        ("sme_erp\t12\t300", {"sme_erp": "12 · 300"}),
        ("MemFree:   1234 kB", {"MemFree": "1234 kB"}),
        ("/data  160M  50M", {"/data": "160M 50M"}),
        ("a\t1\na\t2", {"a": "1", "a (2)": "2"}),
        ("", {}),
        ("[1, 2", {"[1,": "2"}),
    ],
)
def test_what_a_text_tells_of(text: str, read: dict[str, str]) -> None:
    """Objects, tables, and lines of label and value."""
    assert values(text) == read


def test_processes_are_counted_by_kind() -> None:
    """A client's port makes no other kind; of one alone its memory is told."""
    text = "pg backend 10.0.0.1(5) idle: 8 MiB\npg backend 10.0.0.1(6) idle: 9 MiB\npg main: 20 MiB"
    assert processes(text) == {"pg backend 10.0.0.1 idle": "2 processes", "pg main": "20 MiB"}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("10 MiB", "10.9 MiB", True),
        ("10 MiB", "12 MiB", False),
        ("1023 KiB", "1 MiB", True),
        ("7", "8", False),
        ("7", "7", True),
        ("", "10 MiB", False),
    ],
)
def test_a_size_is_alike_within_a_tenth(one: str, other: str, same: bool) -> None:
    """Numbers without a unit, and what is not there, are not."""
    assert alike(one, other) is same


def test_only_what_changed_is_shown(tmp_path: Path) -> None:
    """At each moment; the rest is named as alike."""
    (bundle,) = bundles(tmp_path, "database", "slots", "one\tt\ntwo\tt", "one\tf\ntwo\tt", "two\tt")
    assert bundle.title == "Database"
    assert bundle.moments == MOMENTS
    (shown,) = bundle.changed
    assert shown.rows == (Row("one", ("t", "f", "")),)
    (same,) = bundles(tmp_path, "system", "stats", "a 1", "a 1", "a 1")
    assert (same.changed, same.alike) == ((), ("stats",))


def test_how_many_more_changed_is_said(tmp_path: Path) -> None:
    """A report does not hold whole tables."""
    before, after = ("\n".join(f"row{n}\t{n + more}" for n in range(50)) for more in (0, 1))
    (bundle,) = bundles(tmp_path, "database", "locks", before, after)
    (shown,) = bundle.changed
    assert len(shown.rows) + shown.more == 50
    assert len(shown.rows) == compared.ROWS


def test_of_a_log_what_is_new_and_speaks_of_something_wrong(tmp_path: Path) -> None:
    """How many lines came since, and those with an error, with the time of the day."""
    old = "2026-01-02T10:00:00.123456789Z all is well\n"
    error = "2026-01-02T10:00:01.500000000Z FATAL: it shuts down\n"
    well = "".join(f"2026-01-02T10:00:02.{n:09}Z fine\n" for n in range(5))
    (bundle,) = bundles(tmp_path, "logs", "db log", old, old + error + well, old + error + well)
    assert bundle.moments == MOMENTS[1:]
    assert bundle.changed[0].rows == (
        Row("new lines", ("6", "0")),
        Row("of them", ("10:00:01.500 FATAL: it shuts down", "")),
    )


def test_a_file_that_differs_from_what_was_captured_is_not_shown(tmp_path: Path) -> None:
    """Nor one outside the folder, nor any without the folder, nor one of one moment alone."""
    (bundle,) = bundles(tmp_path, "system", "stats", "a 1", "a 2")
    assert bundle.changed
    shown = [kept(tmp_path, "system", "stats", number, "0" * 64) for number in range(2)]
    assert side_by_side(shown, tmp_path) == []
    assert side_by_side(shown, None) == []
    assert bundles(tmp_path, "system", "stats", "a 1") == []
