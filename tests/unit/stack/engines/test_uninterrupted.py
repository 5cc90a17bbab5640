"""Work that Ctrl-C must not cut in half is done once, to its end, in any order of events."""

from __future__ import annotations

import gc
import signal
import threading
from collections.abc import Iterator

import pytest

from drills.errors import StackError
from drills.stack.engines.uninterrupted import Uninterrupted


@pytest.fixture(autouse=True)
def _ctrl_c() -> Iterator[None]:
    """A shell starts what runs in its background with SIGINT ignored; here it must count.

    Raised in a finalizer, it would be told and forgotten, so no garbage is collected meanwhile.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    gc.disable()
    yield
    gc.enable()
    signal.signal(signal.SIGINT, before)


def press_ctrl_c() -> None:
    """From a thread: only the main one is interrupted."""
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


def test_error_of_the_work_is_the_callers() -> None:
    """What goes wrong in the thread is raised where the work was asked for."""

    def work() -> None:
        raise StackError("no space")

    with pytest.raises(StackError, match="no space"):
        Uninterrupted(work).run()


def test_interrupt_comes_after_the_end_of_the_work() -> None:
    """Ctrl-C while cleaning up is obeyed when all is clean."""
    done: list[str] = []

    def work() -> None:
        press_ctrl_c()
        # The main thread has been told; what follows still happens.
        done.append("all")

    with pytest.raises(KeyboardInterrupt):
        Uninterrupted(work).run()
    assert done == ["all"]


def test_a_time_out_of_the_test_comes_after_the_end_of_the_work_too() -> None:
    """pytest-timeout raises it in the main thread by a signal, like Ctrl-C."""
    done: list[str] = []

    def overdue(*_: object) -> None:
        pytest.fail("Timeout")

    def work() -> None:
        press_ctrl_c()
        done.append("all")

    signal.signal(signal.SIGINT, overdue)
    with pytest.raises(pytest.fail.Exception):
        Uninterrupted(work).run()
    assert done == ["all"]


def test_interrupt_cancels_what_can_be_cancelled_and_awaits_its_end() -> None:
    """Ctrl-C while coming up ends that early, and nothing goes on behind the caller's back."""
    cancelled, ended = threading.Event(), threading.Event()

    def work() -> None:
        press_ctrl_c()
        assert cancelled.wait(20)
        ended.set()

    with pytest.raises(KeyboardInterrupt):
        Uninterrupted(work, cancelled.set).run()
    assert ended.is_set()


def test_finish_does_what_no_thread_has_begun() -> None:
    """Interrupted before the thread began, a clean-up is done by whoever finishes it, once."""
    done: list[str] = []
    work = Uninterrupted(lambda: done.append("all"))
    work.finish()
    work.finish()
    assert done == ["all"]


def test_finish_revokes_what_can_be_cancelled_and_was_not_begun() -> None:
    """Interrupted before the thread began, coming up never begins, not even later."""
    done: list[str] = []
    work = Uninterrupted(lambda: done.append("up"), cancel=lambda: None)
    work.finish()
    work.run()
    assert done == []


def test_finish_leaves_work_that_has_ended_alone() -> None:
    """Nothing is cancelled after the fact."""
    cancelled: list[str] = []
    work = Uninterrupted(lambda: None, cancel=lambda: cancelled.append("again"))
    work.run()
    work.finish()
    assert cancelled == []
