"""Quantities as people write them, and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drills.errors import PlanError
from drills.units import (
    MIB,
    Interval,
    format_ratio,
    format_seconds,
    format_size,
    parse_duration,
    parse_ratio,
    parse_size,
)

FINITE = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("250 ms", 0.25),
        ("1.5 s", 1.5),
        ("2s", 2.0),
        ("90 secs", 90.0),
        ("15 min", 900.0),
        ("15 mins", 900.0),
        ("5 minutes", 300.0),
        ("1 minute", 60.0),
        (" 2 Hours ", 7200.0),
    ],
)
def test_durations_are_read_as_people_write_them(text: str, seconds: float) -> None:
    """A number and a unit, singular or plural, with or without a space."""
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "5", "minutes", "5 parsecs", "-1 s", "5 ss", "5 mss", "1,5 s", "9" * 400 + " s"]
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    """Never a silent zero, and never an endless one."""
    with pytest.raises(PlanError, match="expected a duration such as"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "size"), [("8 MiB", 8 * MIB), ("512 KiB", 512 * 1024), ("1.5GiB", 1536 * MIB)]
)
def test_sizes_are_read_in_binary_units(text: str, size: int) -> None:
    """Bytes of a number and a unit."""
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["8", "8 MB", "MiB", "-1 MiB", "9" * 400 + " GiB"])
def test_what_is_no_size_is_refused(text: str) -> None:
    """Decimal units too: a MB is not a MiB."""
    with pytest.raises(PlanError, match="expected a size such as"):
        parse_size(text)


@pytest.mark.parametrize("text", ["99.5", "101 %", "-1 %", "half"])
def test_what_is_no_percentage_is_refused(text: str) -> None:
    """A ratio is written as a percentage from 0 to 100."""
    with pytest.raises(PlanError, match="expected a percentage such as"):
        parse_ratio(text)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0 ms"),
        (0.82, "820 ms"),
        (0.9996, "1 s"),
        (1.324, "1.32 s"),
        (60.0, "60 s"),
        (99.96, "1 min 40 s"),
        (900.0, "15 min"),
        (3599.7, "1 h"),
        (3900.0, "1 h 05 min"),
        (-1.5, "-1.5 s"),
    ],
)
def test_durations_read_well(seconds: float, text: str) -> None:
    """Two digits where they matter, minutes and hours where seconds would not be read."""
    assert format_seconds(seconds) == text


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0 B"), (512, "512 B"), (1536, "1.5 KiB"), (8 * MIB, "8 MiB")]
)
def test_sizes_read_well(size: float, text: str) -> None:
    """The largest unit that leaves at least one."""
    assert format_size(size) == text


@given(st.integers(0, 10_000))
def test_a_percentage_gives_itself_back(hundredths: int) -> None:
    """What is written with two decimals is read, and written, as the same."""
    text = f"{hundredths / 100:.2f}".rstrip("0").rstrip(".") + " %"
    assert format_ratio(parse_ratio(text)) == text


@given(st.integers(1, 10**14), st.data())
def test_a_percentage_never_rounds_a_failure_away(total: int, data: st.DataObject) -> None:
    """One failure in a hundred million million is not 100 %."""
    failed = data.draw(st.just(1) | st.integers(1, total))
    assert parse_ratio(format_ratio((total - failed) / total)) < 1


@given(st.integers(0, 99_900))
def test_a_short_duration_gives_itself_back(milliseconds: int) -> None:
    """Up to 99.9 s what is shown is read as the same, to the digits shown."""
    seconds = milliseconds / 1000
    assert parse_duration(format_seconds(seconds)) == pytest.approx(seconds, abs=0.0051)


@given(FINITE)
def test_a_counted_quantity_has_no_width(value: float) -> None:
    """An exact interval is its value."""
    assert Interval.exact(value).half_width == 0
    assert Interval.exact(value).low == value == Interval.exact(value).high


@given(FINITE, FINITE, FINITE)
def test_an_interval_always_holds_its_value(value: float, low: float, high: float) -> None:
    """It is refused otherwise, also for what is not a number."""
    if low <= value <= high:
        assert Interval(value, low, high).half_width >= 0
    else:
        with pytest.raises(ValueError, match="low <= value <= high"):
            Interval(value, low, high)
    with pytest.raises(ValueError, match="low <= value <= high"):
        Interval(float("nan"), low, high)
