"""The canonical form of what a write says, and its digest."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drills.stack.content import canonical, dig, digest, fields_of, plain, written

LIKE = "6f1b0d0e-6c1e-5f0a-9d4e-1f2a3b4c5d6e"


@pytest.mark.parametrize(
    "same",
    [
        (1, "1", 1.0, "1.0", "1.00", Decimal("1.000"), "1e0", "10E-1"),
        (0, "0", -0.0, "0.000", Decimal(0), "-0", "0e7"),
        (100, "100", 1e2, "1E+2", Decimal("1E+2"), "100.0"),
        (0.1, "0.1", "0.10", Decimal("0.1"), "1e-1"),
        (-2.5, "-2.5", "-2.50", Decimal("-2.50")),
        ("12345678901234567890.12", Decimal("12345678901234567890.120")),
        (True, "true"),
        (False, "false"),
        (UUID(LIKE), LIKE),
        (date(2026, 1, 2), "2026-01-02"),
        (datetime(2026, 1, 2, 3, 4, tzinfo=UTC), "2026-01-02T03:04:00+00:00"),
        ("Zoë", "Zoë".encode(), bytearray("Zoë".encode()), memoryview("Zoë".encode())),
        ({"b": 1, "a": [1.0, None]}, {"a": ["1", None], "b": "1.0"}),
    ],
    ids=lambda same: str(same[0])[:20],
)
def test_the_same_value_meets_whatever_it_was_read_from(same: tuple[object, ...]) -> None:
    """A request's JSON, a form, a column of numbers, of text, of bytes."""
    assert len({canonical(value) for value in same}) == 1


@pytest.mark.parametrize(
    "others",
    [
        (1, 99, "1x", " 1", "01", "1,0", True, None, "", "null", [1]),
        ("007", 7, "7 "),
        (10, 1, 100, "1e6", Decimal("0.1")),
        (-1, 1),
        ("nan", "inf", 0),
        ({"a": 1}, {"a": 2}, {"b": 1}, {"a": None}, {}),
    ],
    ids=lambda others: str(others[0]),
)
def test_other_values_do_not_meet(others: tuple[object, ...]) -> None:
    """Nothing is no text and no number, and digits that say something are kept."""
    assert len({canonical(value) for value in others}) == len(others)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6), st.integers(0, 5))
def test_zeros_at_the_end_say_nothing(number: Decimal, zeros: int) -> None:
    """Whatever the scale of the column."""
    assert canonical(f"{number:f}" + "0" * zeros) == canonical(number)


@given(
    st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False)),
    st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False)),
)
def test_two_numbers_meet_just_when_they_are_equal(one: float, other: float) -> None:
    """As decimals, digit by digit: no rounding on the way."""
    equal = Decimal(str(one)) == Decimal(str(other))
    assert (canonical(one) == canonical(other)) is equal


def test_a_huge_exponent_costs_nothing() -> None:
    """A text of a few characters never becomes a number of a billion zeros."""
    assert len(canonical("1e999999") or "") < 20
    assert canonical("1e99999999999") == "1e99999999999"


@given(st.lists(st.one_of(st.none(), st.text(), st.integers(), st.booleans()), max_size=4))
def test_a_digest_keeps_columns_apart(values: list[object]) -> None:
    """Two columns are not one that holds both, and their order counts."""
    forms = [canonical(value) for value in values]
    assert len(digest(forms)) == 16
    assert digest(forms) != digest([*forms, None])
    if forms[::-1] != forms:
        assert digest(forms[::-1]) != digest(forms)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('{"a": {"b": 1}, "c": null}', {"a.b": "1", "c": None, "d": None, "a.b.c": None}),
        ('{"price": 12345678901234567890.12}', {"price": canonical("12345678901234567890.12")}),
        ("item=7&note=a%20b+c&empty=", {"item": "7", "note": "a b c", "empty": ""}),
        ("item=7&item=8", {"item": "7"}),
        ("[1]", {"0": None}),
        ("", {"a": None}),
        ("[" * 100_000, {"a": None}),
    ],
    ids=["JSON", "long number", "form", "twice", "a list", "nothing", "deep"],
)
def test_a_body_says_its_fields(body: str, said: dict[str, str | None]) -> None:
    """By dotted names; what is not there is nothing."""
    fields = fields_of(body)
    assert {name: canonical(dig(fields, name)) for name in said} == said


def test_a_write_is_digested_with_its_own_id() -> None:
    """Where its content has the id in it, every write says something else."""
    template = [canonical(dig(fields_of('{"n": 1, "ref": "drill-{id}"}'), n)) for n in ("n", "ref")]
    assert written(template, "a") == digest(["1", "drill-a"])
    assert written(template, "a") != written(template, "b")
    assert written([None, "x"], "a") == digest([None, "x"])


@given(st.binary())
def test_bytes_are_text_whatever_they_are(data: bytes) -> None:
    """A database without an encoding answers with bytes."""
    assert json.dumps(plain(data))
