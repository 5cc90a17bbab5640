"""The container that is a console: no network, no engine, no privilege, and an end of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from drills.errors import DrillError, EngineError, UnknownTarget
from drills.stack.console import HOME
from drills.stack.engines.asking import Ask
from drills.stack.runtime import DRILL_LABEL

START_SECONDS = 20.0
_MEMORY = 384 << 20  # bytes; what lies in its folders counts, too
_PROCESSES = 256
# Its first process outlives what a line may do to all others (`kill -9 -1`, `kill 1`): what has no
# handler there reaches it from outside alone. It buries what others leave behind, and ends in time.
_LASTS = """
import os, signal, sys, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
end = time.monotonic() + float(sys.argv[1])
while time.monotonic() < end:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass
    signal.sigtimedwait([signal.SIGCHLD], 0.5)
"""
_FOLDERS = {
    HOME: "size=96m,mode=0755,exec",
    "/tmp": "size=32m,mode=1777,exec",  # noqa: S108 - the console's own
    "/var/tmp": "size=16m,mode=1777",  # noqa: S108
    "/root": "size=16m,mode=0700",
    "/run": "size=8m,mode=0755,exec",
    "/var/log": "size=8m,mode=0755",
}


def image() -> str:
    """The name of its image."""
    return f"incident-drills/console:{os.environ.get('DRILLS_IMAGE_TAG', 'latest')}"


@contextmanager
def standing(ask: Ask, drill: str, project: str, time_to_live: float) -> Iterator[str]:
    """Its id, while the block lasts. Raises EngineError where it cannot be had."""
    container = ""
    try:
        try:
            with ask("start the operator's console", START_SECONDS) as client:
                made = client.create_container(**_created(client, drill, project, time_to_live))
                container = str(made["Id"])
                client.start(container)
        except UnknownTarget as error:
            raise EngineError(_missing()) from error
        yield container
    finally:
        if container:
            with suppress(DrillError), ask("remove the operator's console") as client:
                client.remove_container(container, force=True, v=True)


def _missing() -> str:
    return (
        f"the image {image()} is not there. Hint: `make setup` builds it, or in a copy of this "
        f"project: docker build --target console -t {image()} compose"
    )


def _created(client: Any, drill: str, project: str, time_to_live: float) -> Mapping[str, Any]:
    return {
        "image": image(),
        "name": f"{project}-console",
        "hostname": "console",
        "entrypoint": ["python3", "-I", "-c", _LASTS, f"{time_to_live:g}"],
        "command": [],
        "user": "0",
        "working_dir": HOME,
        "labels": {DRILL_LABEL: drill},
        "healthcheck": {"test": ["NONE"]},
        "host_config": client.create_host_config(
            network_mode="none",
            read_only=True,
            tmpfs=_FOLDERS,
            cap_drop=["ALL"],
            security_opt=["no-new-privileges:true"],
            mem_limit=_MEMORY,
            memswap_limit=_MEMORY,
            pids_limit=_PROCESSES,
            auto_remove=True,
            log_config={"type": "none", "config": {}},
        ),
    }
