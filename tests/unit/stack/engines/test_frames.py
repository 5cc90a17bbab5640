"""What a command wrote, out of the engine's frames."""

from __future__ import annotations

import struct

import pytest

from drills.stack.engines.frames import unframed


def frame(stream: int, text: bytes) -> bytes:
    return struct.pack(">BxxxL", stream, len(text)) + text


def test_both_streams_come_in_order() -> None:
    """As a terminal would have shown them."""
    assert unframed(frame(1, b"one\n") + frame(2, b"two\n") + frame(1, b"")) == b"one\ntwo\n"


@pytest.mark.parametrize("cut", range(len(frame(1, b"one\n")) + 1))
def test_a_frame_that_is_cut_off_gives_what_came_of_it(cut: int) -> None:
    """Nothing is lost of the frames before it, and nothing is raised."""
    whole, second = frame(1, b"all of it"), frame(1, b"one\n")
    assert unframed(whole + second[:cut]) == b"all of it" + second[8:cut]
