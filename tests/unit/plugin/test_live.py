"""The live lines of a drill: many threads speak, one draws, and nobody waits for the terminal."""

from __future__ import annotations

import io
import threading
from concurrent.futures import ThreadPoolExecutor

from drills.plugin.live import LiveLine


class Slow(io.StringIO):
    """A terminal that is held up until ``open`` is set; ``writers`` are who wrote to it."""

    def __init__(self) -> None:
        super().__init__()
        self.open = threading.Event()
        self.writers: set[str] = set()

    def write(self, text: str) -> int:
        self.open.wait(30)
        self.writers.add(threading.current_thread().name)
        return super().write(text)


def test_six_threads_never_write_into_each_others_lines() -> None:
    """One thread draws, each line whole, and each thread's in the order in which it spoke."""
    stream = Slow()
    stream.open.set()
    live = LiveLine(stream)

    def speak(number: int) -> None:
        for count in range(50):
            live(f"phase {number}", f"line {count}")

    with ThreadPoolExecutor(6) as speakers:
        list(speakers.map(speak, range(6)))
    live.others_write()
    lines = stream.getvalue().splitlines()
    assert len(lines) == 300
    for number in range(6):
        spoken = [f"phase {number}: line {count}" for count in range(50)]
        assert [line for line in lines if line.startswith(f"phase {number}:")] == spoken
    assert stream.writers == {"drills-live"}


def test_who_speaks_does_not_wait_for_a_terminal_that_is_held_up() -> None:
    """Ctrl-S at the terminal stops no drill; what was said is drawn later."""
    stream = Slow()
    live = LiveLine(stream)
    for count in range(2000):
        live("fault", f"line {count}")
    assert stream.getvalue() == ""
    stream.open.set()
    live.others_write()
    assert stream.getvalue().startswith("fault: line 0\nfault: line 1\n")


def test_the_first_line_begins_on_a_line_of_its_own() -> None:
    """And so does the first one after others wrote; not those in between."""
    stream = io.StringIO()
    live = LiveLine(stream, midline=lambda: True)
    live("stack", "up")
    live("fault", "stop")
    live.others_write()
    stream.write(".")
    live("stack", "up")
    live.others_write()
    assert stream.getvalue() == "\nstack: up\nfault: stop\n.\nstack: up\n"


def test_a_terminal_that_is_gone_ends_no_drill() -> None:
    """Who closed it does not see any more, and that is all."""
    stream = io.StringIO()
    stream.close()
    live = LiveLine(stream)
    live("stack", "up")
    live.others_write()
