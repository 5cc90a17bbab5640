"""Folders on volumes, on an engine that speaks Docker's API: renamed by a helper, all at once."""

from __future__ import annotations

import errno
import os

from drills.errors import EngineError, PlanError
from drills.stack.engines.asking import Ask
from drills.stack.engines.errand import AT_FDCWD, O_RDONLY, Call, Gave
from drills.stack.engines.volumes import DockerVolumes
from drills.stack.folders import Aside, Folder, beside
from drills.stack.runtime import Container

_NEVER_OVER = 1  # RENAME_NOREPLACE


class DockerFolders:
    """See ``drills.stack.folders.Folders``."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._volumes = DockerVolumes(ask)

    def kept(self, container: Container, path: str) -> Folder:
        """By the innermost of what it mounts. Raises PlanError where that is no volume."""
        with self._ask(f"look for what {container.name} mounts") as client:
            mounts = client.inspect_container(container.id)["Mounts"]
        roots = {str(one["Destination"]).rstrip("/") + "/": one for one in mounts}
        root = max((each for each in roots if f"{path}/".startswith(each)), key=len, default="")
        volume, below = roots.get(root, {}).get("Name", ""), path.removeprefix(root)
        if not volume or not below or path == root.rstrip("/"):
            where = f"at {root}" if root else "in its own layer"
            raise PlanError(
                f"expected {path} of {container.name} in a folder of a volume, it is {where}"
                + (", the root of one" if volume else "")
            )
        return Folder(volume, below)

    def set_aside(self, folder: Folder, mark: str) -> None:
        """Never over what is there. Raises EngineError where it is not there."""
        gave = self._rename(folder, folder.path, beside(folder.path, mark), mark)
        if gave is None or gave.value < 0:
            why = os.strerror(-gave.value) if gave else "there is no such volume"
            raise EngineError(f"set {folder.path} of {folder.volume} aside: {why}")

    def aside(self, folder: Folder, mark: str) -> Aside:
        """By opening both."""
        names = (beside(folder.path, mark), folder.path)
        gave = self._volumes.errand(
            folder.volume,
            lambda at: [Call("openat", (AT_FDCWD, f"{at}/{name}", O_RDONLY, 0)) for name in names],
            mark,
        )
        there, replaced = (one.value != -errno.ENOENT for one in gave) if gave else (False, False)
        return Aside(there, replaced)

    def put_back(self, folder: Folder, mark: str) -> None:
        """Never over what is there. Raises EngineError where the kernel refuses otherwise."""
        gave = self._rename(folder, beside(folder.path, mark), folder.path, mark)
        if gave is not None and gave.value not in (0, -errno.ENOENT, -errno.EEXIST):
            why = os.strerror(-gave.value)
            raise EngineError(f"put {folder.path} of {folder.volume} back: {why}")

    def _rename(self, folder: Folder, old: str, new: str, mark: str) -> Gave | None:
        def calls(at: str) -> list[Call]:
            words = (AT_FDCWD, f"{at}/{old}", AT_FDCWD, f"{at}/{new}", _NEVER_OVER)
            return [Call("renameat2", words)]

        gave = self._volumes.errand(folder.volume, calls, mark)
        return gave[0] if gave else None
