"""The settings of PostgreSQL servers on paper: what files say, ALTER SYSTEM, and what counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Protocol

from drills.faults.postgres import lost, settings
from drills.faults.postgres.client import NO, YES
from drills.stack.runtime import Container

STREAMING = "primary_conninfo"


class Server(Protocol):
    """What the settings are those of; a ``FakePostgres`` is one."""

    deaf: bool

    def is_standby(self, container: Container) -> bool:
        """Whether it replays what a primary wrote."""

    def started(self, container: Container) -> str:
        """The date of the server's start."""


class FakeSettings:
    """What ALTER SYSTEM made of settings, and what each server goes by since its last reload.

    ``files`` is what the configuration files of all servers say. A standby streams, unless it was
    told to stream from elsewhere than they say or than ``alter`` told it.
    """

    def __init__(self, server: Server) -> None:
        self.files = {
            "primary_conninfo": "host=primary password=of-the-file",
            "synchronous_standby_names": "",
            "synchronous_commit": "on",
            "allow_alter_system": "on",
            "data_directory": "/data/pg",
        }
        self._server = server
        self._altered: defaultdict[str, dict[str, str]] = defaultdict(dict)  # by container
        self._loaded: dict[str, tuple[str, Mapping[str, str]]] = {}  # with the start it was after
        self._right: dict[str, str] = {}  # by container: where it streams from, by ``alter``

    def alter(self, container: Container, setting: str, value: str) -> None:
        """Somebody has said ALTER SYSTEM, and reloaded."""
        self._altered[container.id][setting] = value
        if setting == STREAMING:
            self._right[container.id] = value
        self._reload(container)

    def altered(self, container: Container) -> Mapping[str, str]:
        """All that ALTER SYSTEM sets there."""
        return dict(self._altered[container.id])

    def value(self, container: Container, setting: str) -> str:
        """What the server goes by."""
        started, loaded = self._loaded.get(container.id, ("", self.files))
        if started != self._server.started(container):  # it has read them anew
            self._reload(container)
            loaded = self._loaded[container.id][1]
        return loaded.get(setting, "")

    def streams(self, container: Container) -> bool:
        """Whether it is a standby that reaches its primary."""
        right = self._right.get(container.id, self.files[STREAMING])
        return self._server.is_standby(container) and self.value(container, STREAMING) == right

    def keep(self, container: Container, successor: Container) -> None:
        """What took its place has the same files."""
        self._altered[successor.id] = dict(self._altered[container.id])
        if container.id in self._right:
            self._right[successor.id] = self._right[container.id]

    def answer(self, container: Container, statement: str) -> str | None:
        """Of what a fault says to the server."""
        if statement == settings.RELOAD():
            if not self._server.deaf:
                self._reload(container)
            return YES
        if (to := settings.SET.heard(statement)) is not None:
            self._change(container, to["setting"], to["value"])
            return ""
        if (to := settings.RESET.heard(statement)) is not None:
            self._change(container, to["setting"], None)
            return ""
        if statement == lost.WHERE():
            return self.value(container, "data_directory")
        return self._asked(container, statement)

    def _asked(self, container: Container, statement: str) -> str | None:
        if statement == settings.REFUSED():
            return YES if self.value(container, "allow_alter_system") == "off" else NO
        if statement == settings.WAITS():
            waits = self.value(container, "synchronous_commit") in ("on", "remote_apply")
            return YES if waits else NO
        if statement == settings.STREAMS():
            return YES if self.streams(container) else NO
        if (of := settings.WAS.heard(statement)) is not None:
            return self._was(container, of["setting"])
        for question in (settings.PUT_BACK, settings.CUT, settings.IS):
            if (of := question.heard(statement)) is not None:
                ours = self.value(container, of["setting"]) == of["value"]
                if question is settings.PUT_BACK:
                    ours = not ours and self._was(container, of["setting"]) == of["was"]
                elif question is settings.CUT:
                    ours = ours and not self.streams(container)
                return YES if ours else NO
        return None

    def _was(self, container: Container, setting: str) -> str:
        altered = self._altered[container.id]
        return f"set: {altered[setting]}" if setting in altered else settings.UNSET

    def _change(self, container: Container, setting: str, value: str | None) -> None:
        if self._server.deaf:
            return
        self._altered[container.id].pop(setting, None)
        if value is not None:
            self._altered[container.id][setting] = value

    def _reload(self, container: Container) -> None:
        now = {**self.files, **self._altered[container.id]}
        self._loaded[container.id] = self._server.started(container), now
