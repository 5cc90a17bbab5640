"""Signals to a container's processes of which its engine is told nothing.

To an engine every signal that it sends itself is somebody's doing, after which no restart policy
acts. And the first process of a container gets no SIGKILL and no SIGSTOP from inside its own
namespace. So a signal comes from outside of it: from this process, or from a helper container.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable
from pathlib import Path

from drills.errors import EngineError, UnknownTarget
from drills.stack.engines.asking import Ask
from drills.stack.runtime import DRILL_LABEL, Container

HELP_SECONDS = 20.0  # for a helper container that sends one signal

# $1: a process of the engine's host, $2: the container that it must still be of, $3: the signal.
_OUTSIDE = """
while read -r line; do
  case $line in *"$2"*) kill "-$3" "$1"; exit ;; esac
done < "/proc/$1/cgroup"
exit 3
"""


class Impossible(Exception):
    """A way that this machine or this container does not allow; says why."""


def from_here(container: Container, pid: int, number: signal.Signals) -> None:
    """Signal a process of the engine's host, where those are ours to see, and we may.

    The handle is of one process for ever, so that no other one of its number can be hit: what
    is read of the number afterwards is read of this process, or it is dead and gets nothing.
    """
    if not hasattr(os, "pidfd_open"):
        raise Impossible("this system has no handles of processes")
    try:
        handle = os.pidfd_open(pid)
        try:
            if container.id not in Path(f"/proc/{pid}/cgroup").read_text("ascii", "replace"):
                raise Impossible("the engine's processes are not seen from here")
            signal.pidfd_send_signal(handle, number)
        finally:
            os.close(handle)
    except OSError as error:
        raise Impossible(f"process {pid}: {error.strerror}") from error


def from_beside(
    ask: Ask, images: Iterable[str], container: Container, pid: int, number: signal.Signals
) -> None:
    """By a container that sees all of the engine's processes, and may do nothing but signal.

    It is of the first image that has a shell.
    """
    troubles = []
    for image in dict.fromkeys(images):
        try:
            _help(ask, image, container, pid, number)
        except (EngineError, UnknownTarget) as error:  # an image may be gone too
            troubles.append(str(error))
        else:
            return
    raise Impossible("; ".join(dict.fromkeys(troubles)))


def _help(ask: Ask, image: str, container: Container, pid: int, number: signal.Signals) -> None:
    drill = container.labels.get(DRILL_LABEL, "")
    with ask("run a helper container", HELP_SECONDS) as client:
        created = client.create_container(
            image,
            entrypoint=["sh", "-c", _OUTSIDE, "sh", str(pid), container.id, str(int(number))],
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
