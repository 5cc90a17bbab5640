"""A thread that asks again and again."""

from __future__ import annotations

import threading

import pytest

from drills.wait import Watcher

AHEAD_NS = 7_000_000_000  # how far the pager's clock is ahead of ours
SOON = 30.0  # seconds; nothing here takes that long unless it is broken


class TestWatcher:
    def test_a_run_of_failures_is_told_once_and_a_new_run_again(self) -> None:
        """And the watch goes on all the while."""
        script = iter([OSError("a"), OSError("b"), None, OSError("c"), None])
        told: list[str] = []
        done = threading.Event()

        def ask() -> None:
            error = next(script, "end")
            if error == "end":
                done.set()
            elif isinstance(error, Exception):
                raise error

        with Watcher("test", ask, interval=0.0, failed=lambda error: told.append(str(error))):
            assert done.wait(SOON)
        assert told == ["a", "c"]

    @pytest.mark.parametrize("begins", [True, False])
    def test_its_end_is_told_when_it_asks_no_more(self, begins: bool) -> None:
        """Whoever lends it something can take it back then, also where it never began."""
        ended = threading.Event()
        watcher = Watcher("test", lambda: None, interval=0.0, ended=ended.set)
        if begins:
            watcher.start()
        assert not ended.is_set()
        watcher.stop(within=0)
        assert ended.wait(SOON)

    def test_a_complaint_that_cannot_be_made_does_not_end_the_watch(self) -> None:
        """A full disk, for example."""
        asked = threading.Semaphore(0)

        def ask() -> None:
            asked.release()
            raise OSError("gone")

        def complain(_: Exception) -> None:
            raise OSError("the disk is full")

        with Watcher("test", ask, interval=0.0, failed=complain):
            assert all(asked.acquire(timeout=SOON) for _ in range(3))

    def test_ending_it_from_its_own_thread_does_not_wait_for_itself(self) -> None:
        """What it asks may be what ends it."""
        ended = threading.Event()

        def ask() -> None:
            watcher.stop()
            ended.set()

        watcher = Watcher("test", ask, interval=0.0)
        watcher.start()
        assert ended.wait(SOON)
