"""What an examination finds, and how all its parts are asked at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from drills.errors import DrillError

HINT = "Hint: "


class State(StrEnum):
    """How grave a finding is."""

    WELL = "well"
    NOTE = "note"  # a drill runs all the same; whoever reads its report should know
    WRONG = "wrong"  # a drill would be refused, or prove nothing
    UNKNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found. ``mend`` would put it right: a command, where there is one."""

    area: str
    state: State
    says: str
    mend: str = ""

    @classmethod
    def of(cls, area: str, state: State, text: str) -> Finding:
        """What a message says, with its hint as what would mend it."""
        says, _, mend = text.partition(HINT)
        return cls(area, state, says.strip(), mend.strip())

    def data(self) -> dict[str, str]:
        """As JSON has it."""
        return {"area": self.area, "state": self.state, "says": self.says, "mend": self.mend}


Check: TypeAlias = Callable[[], Iterable[Finding]]


class Examination:
    """Checks by what they are about, all under way at once from the beginning on."""

    def __init__(self, checks: Mapping[str, Check]) -> None:
        self._found: dict[str, list[Finding]] = {}
        self._threads = {
            name: threading.Thread(target=self._ask, args=(name, check), daemon=True)
            for name, check in checks.items()
        }
        for thread in self._threads.values():
            thread.start()

    def findings(self, within: float) -> list[Finding]:
        """What they find, in their order; what has not answered in so many seconds is not known."""
        self.end(within)
        late = f"it did not answer within {within:g} s"
        return [
            each
            for name in self._threads
            for each in self._found.get(name, [Finding(name, State.UNKNOWN, late)])
        ]

    def end(self, within: float) -> None:
        """Wait so many seconds for those that go on: what they made, they remove at their end."""
        until = time.monotonic() + within
        for thread in self._threads.values():
            thread.join(max(until - time.monotonic(), 0))

    def _ask(self, name: str, check: Check) -> None:
        """Whatever a check meets is a finding: nobody is there to be told otherwise."""
        try:
            self._found[name] = list(check())
        except DrillError as error:
            self._found[name] = [Finding.of(name, State.WRONG, str(error))]
        except Exception as error:  # noqa: BLE001 - the other findings are not lost for it
            text = f"{type(error).__name__}: {error}"
            self._found[name] = [Finding(name, State.UNKNOWN, text)]
