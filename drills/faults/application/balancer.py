"""Wrong configurations of a load balancer, which it reads when it is told to.

What is changed is the file that it mounts, in place, and then it is told by SIGHUP. It is nginx
that is asked whether the file is right: its own check stands before every reload.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar

from drills.errors import PlanError, WaitTimeout
from drills.faults.application.restored import BY_HAND, OfFile, as_before, held, put_back
from drills.faults.fault import Applied, Effect, ReadBack
from drills.faults.process import runs, start
from drills.faults.undo import Operation, Place, Undo
from drills.journal.timeline import Json
from drills.stack.runtime import Container, Runtime
from drills.wait import until

CHECK = ("nginx", "-e", "stderr", "-t")
RELOADED_WITHIN = 5.0  # seconds for new workers to be there
DRAINED_WITHIN = 1.0  # seconds for the workers before them to end; longer answers are not awaited
NOBODY = 9  # the port "discard", on which no service listens
_UPSTREAM = re.compile(
    rb"(\bproxy_pass\s+https?://[^\s;/]*?|^\s*server\s+[\w.-]+):\d+", re.MULTILINE
)


def _right(runtime: Runtime, container: Container) -> bool:
    """Whether nginx' own check passes."""
    return runtime.execute(container, list(CHECK)).exit_code == 0


def reload_configuration(runtime: Runtime, container: Container) -> None:
    """Have it read its file; returns once workers are there that have. Raises WaitTimeout.

    Those that have not end as soon as they have answered whom they were about to answer, which is
    waited for a moment.
    """
    before = runtime.processes.numbers(container)
    runtime.processes.send(container, "SIGHUP")
    until(
        lambda: runtime.processes.numbers(container) - before,
        awaited=f"{container.name} has workers that read its configuration",
        within=RELOADED_WITHIN,
    )
    with suppress(WaitTimeout):
        until(
            lambda: len(runtime.processes.numbers(container)) <= len(before),
            awaited="the workers before them end",
            within=DRAINED_WITHIN,
        )


def put_back_and_reload(runtime: Runtime, undo: Undo) -> None:
    """Put the file back and have it read; one that ended meanwhile is started with it."""
    put_back(runtime, undo)
    if undo.before.get("status") == "running" and not runs(runtime, undo):
        start(runtime, undo)
    elif runs(runtime, undo):
        reload_configuration(runtime, undo.container)


def file_as_before(runtime: Runtime, undo: Undo) -> bool:
    """Whether its file is what it was; one that is gone needs none."""
    now = held(runtime, undo)
    return now is None or as_before(now, undo)


def _other(runtime: Runtime, undo: Undo) -> bool:
    now = held(runtime, undo)
    return now is not None and bool(now.kept_ns) and not as_before(now, undo)


def _refused(runtime: Runtime, undo: Undo) -> bool:
    return _other(runtime, undo) and not _right(runtime, undo.container)


def _misdirected(runtime: Runtime, undo: Undo) -> bool:
    return _other(runtime, undo) and _right(runtime, undo.container)


OPERATIONS: Mapping[str, Operation] = {
    "restore-and-reload": Operation(
        put_back_and_reload,
        file_as_before,
        "configured as before, and reloaded",
        f"{BY_HAND}docker kill -s HUP {{container}} || docker start {{container}}",
    ),
}


class OfBalancer(OfFile):
    """Another content of its configuration file, which nginx has to be right about before."""

    __slots__ = ()
    needs: ClassVar[tuple[str, ...]] = (
        "an nginx that mounts its configuration file from the manifest's configuration folder",
    )

    @abstractmethod
    def changed(self, content: bytes) -> bytes:
        """The wrong configuration. Raises PlanError where it cannot be made of this one."""

    def parameters(self) -> Mapping[str, Json]:
        """Which file."""
        return {"file": self.file}

    def probe(self, runtime: Runtime, place: Place) -> Place:
        """The file can be changed so, and is right as it is. Raises PlanError where it is not."""
        place = OfFile.probe(self, runtime, place)
        self.changed(runtime.configuration.read(place.found["path"]))
        if not _right(runtime, place.container):
            raise PlanError(
                f"expected that {' '.join(CHECK)} in {place.container.name} finds its "
                "configuration right, it does not"
            )
        return place

    def undo(self, place: Place, injection: str) -> Undo:
        """Put the file back, and have it read."""
        words = {"mark": injection or "none", **place.found}
        return Undo("restore-and-reload", place, words)


@dataclass(frozen=True, slots=True)
class ConfigurationRefused(OfBalancer):
    """The load balancer's configuration file is wrong, and its reload is refused by its own check.

    It goes on with what it has read, and nobody notices, until it is restarted: then it does not
    come up.
    """

    file: str = "nginx.conf"
    kind: ClassVar[str] = "wrong configuration"
    phrase: ClassVar[str] = "a configuration that its check refuses"
    label: ClassVar[str] = "configuration wrong"
    effect: ClassVar[Effect] = ReadBack("its check refuses its configuration", _refused)
    by_hand: ClassVar[str] = (
        "echo 'no_such_directive;' >> its configuration file; docker kill -s HUP {container}"
    )

    def changed(self, content: bytes) -> bytes:
        """One more line that means nothing."""
        end = b"" if content.endswith(b"\n") else b"\n"
        return content + end + b"no_such_directive;\n"

    def apply(self, runtime: Runtime, place: Place, injection: str) -> Applied:
        """Change it, and ask for the reload that is refused."""
        path = place.found["path"]
        content = self.changed(runtime.configuration.read(path))
        runtime.configuration.change(path, injection, content, None)
        runtime.processes.send(place.container, "SIGHUP")
        return Applied(way="a line in its file, and SIGHUP")


@dataclass(frozen=True, slots=True)
class UpstreamWrong(OfBalancer):
    """The load balancer sends everything to a port where nobody listens: all customers get errors.

    Its configuration is right in form, so its check and its reload pass.
    """

    file: str = "nginx.conf"
    kind: ClassVar[str] = "wrong upstream"
    phrase: ClassVar[str] = "an upstream at the wrong port"
    label: ClassVar[str] = "upstream wrong"
    effect: ClassVar[Effect] = ReadBack("it runs with another upstream", _misdirected)
    by_hand: ClassVar[str] = (
        f"change the port behind proxy_pass to {NOBODY} in its configuration file; "
        "docker kill -s HUP {container}"
    )

    def changed(self, content: bytes) -> bytes:
        """Every upstream's port is another."""
        changed, count = _UPSTREAM.subn(rb"\g<1>:%d" % NOBODY, content)
        if not count:
            raise PlanError(
                f"expected `proxy_pass http://name:port` or `server name:port` in {self.file}, "
                "found none"
            )
        return changed

    def apply(self, runtime: Runtime, place: Place, injection: str) -> Applied:
        """Change it, and have it read. Raises WaitTimeout where no worker has."""
        path = place.found["path"]
        content = self.changed(runtime.configuration.read(path))
        runtime.configuration.change(path, injection, content, None)
        reload_configuration(runtime, place.container)
        return Applied(way="another port in its file, and SIGHUP")
