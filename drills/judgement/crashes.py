"""What died by itself: not asked to end, not at the end of its work, not by the fault's hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Set

from drills.journal.facts import EngineTold, FaultCalled, FaultEffective
from drills.journal.timeline import Timeline
from drills.stack.runtime import KILLED

ASKED_TO_END = frozenset({"2", "3", "9", "15"})  # SIGINT, SIGQUIT, SIGKILL, SIGTERM


def crashes(timeline: Timeline, after_ns: int, until_ns: int) -> list[EngineTold]:
    """What crashed between two instants, oldest first, each crash once.

    A container crashed when it died with an exit code other than 0 and the engine had not been
    asked to end it, be it by a person, a procedure or the drill; or when the kernel took its
    memory away. A fault's own command crashed when it was killed. The deaths that are the faults
    themselves are none.
    """
    own = {effective.at_ns for effective in timeline.all(FaultEffective)}
    commands = {called.command for called in timeline.all(FaultCalled)} - {""}
    lives: defaultdict[str, _Life] = defaultdict(_Life)
    found = []
    for told in timeline.all(EngineTold):
        crashed = lives[told.container_id].crashed(told, commands)
        if crashed and after_ns < told.at_ns < until_ns and told.at_ns not in own:
            found.append(told)
    stopped = {death.seq for life in lives.values() for death in life.stopped}
    return [told for told in found if told.seq not in stopped]


class _Life:
    """A container from one start to the next, as far as its end is concerned."""

    def __init__(self) -> None:
        self.stopped: list[EngineTold] = []  # deaths that turned out to be stops
        self._asked = False
        self._starved = False
        self._died: EngineTold | None = None

    def crashed(self, told: EngineTold, commands: Set[str]) -> bool:
        """Whether what is told of the container is a crash, as far as is known by then."""
        action, code = told.action, told.exit_code
        if action == "start":
            self._asked, self._starved, self._died = False, False, None
        elif action == "kill" and told.signal in ASKED_TO_END:
            self._asked = True
        elif action == "stop" and self._died is not None:
            self.stopped.append(self._died)  # whatever signal its image is stopped with
        elif action == "oom":
            known, self._starved = self._starved, True
            return not known
        elif action == "die":
            self._died = told
            return not self._asked and not self._starved and code != "0"
        elif action == "exec_die":
            killed = told.command in commands and code == str(KILLED)
            return killed and not self._asked and not self._starved
        return False
