"""What died by itself: not asked to end, not at the end of its work, not by the fault's hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Set

from drills.journal.timeline import Event, Kind, Timeline
from drills.stack.runtime import KILLED

ASKED_TO_END = frozenset({"2", "3", "9", "15"})  # SIGINT, SIGQUIT, SIGKILL, SIGTERM


def crashes(timeline: Timeline, after_ns: int, until_ns: int) -> list[Event]:
    """What crashed between two instants, oldest first, each crash once.

    A container crashed when it died with an exit code other than 0 and the engine had not been
    asked to end it, be it by a person, a procedure or the drill; or when the kernel took its
    memory away. A fault's own command crashed when it was killed. The deaths that are the faults
    themselves are none.
    """
    own = {event.at_ns for event in timeline.all(Kind.FAULT_EFFECTIVE)}
    commands = {call.string("command") for call in timeline.all(Kind.FAULT_CALLED)} - {""}
    lives: defaultdict[str, _Life] = defaultdict(_Life)
    found = []
    for event in timeline.all(Kind.ENGINE):
        crashed = lives[event.string("container_id")].crashed(event, commands)
        if crashed and after_ns < event.at_ns < until_ns and event.at_ns not in own:
            found.append(event)
    stopped = {event.seq for life in lives.values() for event in life.stopped}
    return [event for event in found if event.seq not in stopped]


class _Life:
    """A container from one start to the next, as far as its end is concerned."""

    def __init__(self) -> None:
        self.stopped: list[Event] = []  # deaths that turned out to be stops
        self._asked = False
        self._starved = False
        self._died: Event | None = None

    def crashed(self, event: Event, commands: Set[str]) -> bool:
        """Whether this event of the container is a crash, as far as is known by then."""
        action, code = event.string("action"), event.string("exit_code")
        if action == "start":
            self._asked, self._starved, self._died = False, False, None
        elif action == "kill" and event.string("signal", "15") in ASKED_TO_END:
            self._asked = True
        elif action == "stop" and self._died is not None:
            self.stopped.append(self._died)  # whatever signal its image is stopped with
        elif action == "oom":
            told, self._starved = self._starved, True
            return not told
        elif action == "die":
            self._died = event
            return not self._asked and not self._starved and code != "0"
        elif action == "exec_die":
            killed = event.string("command") in commands and code == str(KILLED)
            return killed and not self._asked and not self._starved
        return False
