"""What is asked of the kernel's packet filter, and how its answers are read."""

from __future__ import annotations

import errno
import os
import struct
from collections.abc import Iterator

import pytest

from drills.errors import EngineError
from drills.stack.engines import nftables
from drills.stack.engines.errand import Gave, Room
from drills.stack.links import rules as all_of

RULE, ERROR, DONE = 10 << 8 | 6, 2, 3
ADDRESSES = ("172.18.0.3", "172.18.0.4", "fd00::3")


def messages(request: bytes) -> Iterator[tuple[int, bytes]]:
    """The type and the whole of each message."""
    at = 0
    while at < len(request):
        length, kind = struct.unpack_from("<IH", request, at)
        yield kind, request[at : at + length]
        at += length + -length % 4


def answered(*pieces: bytes) -> list[Gave]:
    """As the kernel would: the socket, the request, and what was received."""
    return [Gave(4), Gave(1), *(Gave(len(piece), (piece,)) for piece in pieces), Gave(-11, (b"",))]


def message(kind: int, body: bytes) -> bytes:
    return struct.pack("<IHHII", 16 + len(body), kind, 0, 0, 0) + body


ENDED = message(DONE, b"\0" * 4)


def rules(mark: str, table: str = "") -> bytes:
    """What a kernel lists that was asked to cut these addresses off."""
    made = b"".join(
        each for kind, each in messages(nftables.adding(mark, all_of(ADDRESSES))) if kind == RULE
    )
    return made.replace(b"drill-x-1\0", b"drill-" + table.encode() + b"\0") if table else made


def refusal(number: int) -> bytes:
    return message(ERROR, struct.pack("<i", -number) + b"\0" * 16)


def test_what_is_cut_is_listed_both_ways() -> None:
    """For every address, of either version, with its family."""
    found = nftables.listed("x-1", answered(rules("x-1") + ENDED, ENDED))
    assert {rule for _, rule in found} == all_of(ADDRESSES)
    assert {family for family, rule in found if ":" in str(rule)} == {10}
    assert {family for family, rule in found if "." in str(rule)} == {2}


def test_a_rule_without_the_mark_is_not_ours() -> None:
    """Though its table be called as ours would be."""
    foreign = rules("x-2").replace(b"drill-x-2\0", b"drill-x-1\0")
    assert nftables.listed("x-1", answered(foreign + ENDED, ENDED)) == []


def test_a_table_of_another_name_is_not_ours() -> None:
    """Though its rules carry the mark."""
    assert nftables.listed("x-1", answered(rules("x-1", table="y-1") + ENDED, ENDED)) == []


@pytest.mark.parametrize("pieces", [(), (ENDED,), (rules("x-1"),)])
def test_an_answer_that_is_not_whole_proves_nothing(pieces: tuple[bytes, ...]) -> None:
    """A list that was cut short might have had the rules at its end."""
    with pytest.raises(EngineError, match="did not tell all of its rules"):
        nftables.listed("x-1", answered(*pieces))


def test_a_refusal_is_told_by_its_reason() -> None:
    """Whichever order of a batch it is for."""
    with pytest.raises(EngineError, match=os.strerror(errno.EEXIST)):
        nftables.done(answered(refusal(errno.EEXIST), refusal(0)))
    with pytest.raises(EngineError, match=os.strerror(errno.EPERM)):
        nftables.listed("x-1", answered(refusal(errno.EPERM)))


def test_a_kernel_that_says_nothing_did_nothing() -> None:
    """Nor one that was never asked, for want of a socket."""
    with pytest.raises(EngineError, match="did not answer"):
        nftables.done(answered())
    with pytest.raises(EngineError, match=os.strerror(errno.EPROTONOSUPPORT)):
        nftables.done([Gave(-errno.EPROTONOSUPPORT), *answered()[1:]])


def test_a_batch_is_done_once_its_last_order_is() -> None:
    """Only that is acknowledged; what fails before tells so by itself."""
    nftables.done(answered(refusal(0)))
    flags = [
        struct.unpack_from("<H", each, 6)[0]
        for _, each in messages(nftables.adding("x-1", all_of(ADDRESSES)))
    ]
    assert [flag & 4 for flag in flags] == [0] * (len(flags) - 2) + [4, 0]


def test_a_request_is_handed_over_before_its_answer_is_taken() -> None:
    """One after the other, for the kernel tells one list at a time."""
    names = [call.name for call in nftables.asked(b"1", b"2")]
    assert names.count("sendto") == 2
    assert names.index("recvfrom") == 2
    assert all(isinstance(c.arguments[1], Room) for c in nftables.asked(b"1") if c.name[0] == "r")


def test_a_rule_that_does_not_do_what_its_words_say_is_known_as_changed() -> None:
    """It is ours to remove, and proves nothing."""
    honest = rules("x-1")
    forged = honest.replace(bytes((172, 18, 0, 3)), bytes((172, 18, 0, 9)))
    found = [rule for _, rule in nftables.listed("x-1", answered(forged + ENDED, ENDED))]
    assert found.count(None) == 2
    unknown = honest.replace(b"172.18.0.3 lost", b"172.18.0.3 sold")
    found = [rule for _, rule in nftables.listed("x-1", answered(unknown + ENDED, ENDED))]
    assert found.count(None) == 2
