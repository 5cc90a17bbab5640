"""Packets that wait, by a clock that is turned by hand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from drills.stack.engines.aboard.delay import delay
from drills.stack.engines.aboard.packets import Packet, Queue


class Scripted(Queue):
    """A queue on paper: packets by the second in which they come."""

    def __init__(self, *coming: float) -> None:
        self.now = 0.0
        self.passed: dict[int, float] = {}
        self._coming = list(enumerate(coming))

    def clock(self) -> float:
        return self.now

    def packets(self, within: float) -> Iterator[Packet]:
        until = self.now + max(within, 0.001)
        if self._coming and self._coming[0][1] <= until:
            number, self.now = self._coming.pop(0)
            yield Packet(number)
        else:
            self.now = until

    def let_pass(self, packet: Packet, content: bytes | None = None) -> None:
        assert content is None
        self.passed[packet.number] = self.now


def test_each_waits_by_itself() -> None:
    """Whatever came before it."""
    queue = Scripted(1.0, 1.05, 3.0)
    delay(queue, 0.5, 0, 10, queue.clock)
    assert queue.passed == pytest.approx({0: 1.5, 1: 1.55, 2: 3.5}, abs=0.01)


def test_the_jitter_bounds_how_long() -> None:
    """More and less by chance, and never into the past."""
    queue = Scripted(*(1 + number / 10 for number in range(200)))
    delay(queue, 0.2, 0.2, 60, queue.clock)
    waited = [at - (1 + number / 10) for number, at in queue.passed.items()]
    assert -0.01 < min(waited) < 0.1 < 0.3 < max(waited) < 0.41
    assert len(waited) == 200


def test_when_its_time_is_over_all_that_wait_pass() -> None:
    """Nothing is lost with it."""
    queue = Scripted(1.0, 2.0)
    delay(queue, 60, 0, 5, queue.clock)
    assert queue.passed == pytest.approx({0: 5, 1: 5})
