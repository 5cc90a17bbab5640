"""Rules that a kernel knows to say in one way or another."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import pytest

from drills.errors import EngineError
from drills.stack.engines.errand import Call, Gave
from drills.stack.engines.rules import made
from drills.stack.links import Queued, rules

NOBODY = ["192.0.2.1"]


class Kernel:
    """Refuses the requests that have one of these names in them."""

    def __init__(self, *unknown: bytes) -> None:
        self.asked: list[bytes] = []
        self._unknown = unknown

    def __call__(self, calls: Sequence[Call]) -> Sequence[Gave]:
        request = calls[1].arguments[1]
        assert isinstance(request, bytes)
        self.asked.append(request)
        code = -2 if any(name in request for name in self._unknown) else 0
        told = struct.pack("<IHHIIi", 36, 2, 0, 0, 0, code) + b"\0" * 16
        return [Gave(4), Gave(1), Gave(len(told), (told,))]


def test_the_first_way_that_the_kernel_knows_is_taken() -> None:
    """The old one where the new one is unknown, and then no third."""
    new, old = Kernel(), Kernel(b"queue\0")
    for kernel in (new, old):
        made(kernel, rules(NOBODY, Queued(7)), "d-1")
    assert [b"NFQUEUE" in one for one in new.asked] == [False]
    assert [b"NFQUEUE" in one for one in old.asked] == [False, True]


def test_where_it_knows_none_it_says_so() -> None:
    """Once for each way; and what has but one way is asked for once."""
    kernel = Kernel(b"queue\0", b"NFQUEUE")
    with pytest.raises(EngineError, match="refuses: No such file or directory"):
        made(kernel, rules(NOBODY, Queued(7)), "d-1")
    assert len(kernel.asked) == 2
    kernel = Kernel(b"immediate\0")
    with pytest.raises(EngineError, match="refuses"):
        made(kernel, rules(NOBODY), "d-1")
    assert len(kernel.asked) == 1
