"""Messages to the kernel's networking, and attributes that are compared."""

from __future__ import annotations

from drills.stack.engines.netlink import attribute, attributes, nested, number, pairs, stands_in

ONE = attribute(1, number(7)) + attribute(2, b"odd") + nested(3, attribute(1, b"in"))


def told(content: bytes) -> bytes:
    """As kernels tell it: without the flag that marks a nest."""
    return b"".join(attribute(key & 0x7FFF, value) for key, value in pairs(content))


def test_attributes_read_as_they_were_written() -> None:
    """Whatever their length, and by their keys whether nested or not."""
    assert attributes(ONE) == {1: number(7), 2: b"odd", 3: attribute(1, b"in")}
    assert len(ONE) % 4 == 0


def test_what_was_asked_for_stands_in_an_answer_that_has_more() -> None:
    """In any order of the keys."""
    more = attribute(9, b"more") + told(nested(3, attribute(1, b"in") + attribute(5, b"x")))
    assert stands_in(ONE, more + told(ONE[:16]) + attribute(6, number(0)))


def test_another_value_a_missing_one_and_another_order_do_not() -> None:
    """Nor inside of a nest."""
    first, second = nested(1, attribute(1, b"a")), nested(1, attribute(1, b"b"))
    assert stands_in(first + second, told(first + second))
    assert not stands_in(first + second, told(second + first))
    assert not stands_in(first + second, told(first))
    assert not stands_in(attribute(1, number(7)), attribute(1, number(8)))
