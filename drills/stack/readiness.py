"""Whether a stack is ready, by asking its services themselves."""

from __future__ import annotations

from collections.abc import Mapping

from drills.errors import DrillError
from drills.stack.http import Client
from drills.stack.runtime import Runtime
from drills.stack.system import Question
from drills.stack.tls import secured

SHOWN = 200  # characters of an answer that a message quotes


class Readiness:
    """Questions that all must have been answered well once; each is asked until it was."""

    def __init__(self, questions: Mapping[str, Question], runtime: Runtime) -> None:
        self._open = dict(questions)
        self._runtime = runtime
        self._last: dict[str, str] = dict.fromkeys(questions, "not asked yet")

    def ready(self) -> bool:
        """Ask what is still open; whether nothing is open any more."""
        for name, question in list(self._open.items()):
            try:
                self._last[name] = self._ask(question)
            except DrillError as error:
                self._last[name] = str(error)
            else:
                if question.contains in self._last[name]:
                    del self._open[name]
        return not self._open

    def last_seen(self) -> str:
        """The last answers to what is still open, for a message."""
        seen = [f"{name}: {self._last[name][:SHOWN]!r}" for name in self._open]
        return "; ".join(seen) or "all ready"

    def _ask(self, question: Question) -> str:
        address = self._runtime.port(question.service, question.port)
        with Client(secured(address, question.trust), timeout=2.0) as client:
            return client.text(question.path)
