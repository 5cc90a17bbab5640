"""A program of ours inside a container whose image need not have it, nor anything else.

A helper container of the same image and the same user shares the container's processes. So what
lies in the helper is reached from inside as ``/proc/<its number>/root/...``, and a command that the
engine starts there is the container's own: its memory, its limits, its end. Nothing is written into
the container, so that one whose file system is read-only is no exception. The program ends when the
helper is removed, which needs nothing inside either.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Mapping, Sequence
from typing import Any

from drills.clock import Clock
from drills.errors import EngineError, UnknownTarget, WaitTimeout
from drills.stack.engines.asking import Ask
from drills.stack.engines.marked import HELPER_LABEL, Marked
from drills.stack.engines.program import keeper
from drills.stack.program import Program
from drills.stack.runtime import DRILL_LABEL, Container
from drills.wait import until

LEND_SECONDS = 20.0
_KEEPER = "drill-keeper"


class Lender:
    """Lends programs to containers, and takes them back."""

    def __init__(self, ask: Ask, clock: Clock) -> None:
        self._ask = ask
        self._clock = clock
        self._marked = Marked(ask)

    def lend(
        self, container: Container, program: Program, mark: str, environment: Mapping[str, str]
    ) -> str:
        """Start it inside; returns the engine's id of the command, whose argument is the mark.

        Raises EngineError where this does not work, and leaves nothing behind then.
        """
        with self._ask(f"inspect {container.name}") as client:
            inspected = client.inspect_container(container.id)
        try:
            with self._ask(f"lend {program.name} to {container.name}", LEND_SECONDS) as client:
                machine = str(client.version()["Arch"])
                helper = _helper(client, container, inspected, mark)
                _put(client, helper, _KEEPER, keeper(machine, program.time_to_live))
                client.start(helper)
                pid = self._number(client, helper)
                _put(client, helper, program.name, program.make(machine, pid))
                path = f"/proc/{pid}/root/{program.name}"
                return _started(client, container, [path, mark], environment)
        except BaseException as error:
            self.take_back(mark)
            if isinstance(error, UnknownTarget | WaitTimeout):  # of the helper, not the container
                raise EngineError(str(error)) from error
            raise

    def take_back(self, mark: str) -> None:
        """Remove the helpers of a mark, and so end what was lent. Idempotent."""
        self._marked.remove(mark)

    def left(self, container: Container, mark: str) -> Sequence[str]:
        """What the engine still knows of a mark: helpers, and commands that run inside with it."""
        helpers = [f"helper container {helper[:12]}" for helper in self._marked.of(mark)]
        with self._ask(f"look for commands in {container.name}") as client:
            ids = client.inspect_container(container.id)["ExecIDs"] or ()
            commands = [client.exec_inspect(one) for one in ids]
        return [
            *helpers,
            *(
                f"command {command['ProcessConfig']['entrypoint']}"
                for command in commands
                if command["Running"] and mark in command["ProcessConfig"]["arguments"]
            ),
        ]

    def _number(self, client: Any, helper: str) -> int:
        """The keeper's number among the container's processes, as it tells itself."""

        def told() -> bytes:
            said = bytes(client.logs(helper))
            return said if said.endswith(b"\n") else b""

        return int(
            until(
                told,
                awaited="the helper container tells its number",
                within=LEND_SECONDS / 2,
                clock=self._clock,
            )
        )


def _helper(client: Any, container: Container, inspected: Mapping[str, Any], mark: str) -> str:
    """One that may do nothing but be looked into by the container's own user."""
    drill = container.labels.get(DRILL_LABEL, "")
    host = inspected["HostConfig"]
    created = client.create_container(
        inspected["Image"],
        entrypoint=[f"/{_KEEPER}"],
        command=[],
        user=inspected["Config"]["User"],
        labels={HELPER_LABEL: mark, **({DRILL_LABEL: drill} if drill else {})},
        healthcheck={"test": ["NONE"]},
        host_config=client.create_host_config(
            pid_mode=f"container:{container.id}",
            userns_mode=host.get("UsernsMode") or None,
            security_opt=host.get("SecurityOpt") or None,
            network_mode="none",
            cap_drop=["ALL"],
            auto_remove=True,
            log_config={"type": "json-file", "config": {}},
        ),
    )
    return str(created["Id"])


def _put(client: Any, helper: str, name: str, content: bytes) -> None:
    """Put one file into the root of a helper."""
    client.put_archive(helper, "/", packed(name, content))


def packed(name: str, content: bytes) -> bytes:
    """One file that everybody may read and execute, as the engine takes it."""
    archived = io.BytesIO()
    with tarfile.open(fileobj=archived, mode="w") as archive:
        file = tarfile.TarInfo(name)
        file.mode, file.size = 0o555, len(content)
        archive.addfile(file, io.BytesIO(content))
    return archived.getvalue()


def _started(
    client: Any, container: Container, argv: Sequence[str], environment: Mapping[str, str]
) -> str:
    run = client.exec_create(container.id, list(argv), environment=dict(environment))["Id"]
    client.exec_start(run, detach=True)
    state = client.exec_inspect(run)
    if not state["Running"]:
        raise EngineError(f"{argv[0]} ended at once, with exit code {state['ExitCode']}")
    return str(run)
