"""What the kernel is to do with a packet, as nf_tables is told."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drills.stack.engines.expressions import expressions, variants
from drills.stack.engines.netlink import attributes, pairs, stands_in
from drills.stack.links import (
    EVERYBODY,
    Fate,
    Limited,
    Lost,
    Queued,
    QueuedAnswers,
    Refused,
    Rule,
    Way,
)


def row(rule: Rule) -> list[tuple[str, dict[int, bytes]]]:
    """Name and attributes of each expression."""
    told = [attributes(value) for _, value in pairs(expressions(rule))]
    return [(one[1].rstrip(b"\0").decode(), attributes(one[2])) for one in told]


def names(fate: Fate, address: str = "10.0.0.2") -> list[str]:
    return [name for name, _ in row(Rule(Way.OUTGOING, address, fate))]


def test_a_packet_is_matched_by_its_address_and_then_decided_on() -> None:
    """In that order: what follows a mismatch is not carried out."""
    address = ["payload", "cmp"]
    assert names(Lost()) == [*address, "immediate"]
    assert names(Lost(1)) == [*address, "meta", "cmp", "immediate"]
    assert names(Limited(1, 1)) == [*address, "limit", "immediate"]
    protocol, no_reset = ["meta", "cmp"], ["payload", "bitwise", "cmp"]
    assert names(Refused()) == [*address, *protocol, *no_reset, "reject"]


def test_everybody_is_everybody_but_the_container_itself() -> None:
    """Its own loopback is no network."""
    for address, way in zip(EVERYBODY, Way, strict=True):
        (_, device), (_, other), _ = row(Rule(way, address))
        assert device[2] == struct.pack(">I", 6 if way is Way.INCOMING else 7)
        assert other[2] == struct.pack(">I", 1)
        assert b"lo\0" in other[3]


@given(st.integers(1, 999_999))
def test_a_share_is_a_part_of_all_random_numbers(per_million: int) -> None:
    """Of 32 bits."""
    (bound,) = struct.unpack(
        ">I", attributes(row(Rule(Way("to"), "::1", Lost(per_million)))[3][1][3])[1]
    )
    assert bound / 2**32 == pytest.approx(per_million / 1e6, abs=1e-8)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Rule(Way.INCOMING, "10.0.0.2"), Rule(Way.OUTGOING, "10.0.0.2")),
        (Rule(Way.INCOMING, "10.0.0.2"), Rule(Way.INCOMING, "10.0.0.3")),
        (Rule(Way.INCOMING, "::1", Lost(2)), Rule(Way.INCOMING, "::1", Lost(3))),
        (Rule(Way.INCOMING, "::1", Limited(1, 2)), Rule(Way.INCOMING, "::1", Limited(2, 2))),
        (Rule(Way.INCOMING, "::1", Lost(2)), Rule(Way.INCOMING, "::1")),
    ],
)
def test_one_rule_does_not_stand_in_another(one: Rule, other: Rule) -> None:
    """So what the kernel does is compared, not only what is written beside it."""
    assert stands_in(expressions(one), expressions(one))
    assert not stands_in(expressions(one), expressions(other))


def test_handing_over_is_said_in_two_ways() -> None:
    """Either lets pass what nobody takes."""
    for fate, before in ((Queued(7), 2), (QueuedAnswers(7), 4)):
        new, old = variants(Rule(Way.OUTGOING, "10.0.0.2", fate))
        told = [[attributes(value) for _, value in pairs(one)] for one in (new, old)]
        assert [len(one) for one in told] == [before + 1] * 2
        assert [one[-1][1] for one in told] == [b"queue\0", b"target\0"]
        queue, target = (attributes(one[-1][2]) for one in told)
        assert [struct.unpack(">H", queue[key]) for key in (1, 2, 3)] == [(7,), (1,), (1,)]
        assert struct.unpack_from("=HHH", target[3]) == (7, 1, 1)
    assert len(variants(Rule(Way.OUTGOING, "10.0.0.2"))) == 1


def test_answers_are_those_of_name_servers_whoever_is_one() -> None:
    """From port 53 by UDP, also from within the container."""
    told = row(Rule(Way.INCOMING, EVERYBODY[0], QueuedAnswers(7)))
    assert [name for name, _ in told] == ["meta", "cmp", "payload", "cmp", "queue"]
    assert attributes(told[1][1][3])[1] == bytes((17,))
    assert attributes(told[3][1][3])[1] == struct.pack(">H", 53)
