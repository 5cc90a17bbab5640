"""The death of a container's main process that its engine takes for nobody's doing.

A kill by the engine counts as a stop by hand, after which no restart policy acts. And the first
process of a container gets no SIGKILL from inside its own process namespace. So the signal comes
from outside of it, or kills what the container's init waits for. What the machine and the
container allow is tried out, from the surest way down.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from drills.clock import Clock
from drills.errors import EngineError, UnknownTarget
from drills.stack.runtime import DRILL_LABEL, KILLED, Container, Executed

HELP_SECONDS = 20.0  # for a helper container that sends one signal

# The child that a container's init waits for is the first of its children. The line has no end, at
# which `read` fails though it has read it.
_INSIDE = 'read -r child rest < /proc/1/task/1/children; kill -9 "${child:?no child}"'
# $1: a process of the engine's host, $2: the container that it must still be of.
_OUTSIDE = """
while read -r line; do
  case $line in *"$2"*) kill -9 "$1"; exit ;; esac
done < "/proc/$1/cgroup"
exit 3
"""


class Ask(Protocol):
    """The door to the engine: a connection to it for one question, its errors made ours."""

    def __call__(self, question: str, seconds: float = ...) -> AbstractContextManager[Any]:
        """Ask it, its answers bounded by ``seconds``."""


class Impossible(Exception):
    """A way that this machine or this container does not allow; says why."""


class Crash:
    """Ends the main process of a container.

    ``execute`` runs a command in one, and ``images`` gives the ids of its stack's images, of which
    one has a shell.
    """

    def __init__(
        self,
        ask: Ask,
        execute: Callable[[Container, list[str]], Executed],
        images: Callable[[], Iterable[str]],
        clock: Clock,
    ) -> None:
        self._ask = ask
        self._execute = execute
        self._images = images
        self._clock = clock

    def of(self, container: Container) -> tuple[str, int]:
        """The way that was taken, in words, and when it was entered upon (monotonic ns).

        Raises EngineError, saying of each way why it is none here. Nothing was done then.
        """
        inspected = self._inspect(container)
        if not inspected["State"]["Pid"]:
            raise EngineError(
                f"end the main process of {container.name}: it is {inspected['State']['Status']}"
            )
        ways: Mapping[str, Callable[[Container, Mapping[str, Any]], None]] = {
            "a signal from this process": self._from_here,
            "a signal inside, to what its init waits for": self._through_init,
            "a signal from a helper container beside the engine": self._from_beside,
        }
        refused = []
        for way, take in ways.items():
            begun_ns = self._clock.monotonic_ns()
            try:
                take(container, inspected)
            except Impossible as error:
                refused.append(f"{way}: {error}")
            else:
                return way, begun_ns
        reasons = "; ".join(refused)
        raise EngineError(f"its main process cannot be made to die here: {reasons}")

    def _from_here(self, container: Container, inspected: Mapping[str, Any]) -> None:
        """Where the engine's processes are ours to see, and we may.

        The handle is of one process for ever, so that no other one of its number can be hit: what
        is read of the number afterwards is read of this process, or it is dead and gets nothing.
        """
        pid = int(inspected["State"]["Pid"])
        if not hasattr(os, "pidfd_open"):
            raise Impossible("this system has no handles of processes")
        try:
            handle = os.pidfd_open(pid)
            try:
                if container.id not in Path(f"/proc/{pid}/cgroup").read_text("ascii", "replace"):
                    raise Impossible("the engine's processes are not seen from here")
                signal.pidfd_send_signal(handle, signal.SIGKILL)
            finally:
                os.close(handle)
        except OSError as error:
            raise Impossible(f"process {pid}: {error.strerror}") from error

    def _through_init(self, container: Container, inspected: Mapping[str, Any]) -> None:
        """Where the engine runs an init in it, which ends with what it waits for."""
        if not inspected["HostConfig"].get("Init"):
            raise Impossible("it has no init of the engine's")
        try:
            done = self._execute(container, ["sh", "-c", _INSIDE])
        except UnknownTarget:
            raise
        except EngineError as error:
            if self._inspect(container)["State"]["Pid"] == inspected["State"]["Pid"]:
                raise Impossible(str(error)) from error
            return  # the command's end got lost in that of the container
        if done.exit_code not in (0, KILLED):
            said = done.output.decode("utf-8", "replace").strip()
            raise Impossible(f"exit code {done.exit_code}" + (f" ({said})" if said else ""))

    def _from_beside(self, container: Container, inspected: Mapping[str, Any]) -> None:
        """By a container that sees all of the engine's processes, and may do nothing but signal."""
        troubles = []
        for image in dict.fromkeys([inspected["Image"], *self._images()]):
            try:
                self._help(image, container, str(inspected["State"]["Pid"]))
            except (EngineError, UnknownTarget) as error:  # an image may be gone too
                troubles.append(str(error))
            else:
                return
        raise Impossible("; ".join(dict.fromkeys(troubles)))

    def _help(self, image: str, container: Container, pid: str) -> None:
        drill = container.labels.get(DRILL_LABEL, "")
        with self._ask("run a helper container", HELP_SECONDS) as client:
            created = client.create_container(
                image,
                entrypoint=["sh", "-c", _OUTSIDE, "sh", pid, container.id],
                command=[],
                user="0",
                labels={DRILL_LABEL: drill} if drill else {},
                healthcheck={"test": ["NONE"]},
                host_config=client.create_host_config(
                    pid_mode="host",
                    userns_mode="host",
                    network_mode="none",
                    cap_drop=["ALL"],
                    cap_add=["KILL"],
                    read_only=True,
                ),
            )["Id"]
            try:
                client.start(created)
                code = client.wait(created, timeout=HELP_SECONDS)["StatusCode"]
            finally:
                client.remove_container(created, force=True, v=True)
        if code != 0:
            raise EngineError(f"the helper ended with {code}")

    def _inspect(self, container: Container) -> dict[str, Any]:
        with self._ask(f"inspect {container.name}") as client:
            inspected: dict[str, Any] = client.inspect_container(container.id)
            return inspected
