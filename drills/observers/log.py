"""Patterns in the logs of services: lines that the team's own log monitoring would find."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress

from drills.errors import DrillError, UnknownTarget
from drills.journal.facts import ErrorNote, Note, Signal
from drills.journal.journal import Journal
from drills.journal.observed import LOG
from drills.observers.monitoring import LogPattern
from drills.stack.runtime import Container, LogLine, Runtime
from drills.units import NS
from drills.wait import Watcher

SEEN = "seen"
QUIET_SECONDS = 10  # after a line of a pattern, in which others of the same log tell nothing new
_LOOKED_AT = 4096  # bytes of a line
_SHOWN = 160  # characters of it
_INTERVAL = 0.5  # seconds between two looks at a log


class LogWatch:
    """Writes a signal for a line in which a pattern is found, at the engine's own stamp of it.

    Lines from ``begun_ns`` on count. Of a log that says it again and again, one line in
    QUIET_SECONDS is a signal. Lines that came too fast to be looked at are told.
    """

    def __init__(
        self, runtime: Runtime, patterns: Mapping[str, LogPattern], begun_ns: int, journal: Journal
    ) -> None:
        self._runtime = runtime
        self._patterns = {n: (one, re.compile(one.pattern)) for n, one in patterns.items()}
        self._services = dict.fromkeys(one.service for one in patterns.values())
        self._begun_ns = begun_ns
        self._journal = journal
        self._last: dict[str, int] = {}  # the engine's stamp of the newest line, by container
        self._told: dict[tuple[str, str], int] = {}  # until when a log says nothing new
        self._over = False
        self._watcher = Watcher("log", self._ask, interval=_INTERVAL, failed=self._failed)

    def start(self) -> None:
        """Begin to look."""
        self._watcher.start()

    def stop(self) -> None:
        """Look once more, then end. Idempotent."""
        self._watcher.stop()
        if not self._over:
            self._over = True
            with suppress(DrillError):  # that it cannot be looked at was told
                self._ask()

    def _ask(self) -> None:
        for service in self._services:
            for container in self._runtime.containers(service):
                with suppress(UnknownTarget):  # gone by now
                    self._look(container)

    def _look(self, container: Container) -> None:
        last = self._last.get(container.id, 0)
        log = self._runtime.log_after(container, last)
        if not log.complete and last:
            text = f"{container.name} wrote more than could be looked at for patterns"
            self._journal.write(Note(text, detector=LOG))
        for line in log.lines:
            self._last[container.id] = line.stamp_ns
            if line.at_ns + line.error_ns >= self._begun_ns:
                self._match(container, line)

    def _match(self, container: Container, line: LogLine) -> None:
        text = line.text[:_LOOKED_AT].decode("utf-8", "replace")
        for name, (pattern, expression) in self._patterns.items():
            if pattern.service == container.service and expression.search(text):
                self._tell(name, pattern, container, line, text)

    def _tell(
        self, name: str, pattern: LogPattern, container: Container, line: LogLine, text: str
    ) -> None:
        key = name, container.id
        if line.at_ns < self._told.get(key, 0):
            return
        self._told[key] = line.at_ns + QUIET_SECONDS * NS
        said = Signal(
            f"the log of {container.name} matches {name}: {text[:_SHOWN].strip()}",
            detector=LOG,
            name=name,
            state=SEEN,
            container_id=container.id,
            error_ns=line.error_ns,
            service=pattern.service,
            wrong=True,
            heard=pattern.tells,
        )
        self._journal.write(said, at_ns=line.at_ns)

    def _failed(self, error: Exception) -> None:
        self._journal.write(ErrorNote(f"logs cannot be looked at: {error}", detector=LOG))
