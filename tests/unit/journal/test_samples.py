"""Sample files: what was written is read, whatever cut the writing short."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drills.errors import JournalError
from drills.journal.rowfile import RowFile
from drills.journal.sample import Outcome, Sample
from drills.journal.samples import SampleTail, Stall, compress, read_samples, read_stalls

INSTANTS = st.integers(0, 2**63)
SAMPLES = st.builds(
    Sample,
    *(st.just("reads"), INSTANTS, INSTANTS, INSTANTS, INSTANTS, st.sampled_from(Outcome)),
    *(st.integers(0, 599), st.text(), st.text(), st.text(), st.text()),
)


def sample(seq: int, due: int, lane: str = "reads") -> Sample:
    return Sample(lane, seq, due, due + 1, due + 5, Outcome.OK, 200, "replica", "", "")


def write(directory: Path, name: str, *samples: Sample, torn: bytes = b"") -> None:
    rows = "".join(json.dumps(each.row()) + "\n" for each in samples)
    with (directory / f"{name}.jsonl").open("ab") as file:
        file.write(rows.encode() + torn)


@given(SAMPLES)
def test_a_row_gives_its_sample_back(written: Sample) -> None:
    """Through JSON, whatever the texts in it."""
    assert Sample.from_row("reads", json.loads(json.dumps(written.row()))) == written


def test_samples_are_read_in_the_order_in_which_they_were_due(tmp_path: Path) -> None:
    """They are written as they end, which is another order."""
    write(tmp_path, "reads", sample(1, 20), sample(0, 10))
    write(tmp_path, "orders", sample(0, 15, "orders"))
    found = read_samples(tmp_path)
    assert found == {"reads": [sample(0, 10), sample(1, 20)], "orders": [sample(0, 15, "orders")]}


@pytest.mark.parametrize("torn", range(1, 40, 6))
def test_a_torn_last_line_is_passed_over(tmp_path: Path, torn: int) -> None:
    """A killed prober leaves at most one, and it costs no other sample."""
    half = json.dumps(sample(1, 20).row()).encode()[:torn]
    write(tmp_path, "reads", sample(0, 10), torn=half)
    assert read_samples(tmp_path) == {"reads": [sample(0, 10)]}


@pytest.mark.parametrize("row", [b"[1, 2]", b"oops", b"{}", b'["a",1,1,1,"ok",0,"","",""]', b"7"])
def test_a_row_that_is_no_sample_is_named(tmp_path: Path, row: bytes) -> None:
    """Silence about a damaged file would be a false proof."""
    write(tmp_path, "reads", sample(0, 10), torn=row + b"\n")
    with pytest.raises(JournalError, match=r"reads\.jsonl: row 2"):
        read_samples(tmp_path)


def test_a_directory_that_is_not_there_holds_no_samples(tmp_path: Path) -> None:
    """Before the prober's start there is nothing to read, and that is no error."""
    nowhere = tmp_path / "nowhere"
    assert read_samples(nowhere) == {}
    assert read_stalls(nowhere) == []
    assert SampleTail(nowhere).poll() == {}


def test_compressed_samples_read_the_same(tmp_path: Path) -> None:
    """And nothing but the compressed files is left."""
    write(tmp_path, "reads", sample(0, 10), sample(1, 20), torn=b"[2,")
    (tmp_path / "stalls.jsonl").write_text("[90,30]\n")
    before = read_samples(tmp_path), read_stalls(tmp_path)
    compress(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "reads.jsonl.gz",
        "stalls.jsonl.gz",
    ]
    assert (read_samples(tmp_path), read_stalls(tmp_path)) == before
    assert before[1] == [Stall(90, 30)]


def test_a_damaged_compressed_file_is_an_error(tmp_path: Path) -> None:
    """Half a file never passes for a short one."""
    write(tmp_path, "reads", *(sample(n, n) for n in range(50)))
    compress(tmp_path)
    packed = tmp_path / "reads.jsonl.gz"
    packed.write_bytes(packed.read_bytes()[:-20])
    with pytest.raises(JournalError, match=r"reads\.jsonl\.gz"):
        read_samples(tmp_path)


def test_a_write_without_a_sample_is_unknown_in_the_final_reading(tmp_path: Path) -> None:
    """It was about to be sent when the prober died: it may have been processed."""
    write(tmp_path, "orders", sample(0, 10, "orders"))
    (tmp_path / "orders.intents.jsonl").write_text('[0,10,"a"]\n[1,5,"b"]\n[2,7,"c')
    assert read_samples(tmp_path) == {"orders": [sample(0, 10, "orders")]}
    unknown, known = read_samples(tmp_path, final=True)["orders"]
    assert known == sample(0, 10, "orders")
    assert (unknown.outcome, unknown.subject, unknown.seq) == (Outcome.TIMEOUT, "b", 1)
    assert unknown.detail == "no outcome recorded"


def test_what_a_write_said_is_known_although_it_has_no_sample(tmp_path: Path) -> None:
    """It was noted with its id, before it was sent."""
    (tmp_path / "orders.intents.jsonl").write_text('[1,5,"b","5eed"]\n')
    write(tmp_path, "orders")
    (unknown,) = read_samples(tmp_path, final=True)["orders"]
    assert (unknown.subject, unknown.content) == ("b", "5eed")


def test_a_tail_takes_up_what_is_new(tmp_path: Path) -> None:
    """New rows, new lanes and the rest of a line that was half written at the last look."""
    tail = SampleTail(tmp_path)
    half, rest = b'[1,20,21,25,"ok",200,"rep', b'lica","",""]\n'
    write(tmp_path, "reads", sample(2, 30), torn=half)
    assert tail.poll() == {"reads": [sample(2, 30)]}
    write(tmp_path, "reads", torn=rest)
    write(tmp_path, "orders", sample(0, 5, "orders"))
    assert tail.poll() == {
        "reads": [sample(1, 20), sample(2, 30)],
        "orders": [sample(0, 5, "orders")],
    }


def test_what_a_tail_returned_does_not_change(tmp_path: Path) -> None:
    """What is new comes behind it, and a caller's dictionary is its own."""
    tail = SampleTail(tmp_path)
    write(tmp_path, "reads", sample(0, 10))
    first = tail.poll()
    write(tmp_path, "reads", sample(1, 20))
    tail.poll().clear()
    assert first == {"reads": [sample(0, 10)]}
    compress(tmp_path)
    assert tail.poll() == {"reads": [sample(0, 10), sample(1, 20)]}


def test_a_row_file_is_never_written_over(tmp_path: Path) -> None:
    """Two probers in one directory would each damage what the other measured."""
    RowFile(tmp_path / "reads.jsonl").close()
    with pytest.raises(FileExistsError):
        RowFile(tmp_path / "reads.jsonl")


def test_rows_wait_for_the_flush_and_intents_do_not(tmp_path: Path) -> None:
    """A sample may wait a moment; the id of a write is with the kernel before it is sent."""
    path = tmp_path / "reads.jsonl"
    file = RowFile(path)
    file.add([1, "a"])
    assert path.read_bytes() == b""
    file.write([2, "b"])
    assert path.read_bytes() == b'[1,"a"]\n[2,"b"]\n'
    file.close()
