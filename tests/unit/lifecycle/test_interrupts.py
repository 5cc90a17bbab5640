"""Signals wait while a drill is brought to its end, and none is lost."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType

import pytest

from drills.lifecycle.interrupts import Held, Let, arrived, ends_run


class OverdueError(BaseException):
    """What a time-out of a test raises is no Exception."""


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """Those of a process in the foreground."""

    def overdue(number: int, frame: FrameType | None) -> None:
        raise OverdueError

    def terminated(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt("terminated")

    wanted = {
        signal.SIGINT: signal.default_int_handler,
        signal.SIGTERM: terminated,
        signal.SIGALRM: overdue,
    }
    before = {number: signal.signal(number, handler) for number, handler in wanted.items()}
    yield
    assert {number: signal.getsignal(number) for number in wanted} == wanted
    for number, handler in before.items():
        signal.signal(number, handler)


def come(*numbers: signal.Signals) -> None:
    for number in numbers:
        signal.raise_signal(number)


def held(*acts: Callable[[], object]) -> None:
    """Do them in a block."""
    with Held():
        for act in acts:
            act()


@pytest.mark.parametrize(
    ("number", "error"),
    [
        (signal.SIGINT, KeyboardInterrupt),
        (signal.SIGTERM, KeyboardInterrupt),
        (signal.SIGALRM, OverdueError),
    ],
)
def test_a_signal_waits_for_the_end_of_the_block(
    number: signal.Signals, error: type[BaseException]
) -> None:
    """The rest of the block is carried out."""
    done: list[str] = []
    with pytest.raises(error):
        held(lambda: come(number), lambda: done.append("the rest of it"))
    assert done
    assert arrived() is None


def test_a_part_may_be_cut_short() -> None:
    """It is raised in the part, and waits again behind it."""
    done: list[str] = []

    def part() -> None:
        with Let():
            come(signal.SIGINT)
            done.append("the rest of that part")

    with Held():
        with pytest.raises(KeyboardInterrupt):
            part()
        come(signal.SIGTERM)  # held again
        assert str(arrived()) == "terminated"
    assert not done


def test_whoever_asks_is_told_once() -> None:
    """The last one that came."""
    with Held():
        come(signal.SIGINT, signal.SIGTERM)
        assert str(arrived()) == "terminated"
        assert arrived() is None


def test_the_inner_block_raises_nothing() -> None:
    """What is around it is carried to its end, too."""
    done: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        held(lambda: held(lambda: come(signal.SIGINT)), lambda: done.append("outer"))
    assert done


def fails(error: BaseException) -> None:
    raise error


def test_an_interrupt_goes_before_a_failure() -> None:
    """The run ends, not only the test."""
    with pytest.raises(KeyboardInterrupt):
        held(lambda: come(signal.SIGINT), lambda: fails(ValueError("a drill that missed")))


def test_a_run_that_is_left_already_is_left_once() -> None:
    """Nothing takes the place of an exit."""
    with pytest.raises(SystemExit):
        held(lambda: come(signal.SIGINT), lambda: fails(SystemExit(3)))
    assert arrived() is None


def test_one_that_comes_while_they_are_put_in_place_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A handler of before raises yet, while another was replaced already."""
    put, coming = signal.signal, [signal.SIGTERM]

    def slowly(number: signal.Signals, handler: signal.Handlers) -> object:
        before = put(number, handler)
        while coming:
            come(coming.pop())
        return before

    done: list[str] = []
    monkeypatch.setattr(signal, "signal", slowly)
    with pytest.raises(KeyboardInterrupt):
        held(lambda: done.append("all of it"))
    assert done


def test_what_is_ignored_stays_ignored() -> None:
    """As in a job in the background of a shell."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with Held():
            assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
            come(signal.SIGINT)
            assert arrived() is None
    finally:
        signal.signal(signal.SIGINT, before)


def test_in_another_thread_nothing_changes() -> None:
    """No signal is ever raised there."""
    seen = []

    def there() -> None:
        with Held():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=there)
    thread.start()
    thread.join()
    assert seen == [signal.default_int_handler]


def test_what_ends_a_run() -> None:
    """An error of a step is none of them."""
    assert ends_run(KeyboardInterrupt())
    assert ends_run(SystemExit(1))
    assert not ends_run(ValueError())
    assert not ends_run(None)
