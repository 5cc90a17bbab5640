"""The death of a container's main process that its engine takes for nobody's doing.

A kill by the engine counts as a stop by hand, after which no restart policy acts. And the first
process of a container gets no SIGKILL from inside its own process namespace. So the signal comes
from outside of it, or kills what the container's init waits for. What the machine and the
container allow is tried out, from the surest way down.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from drills.clock import Clock
from drills.errors import EngineError, UnknownTarget
from drills.stack.engines.asking import Ask
from drills.stack.engines.signals import Impossible, from_beside, from_here
from drills.stack.runtime import KILLED, Container, Executed

# The child that a container's init waits for is the first of its children. The line has no end, at
# which `read` fails though it has read it.
_INSIDE = 'read -r child rest < /proc/1/task/1/children; kill -9 "${child:?no child}"'


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
        """Where the engine's processes are ours to see, and we may."""
        from_here(container, int(inspected["State"]["Pid"]), signal.SIGKILL)

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
        images = [inspected["Image"], *self._images()]
        pid = int(inspected["State"]["Pid"])
        from_beside(self._ask, images, container, pid, signal.SIGKILL)

    def _inspect(self, container: Container) -> dict[str, Any]:
        with self._ask(f"inspect {container.name}") as client:
            inspected: dict[str, Any] = client.inspect_container(container.id)
            return inspected
