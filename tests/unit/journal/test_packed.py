"""Packed samples read like a list of them."""

from __future__ import annotations

import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drills.journal.coded import MOST
from drills.journal.packed import PackedSamples, column
from drills.journal.sample import Outcome, Sample

ROWS = st.lists(st.tuples(st.integers(0, 2**62), st.sampled_from(Outcome), st.text()), max_size=20)
PLACES = st.none() | st.integers(-25, 25)


def samples_of(rows: list[tuple[int, Outcome, str]]) -> list[Sample]:
    return [
        Sample("orders", seq, due, due, due, outcome, 200, "r", text, text, "digest" * (seq % 3))
        for seq, (due, outcome, text) in enumerate(rows)
    ]


def packed(samples: list[Sample]) -> PackedSamples:
    lane = PackedSamples("orders")
    assert not samples or lane.take([sample.row() for sample in samples])
    return lane


@given(ROWS, PLACES, PLACES, st.sampled_from([None, 1, 2, -1]))
def test_they_are_the_same_samples(
    rows: list[tuple[int, Outcome, str]], begin: int | None, end: int | None, step: int | None
) -> None:
    """One by one, in any slice, a slice of a slice, backwards, and one field of all of them."""
    samples = samples_of(rows)
    lane, cut = packed(samples), slice(begin, end, step)
    assert list(lane) == samples
    assert len(lane) == len(samples)
    assert lane[cut] == samples[cut]
    assert lane[cut][1:] == samples[cut][1:]
    assert list(reversed(lane[cut])) == samples[cut][::-1]
    assert [lane[place] for place in range(-len(lane), len(lane))] == samples + samples
    assert list(column(lane[cut], "subject")) == [each.subject for each in samples[cut]]
    assert lane.ordered() == sorted(samples, key=lambda sample: sample.intended_ns)


@given(ROWS)
def test_a_row_of_another_kind_adds_nothing(rows: list[tuple[int, Outcome, str]]) -> None:
    """Neither it nor those beside it: whoever reads them asks each row by itself then."""
    samples = samples_of(rows)
    lane = packed(samples)
    good: list[Any] = [0, 1, 2, 3, "ok", 200, "", "", "", ""]
    odd = [
        [*good[:4], "odd", *good[5:]],
        good[:8],
        [*good, ""],
        [2**63, *good[1:]],
        [True, *good[1:]],
        ["0"],
    ]
    for row in odd:
        assert not lane.take([good, row])
    assert lane == samples


@pytest.mark.parametrize("told", [(0, 0), (1, 1), (0, 1), (1, 0)])
def test_rows_with_and_without_a_content_are_read_alike(told: tuple[int, int]) -> None:
    """Most samples are no writes, and write no empty text for it; either way all are packed."""
    samples = [
        Sample("orders", n, n, n, n, Outcome.OK, 201, "r", f"w{n}", "", f"digest {n}" * content)
        for n, content in enumerate(told)
    ]
    lane = PackedSamples("orders")
    assert lane.take([sample.row() for sample in samples])
    assert lane == samples


def test_texts_of_which_many_differ_are_kept_as_they_are() -> None:
    """However few differed before; and statuses are numbers still."""
    samples = [
        Sample("orders", n, n, n, n, Outcome.OK, n, f"r{n}", f"w{n}", f"d{n}", f"c{n}")
        for n in range(2 * MOST)
    ]
    lane = PackedSamples("orders")
    for begin in range(0, len(samples), MOST // 4):
        assert lane.take([sample.row() for sample in samples[begin : begin + MOST // 4]])
    lane.add(samples[:3])
    assert lane == samples + samples[:3]
    assert list(reversed(lane)) == (samples + samples[:3])[::-1]
    assert lane.ordered() == sorted(samples + samples[:3], key=lambda each: each.intended_ns)


def test_a_sample_takes_little_room() -> None:
    """Its four numbers and a byte for each of the rest: a million of them are 50 MB at most."""
    rows = [Sample("reads", n, n, n, n, Outcome.OK, 200, "replica").row() for n in range(20_000)]
    tracemalloc.start()
    try:
        lane = PackedSamples("reads")
        for begin in range(0, len(rows), 2_000):
            assert lane.take(rows[begin : begin + 2_000])
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert taken < 50 * len(rows)
