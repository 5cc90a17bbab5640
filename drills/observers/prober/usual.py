"""How large a journey's answers are in steady state, and which are far too small to be right."""

from __future__ import annotations

from collections import deque

SHARE = 0.5  # of the smallest of them, where the journey says nothing
TINY = 256  # bytes; below, a share says little, so only a journey that says so is held to one
LATELY = 64  # answers that are looked back on: what was odd while the system warmed up ages out
ENOUGH = 3  # answers, without which nobody can say what is usual; one, where a share is asked for


class UsualSize:
    """Learns from right answers until ``fix``, then says of each answer what is wrong with it.

    ``share``: what an answer must have of the smallest one in steady state; 0 for any size, None
    for half of it where that is not tiny.
    """

    def __init__(self, share: float | None) -> None:
        self._share = share
        self._enough = ENOUGH if share is None else 1
        self._lately: deque[int] = deque(maxlen=LATELY)
        self._fixed = False
        self._least = 0  # bytes of the smallest answer in steady state; 0 for not known

    def fix(self) -> bool:
        """Steady state ends here; whether enough of it was seen. A second time changes nothing."""
        if not self._fixed:
            self._fixed = True
            self._least = min(self._lately) if len(self._lately) >= self._enough else 0
        return self._share == 0 or len(self._lately) >= self._enough

    def flaw(self, size: int) -> str:
        """What is wrong with the size of an answer that is right otherwise; "" for nothing."""
        if not self._fixed:
            self._lately.append(size)
            return ""
        share = SHARE if self._share is None and self._least >= TINY else self._share or 0
        if size >= share * self._least:
            return ""
        return f"{size} bytes, in steady state at least {self._least}"
