"""The live lines of a drill: many threads speak, one draws, and nobody waits for the terminal."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from drills.journal.timeline import Event, Kind
from drills.reporting import live as module
from drills.reporting.live import LiveView
from drills.reporting.progress import Progress
from drills.units import NS
from drills.wait import until
from tests.doubles.observed import Told
from tests.doubles.screen import PaperScreen


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
    live = LiveView(stream)

    def speak(number: int) -> None:
        for count in range(50):
            live.say(f"phase {number}", f"line {count}")

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
    live = LiveView(stream)
    for count in range(2000):
        live.say("fault", f"line {count}")
    assert stream.getvalue() == ""
    stream.open.set()
    first = "fault: line 0\nfault: line 1\n"
    until(lambda: stream.getvalue().startswith(first), awaited="it is drawn", within=30)


def test_the_first_line_begins_on_a_line_of_its_own() -> None:
    """And so does the first one after others wrote; not those in between."""
    stream = io.StringIO()
    live = LiveView(stream, midline=lambda: True)
    live.say("stack", "up")
    live.say("fault", "stop")
    live.others_write()
    stream.write(".")
    live.say("stack", "up")
    live.others_write()
    assert stream.getvalue() == "\nstack: up\nfault: stop\n.\nstack: up\n"


def test_a_terminal_that_is_gone_ends_no_drill() -> None:
    """Who closed it does not see any more, and that is all."""
    stream = io.StringIO()
    stream.close()
    live = LiveView(stream)
    live.say("stack", "up")
    live.others_write()


class Watched(io.StringIO):
    """A terminal that tells what was drawn on it; ``broken`` is raised by what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.draws: list[tuple[float, str]] = []
        self.broken: OSError | None = None

    def write(self, text: str) -> int:
        if self.broken is not None:
            raise self.broken
        self.draws.append((time.monotonic(), text))
        return super().write(text)

    def await_drawn(self, text: str) -> None:
        """Until it was drawn, however busy the machine is."""
        end = time.monotonic() + 30
        while text not in self.getvalue():
            assert time.monotonic() < end, self.getvalue()
            time.sleep(0.01)

    @property
    def lines(self) -> list[str]:
        """What is to be read on it, with single spaces and without times."""
        return [" ".join(line.split()) for line in PaperScreen(80).feed(self.getvalue()).lines]


def events() -> list[Event]:
    told = Told().tell(1, Kind.PHASE, "bringing it up", phase="stack")
    told.tell(3, Kind.PHASE, "holding", phase="steady state").alert(4)
    return told.tell(5, Kind.PHASE, "injecting stop", phase="fault").events


def view(stream: io.StringIO, midline: Callable[[], bool] = lambda: False) -> LiveView:
    return LiveView(stream, midline, wanted=lambda: True)


def test_a_view_is_drawn_and_leaves_plain_lines() -> None:
    """The frame while the drill runs; then its phases with their times, and no trace of it."""
    stream = Watched()
    live = view(stream)
    for event in events():
        live.hear(event)
    live.say("heal", "drill d0 healed")
    stream.await_drawn("injecting")
    assert any(line.startswith("drill It stops") for line in stream.lines)
    live.others_write()
    stream.write("F\n")
    kept = ["stack bringing it up (2 s)", "signal signal happened", "steady state holding (2 s)"]
    assert stream.lines[:4] == [*kept, "heal drill d0 healed"]
    assert stream.lines[4].startswith("fault injecting stop (")
    assert stream.lines[5:] == ["F"]


def test_a_view_begins_on_a_line_of_its_own() -> None:
    """Whatever others left in the middle of a line, once and not at each draw."""
    stream, left = Watched(), True
    stream.write("drill.feature ")
    live = view(stream, midline=lambda: left)
    for _ in range(2):
        for event in events():
            live.hear(event)
        live.others_write()
        stream.write(".")
    lines = stream.lines
    assert lines[0] == "drill.feature"
    assert lines[5] == "."
    assert len(lines) == 11


def test_nothing_is_written_where_no_drill_is_under_way() -> None:
    """Pytest's own line is not broken by whoever has nothing to say."""
    stream = Watched()
    live = view(stream, midline=lambda: True)
    live.others_write()
    live.hear(events()[0])
    live.others_write()
    assert stream.getvalue() == ""


def test_it_is_drawn_at_most_so_many_times_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """However much happens; what stays on the screen is complete all the same."""
    monkeypatch.setattr(module, "BETWEEN_DRAWS", 0.05)
    stream = Watched()
    live = view(stream)
    first, *others = events()
    live.hear(first)
    begun = time.monotonic()
    while time.monotonic() < begun + 0.3:
        for event in others:
            live.hear(event)
    draws = list(stream.draws)
    live.others_write()
    assert len(draws) <= 1 + (draws[-1][0] - begun) / module.BETWEEN_DRAWS


@pytest.mark.parametrize("at", ["frame", "hear", "look"])
def test_what_goes_wrong_in_it_ends_the_view_and_nothing_else(
    at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one line that says so; from then on there are plain lines, in later drills too."""
    stream = Watched()
    live = view(stream)
    first, stack, *others = events()
    live.hear(first)

    def breaks(*_: object) -> None:
        raise TypeError("a bug")

    live.hear(stack)
    monkeypatch.setattr(Progress, at, breaks)
    if at == "look":
        live.look(Told().seen())
    for event in others:
        live.hear(event)
    stream.await_drawn("switched off")
    monkeypatch.undo()
    for event in events()[:2]:
        live.hear(event)
    live.others_write()
    lines = stream.lines
    assert lines.count("live view: switched off: TypeError: a bug") == 1
    assert lines[-1] == "stack: bringing it up"
    assert not any(line.startswith("drill ") for line in lines)


def test_a_view_on_a_terminal_that_is_gone_ends_no_drill() -> None:
    """A hung up line is an error of whoever writes; here nobody is left to be told."""
    stream = Watched()
    live = view(stream)
    stream.broken = OSError(5, "Input/output error")
    for event in events():
        live.hear(event)
    live.others_write()
    live.look(Told().seen())
    live.others_write()


def test_a_held_up_terminal_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """What pytest writes there when it goes on is not cleared by a frame that comes late."""
    monkeypatch.setattr(module, "DRAWN_SECONDS", 0.1)
    stream = Slow()
    live = view(stream)
    for event in events():
        live.hear(event)
    live.others_write()  # returns, although nothing can be drawn
    stream.open.set()
    monkeypatch.setattr(module, "DRAWN_SECONDS", 30)
    live.others_write()
    stream.write("F\n")
    live.others_write()
    assert PaperScreen(80).feed(stream.getvalue()).lines[-1] == "F"


def test_at_a_debuggers_prompt_nothing_is_drawn() -> None:
    """Whoever types there has the terminal; what happens is told in plain lines."""
    stream = Watched()
    live = view(stream)
    for event in events()[:2]:
        live.hear(event)
    live.plain()
    for event in events():
        live.hear(event)
    live.others_write()
    assert stream.lines[-1] == "fault: injecting stop"
    assert not any(line.startswith("drill ") for line in stream.lines)


def test_who_wants_all_of_it_misses_nothing() -> None:
    """However much was said while the terminal was held up: a list is read to its end."""
    stream = Slow()
    live = LiveView(stream, whole=True)
    for count in range(module._ROOM + 500):
        live.say("fault", f"line {count}")
    stream.open.set()
    live.others_write(patient=True)
    assert len(stream.getvalue().splitlines()) == module._ROOM + 500


def test_it_says_that_nobody_reads_any_more() -> None:
    """So that who has nothing else to do may end."""
    stream = Watched()
    live = LiveView(stream)
    live.say("stack", "up")
    live.others_write()
    assert not live.gone
    stream.broken = BrokenPipeError(32, "Broken pipe")
    live.say("stack", "still up")
    live.others_write()
    assert live.gone


def test_its_times_are_those_of_the_drills_own_clock() -> None:
    """A drill of another machine has another one."""
    stream = Watched()
    live = LiveView(stream, wanted=lambda: True, now_ns=lambda: events()[-1].at_ns + 7 * NS)
    for event in events():
        live.hear(event)
    stream.await_drawn("injecting")
    live.others_write()
    assert stream.lines[-1] == "fault injecting stop (7 s)"
