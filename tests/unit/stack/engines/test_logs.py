"""New lines of a log, asked for from its end."""

from __future__ import annotations

from drills.stack.engines.events import EngineClock
from drills.stack.engines.logs import TAILS, fresh
from drills.testing import ManualClock
from drills.units import NS

BEGIN = 1_767_225_600  # 2026-01-01T00:00:00Z


class Written:
    """A log of so many lines, one a millisecond; ``asked`` notes how much of it was read."""

    def __init__(self, number: int) -> None:
        self.lines = [
            f"2026-01-01T00:00:{index // 1000:02}.{index % 1000:03}000000Z line {index}\n".encode()
            for index in range(number)
        ]
        self.asked: list[int] = []

    def read(self, tail: int) -> bytes:
        self.asked.append(tail)
        return b"".join(self.lines[-tail:])


def clock() -> EngineClock:
    return EngineClock(ManualClock(), offset_ns=2 * NS, error_ns=5)


def test_only_what_is_new_is_handed_out_on_our_clock() -> None:
    """The engine's wall clock is two seconds ahead of ours."""
    log = fresh(Written(10).read, BEGIN * NS + 7_000_000, clock())
    assert [line.text for line in log.lines] == [b"line 8", b"line 9"]
    assert log.complete
    assert log.lines[0].at_ns == 1_000 * NS + 8_000_000 - 2 * NS
    assert log.lines[0].error_ns == 5


def test_little_is_read_where_little_is_new() -> None:
    """However long the log is."""
    written = Written(5_000)
    log = fresh(written.read, BEGIN * NS + 4_990_000_000, clock())
    assert len(log.lines) == 9
    assert written.asked == [TAILS[0]]


def test_more_is_read_until_a_line_comes_that_is_known() -> None:
    """Nothing in between is left out."""
    written = Written(5_000)
    log = fresh(written.read, BEGIN * NS + 4_000_000_000, clock())
    assert (len(log.lines), log.complete) == (999, True)
    assert written.asked == [100, 2_000]


def test_too_much_to_look_at_says_so() -> None:
    """The newest lines are there."""
    log = fresh(Written(TAILS[-1] + 10).read, 1, clock())
    assert (len(log.lines), log.complete) == (TAILS[-1], False)


def test_a_line_without_a_stamp_is_left_out() -> None:
    """As one that is torn; an empty line has a stamp and says nothing."""
    text = b"torn line\n2026-01-01T00:00:01.000000000Z \n2026-01-01T00:00:02.000000000Z \xff x\n"
    log = fresh(lambda _tail: text, 0, clock())
    assert [line.text for line in log.lines] == [b"", b"\xff x"]
