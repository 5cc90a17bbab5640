"""Helper containers of our own image that stay while a fault lasts, in the network of a container.

Their programs come from here and are given to each; what the image has is an interpreter. They end
by themselves when their time is over.
"""

from __future__ import annotations

import io
import os
import tarfile
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from drills.errors import EngineError, UnknownTarget
from drills.stack.engines.aboard import delay, names
from drills.stack.engines.aboard.packets import READY
from drills.stack.engines.asking import Ask
from drills.stack.engines.marked import HELPER_LABEL, Marked
from drills.stack.links import Delayed, Handling, Misled, queue_of
from drills.stack.runtime import DRILL_LABEL
from drills.wait import until

START_SECONDS = 20.0
_LIBRARY = "drill"
_ABOARD = "drills.stack.engines.aboard"
_MEMORY = 128 << 20  # bytes that one may have


def tools() -> str:
    """The name of the image."""
    return f"incident-drills/tools:{os.environ.get('DRILLS_IMAGE_TAG', 'latest')}"


class Attendants:
    """Starts them, and ends them by the mark of their fault."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._marked = Marked(ask)

    def start(
        self, network: str, handling: Handling, time_to_live: float, drill: str, mark: str
    ) -> None:
        """Have one take what the mark queues in that network mode; it does when this returns.

        Raises EngineError where there is no image for it, or it cannot take them.
        """
        line = [*_line(queue_of(mark), handling), f"{time_to_live:g}"]
        try:
            with self._ask("start a helper container", START_SECONDS) as client:
                made = client.create_container(**_created(client, network, line, drill, mark))
                helper = str(made["Id"])
                client.put_archive(helper, "/", _library())
                client.start(helper)
                until(
                    lambda: self._ready(client, helper),
                    awaited="the helper container takes packets",
                    within=START_SECONDS / 2,
                )
        except UnknownTarget as error:  # of the image or the helper, never of the container
            raise EngineError(missing_tools() if "image" in str(error) else str(error)) from error

    def runs(self, mark: str) -> bool:
        """Whether one of that mark runs."""
        return bool(self._marked.of(mark, running=True))

    def end(self, mark: str) -> None:
        """Remove all of that mark. Idempotent."""
        self._marked.remove(mark)

    def _ready(self, client: Any, helper: str) -> bool:
        said = bytes(client.logs(helper)).decode("utf-8", "replace").splitlines()
        if READY in said:
            return True
        state = client.inspect_container(helper)["State"]
        if state["Status"] == "exited":
            last = said[-1] if said else f"exit code {state['ExitCode']}"
            raise EngineError(f"the helper container takes no packets: {last}")
        return False


def missing_tools() -> str:
    """What to say where it is not there."""
    return (
        f"the image {tools()} is not there. Hint: `make setup` builds it, or in a copy of this "
        f"project: docker build --target tools -t {tools()} compose"
    )


def _line(queue: int, handling: Handling) -> Sequence[str]:
    match handling:
        case Delayed(seconds=seconds, jitter=jitter):
            return [delay.__name__, str(queue), f"{seconds:g}", f"{jitter:g}"]
        case Misled(name=name, what=what):
            return [names.__name__, str(queue), name, what]


def _created(
    client: Any, network: str, line: Sequence[str], drill: str, mark: str
) -> Mapping[str, Any]:
    return {
        "image": tools(),
        "entrypoint": ["python3", "-B", "-m", *line],
        "command": [],
        "user": "0",
        "environment": {"PYTHONPATH": f"/{_LIBRARY}"},
        "labels": {HELPER_LABEL: mark, **({DRILL_LABEL: drill} if drill else {})},
        "healthcheck": {"test": ["NONE"]},
        "host_config": client.create_host_config(
            network_mode=network,
            cap_drop=["ALL"],
            cap_add=["NET_ADMIN"],
            mem_limit=_MEMORY,
            pids_limit=16,
            security_opt=["no-new-privileges:true"],
            log_config={"type": "json-file", "config": {"max-size": "1m"}},
        ),
    }


def _library() -> bytes:
    """The programs, each in the folder of its package."""
    archived = io.BytesIO()
    folder = "/".join((_LIBRARY, *_ABOARD.split(".")))
    with tarfile.open(fileobj=archived, mode="w") as archive:
        for source in files(_ABOARD).iterdir():
            if source.name.endswith(".py"):
                content = source.read_bytes()
                file = tarfile.TarInfo(f"{folder}/{source.name}")
                file.mode, file.size = 0o444, len(content)
                archive.addfile(file, io.BytesIO(content))
    return archived.getvalue()
