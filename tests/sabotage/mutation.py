"""The mutation score: how many of the sabotages that were to be tried turned as named."""

from __future__ import annotations

from collections.abc import Iterable


class MutationScore:
    """A case counts from the moment it is selected: one that was never finished did not turn."""

    def __init__(self) -> None:
        self._selected: dict[str, None] = {}
        self._turned: set[str] = set()
        self._failed: set[str] = set()

    def select(self, names: Iterable[str]) -> None:
        """These are to be tried."""
        self._selected.update(dict.fromkeys(names))

    def note(self, name: str, when: str, *, passed: bool) -> None:
        """A phase of a case (setup, call, teardown) ended; it turned if all of them passed."""
        self.select([name])
        if not passed:
            self._failed.add(name)
        elif when == "call":
            self._turned.add(name)

    def unturned(self) -> list[str]:
        """The cases that did not turn, or were not tried to their end."""
        return [name for name in self._selected if name not in self._turned - self._failed]

    def line(self) -> str:
        """``mutation score: 49 of 50 (98 %)``, never rounded up; "" where nothing was selected."""
        tried = len(self._selected)
        turned = tried - len(self.unturned())
        return f"mutation score: {turned} of {tried} ({100 * turned // tried} %)" if tried else ""
