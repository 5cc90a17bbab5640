"""An errand beside a container: in its network, or with one volume, by a helper that ends at once.

The helper is made of an image that is there anyway, of which it needs nothing. It has no network of
its own, and no capability but those that the errand is given.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from drills.errors import EngineError, UnknownTarget
from drills.stack.engines.asking import Ask
from drills.stack.engines.errand import ANSWER, Call, Gave, errand, told
from drills.stack.engines.lend import packed
from drills.stack.engines.marked import HELPER_LABEL
from drills.stack.engines.program import keeper
from drills.stack.runtime import DRILL_LABEL, Container

ERRAND_SECONDS = 20.0
_PROGRAM = "drill-errand"


@dataclass(frozen=True, slots=True)
class Where:
    """Where an errand is run.

    ``network`` and ``pid`` are the engine's words for whose network and processes it shares,
    ``mounts`` gives the path of each volume, ``folders`` of each folder of the engine's host, which
    has to be there.
    """

    image: str
    capabilities: tuple[str, ...] = ()
    network: str = "none"
    mounts: Mapping[str, str] = field(default_factory=dict)
    pid: str = ""
    folders: Mapping[str, str] = field(default_factory=dict)


def drill_of(inspected: Mapping[str, Any]) -> str:
    """Whose a container is, "" where nobody's."""
    return str((inspected["Config"]["Labels"] or {}).get(DRILL_LABEL, ""))


class Beside:
    """Runs errands in helper containers, and holds one that does nothing."""

    def __init__(self, ask: Ask) -> None:
        self.ask = ask

    def run(self, where: Where, calls: Sequence[Call], drill: str, mark: str) -> list[Gave]:
        """What each call gave. Raises EngineError, also where a helper or image is gone."""
        try:
            with self.ask("run a helper container", ERRAND_SECONDS) as client:
                program = errand(str(client.version()["Arch"]), calls)
                helper = str(client.create_container(**_created(client, where, drill, mark))["Id"])
                try:
                    client.put_archive(helper, "/", packed(_PROGRAM, program))
                    client.start(helper)
                    code = client.wait(helper, timeout=ERRAND_SECONDS)["StatusCode"]
                    if code != 0:
                        raise EngineError(f"the helper container ended with {code}")
                    return told(calls, _read(client.get_archive(helper, ANSWER)[0]))
                finally:
                    client.remove_container(helper, force=True, v=True)
        except UnknownTarget as error:  # of the helper or its image, never of the container
            raise EngineError(str(error)) from error

    @contextmanager
    def held(self, image: str, drill: str, mark: str) -> Iterator[Container]:
        """A helper container that sleeps under an init of the engine's until the block is left."""
        with self.ask("run a helper container", ERRAND_SECONDS) as client:
            words = _created(client, Where(image), drill, mark)
            words["host_config"] = {**words["host_config"], "Init": True}
            helper = str(client.create_container(**words)["Id"])
        try:
            with self.ask("run a helper container", ERRAND_SECONDS) as client:
                program = keeper(str(client.version()["Arch"]), ERRAND_SECONDS)
                client.put_archive(helper, "/", packed(_PROGRAM, program))
                client.start(helper)
            yield Container(helper, f"the helper {helper[:12]}", "")
        finally:
            with self.ask("remove a helper container", ERRAND_SECONDS) as client:
                client.remove_container(helper, force=True, v=True)


class Inspected:
    """A container as the engine knows it, and whether it still runs when an errand failed."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def of(self, container: Container) -> dict[str, Any]:
        """All that the engine says. Raises UnknownTarget where it is gone."""
        with self._ask(f"inspect {container.name}") as client:
            inspected: dict[str, Any] = client.inspect_container(container.id)
            return inspected

    def ended(self, container: Container) -> bool:
        """Whether it surely does not run. Raises UnknownTarget where it is gone."""
        return not self.of(container)["State"]["Running"]


def _created(client: Any, where: Where, drill: str, mark: str) -> dict[str, Any]:
    return {
        "image": where.image,
        "entrypoint": [f"/{_PROGRAM}"],
        "command": [],
        "user": "0",
        "labels": {HELPER_LABEL: mark, **({DRILL_LABEL: drill} if drill else {})},
        "healthcheck": {"test": ["NONE"]},
        "host_config": client.create_host_config(
            network_mode=where.network,
            pid_mode=where.pid or None,
            binds=[f"{volume}:{path}:nocopy" for volume, path in where.mounts.items()],
            mounts=[
                {"Type": "bind", "Source": folder, "Target": path}  # which is never made
                for folder, path in where.folders.items()
            ],
            cap_drop=["ALL"],
            cap_add=list(where.capabilities),
            security_opt=["no-new-privileges:true"],
            log_config={"type": "none", "config": {}},
        ),
    }


def _read(pieces: Iterable[bytes]) -> bytes:
    """The one file of an archive."""
    with tarfile.open(fileobj=io.BytesIO(b"".join(pieces))) as archive:
        for member in archive:
            if (file := archive.extractfile(member)) is not None:
                return file.read()
    raise EngineError("a helper container left no answer")
