"""Looks at a drill under way: what is new is read, and what went astray is left out."""

from __future__ import annotations

from pathlib import Path

from drills.journal.observed import ADDRESSES
from drills.journal.rowfile import RowFile
from drills.journal.timeline import Json, Kind
from drills.judgement.looks import Looks
from tests.doubles.observed import Told, ns, sample


def test_each_look_has_what_was_written_by_then(tmp_path: Path) -> None:
    """Of every lane, in the order in which it was due; the drill is under way."""
    looks, told = Looks(tmp_path, 2.0), Told().seen(5).timeline
    assert looks.at(told, ns(1)).samples == {}
    file = RowFile(tmp_path / "reads.jsonl")
    for due in (2, 1):
        file.write(sample("reads", due).row())
    seen = looks.at(told, ns(5))
    assert [each.seq for each in seen.samples["reads"]] == [1000, 2000]
    assert (seen.hold, seen.until_ns, seen.under_way) == (2.0, ns(5), True)
    file.close()


def test_what_was_sent_where_nobody_was_any_more_is_left_out(tmp_path: Path) -> None:
    """Also what was read before that was told, and what is read afterwards."""
    looks, file = Looks(tmp_path, 2.0), RowFile(tmp_path / "reads.jsonl")
    told = Told()
    for due in (1, 2):
        file.write(sample("reads", due).row())
    assert len(looks.at(told.seen().timeline, ns(5)).samples["reads"]) == 2
    moved: dict[str, Json] = {"lanes": ["reads"], "low_ns": ns(1.5), "high_ns": ns(3.5)}
    told.tell(4, Kind.OBSERVED, "moved", moved, observer=ADDRESSES)
    file.write(sample("reads", 3).row())
    file.write(sample("reads", 4).row())
    left = looks.at(told.seen().timeline, ns(5)).samples["reads"]
    assert [each.seq for each in left] == [1000, 4000]
    file.close()
