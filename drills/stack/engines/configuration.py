"""The files that containers read from the drill's own copy of the configuration.

Nothing but what lies in the folder that the drill made for itself is ever opened to be changed, and
it is changed in place: a file that is mounted by itself would not be seen to be another one.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from drills.errors import EngineError, PlanError, near
from drills.stack.configuration import Held
from drills.stack.engines.asking import Ask

_KEPT = "kept"  # in the drill's folder: the files as they were, one for each mark
_MARK = re.compile(r"[\w.-]*\w[\w.-]*\Z", re.ASCII)


class DockerConfiguration:
    """See ``drills.stack.configuration.Configuration``. ``project`` is the drill's."""

    def __init__(self, ask: Ask, project: str) -> None:
        self._ask = ask
        self._folder = re.compile(rf"drills-{re.escape(project)}-[0-9a-f]{{16}}")

    def find(self, container_id: str, name: str) -> str:
        """Among what the container mounts: a path inside it, a file's name, "" for its ``.env``."""
        with self._ask("look for the files that a container mounts") as client:
            inspected = client.inspect_container(container_id)
        mounts, own = inspected["Mounts"], str(inspected["Name"]).removeprefix("/")
        known = {
            inside: path.resolve()
            for mount in mounts
            if mount["Type"] == "bind"
            for inside, path in _files(mount)
            if self._private(path)
        }
        wanted = [
            path
            for inside, path in known.items()
            if name in (inside, Path(inside).name) or (not name and inside.endswith(".env"))
        ]
        if len(set(wanted)) != 1:
            others = ", ".join(sorted(known)) or "it reads none"
            hint = near(name, known) if name else ""
            raise PlanError(
                f"expected one file of {own} in the drill's own copy of the "
                f"configuration ({others}), got {name or '*.env'!r}{hint}"
            )
        return str(wanted[0])

    def read(self, path: str) -> bytes:
        """All of it."""
        try:
            return self._own(path).read_bytes()
        except OSError as error:
            raise EngineError(f"{Path(path).name} cannot be read: {error.strerror}") from error

    def held(self, path: str, mark: str) -> Held | None:
        """None for one that is gone, as when the drill's folder is."""
        try:
            own = self._own(path)
            found = own.stat()
        except FileNotFoundError:
            return None
        kept = self._kept(own, mark)
        kept_ns = kept.stat().st_mtime_ns if kept.is_file() else 0
        return Held(_digest(own), found.st_mode & 0o7777, found.st_mtime_ns, kept_ns)

    def change(self, path: str, mark: str, content: bytes | None, mode: int | None) -> None:
        """Keep it as it is under the mark, then change it."""
        try:
            own = self._own(path)
            self._keep(own, mark)
            if content is not None:
                _write(own, content)
            if mode is not None:
                own.chmod(mode)
        except OSError as error:
            raise EngineError(f"{Path(path).name} is not to be changed: {error}") from error

    def put_back(self, path: str, mark: str, digest: str, mode: int) -> bool:
        """From the copy; one that was never kept was never changed, or it is an error."""
        now = self.held(path, mark)
        if now is None or (now.digest, now.mode) == (digest, mode):
            return False
        own = self._own(path)
        kept = self._kept(own, mark)
        try:
            own.chmod(mode | 0o600)
            if _digest(own) != digest:
                if not kept.is_file() or _digest(kept) != digest:
                    raise EngineError(f"the copy {kept} is not what {own.name} was")
                _write(own, kept.read_bytes())
            own.chmod(mode)
            os.utime(own, ns=(time.time_ns(),) * 2)
        except OSError as error:
            raise EngineError(f"{own.name} cannot be put back from {kept}: {error}") from error
        return True

    def _private(self, path: Path) -> Path | None:
        """The drill's own folder that it lies in, which must be this user's and no link."""
        resolved = path.resolve()
        for folder in resolved.parents:
            if self._folder.fullmatch(folder.name) and folder.stat().st_uid == os.geteuid():
                return folder
        return None

    def _own(self, path: str) -> Path:
        own = Path(path)
        if self._private(own) is None or own.resolve() != own:
            if not own.exists():
                raise FileNotFoundError(path)
            raise EngineError(f"{path} is not the drill's own copy of anything; left as it is")
        return own

    def _kept(self, own: Path, mark: str) -> Path:
        if not _MARK.match(mark):
            raise EngineError(f"expected the mark of an injection, got {mark!r}")
        private = self._private(own)
        assert private is not None
        return private / _KEPT / f"{mark}-{own.name}"

    def _keep(self, own: Path, mark: str) -> None:
        """A copy that nobody else may read, on the disk before anything is changed."""
        kept = self._kept(own, mark)
        kept.parent.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor
            file.write(own.read_bytes())
            file.flush()
            os.fsync(file.fileno())
        os.utime(kept, ns=(time.time_ns(),) * 2)


def _files(mount: dict[str, Any]) -> Iterator[tuple[str, Path]]:
    """The files of a mount: the path inside the container, and the one on this machine."""
    source, inside = Path(mount["Source"]), str(mount["Destination"])
    if source.is_dir():
        for path in sorted(source.iterdir()):
            if path.is_file():
                yield f"{inside.rstrip('/')}/{path.name}", path
    elif source.is_file():
        yield inside, source


def _write(own: Path, content: bytes) -> None:
    """In place, so that it stays the file that is mounted."""
    with own.open("r+b") as file:
        file.write(content)
        file.truncate()
        file.flush()
        os.fsync(file.fileno())


def _digest(path: Path) -> str:
    """SHA-256; "" of a file that we may not read, which is what was done to it."""
    if not os.access(path, os.R_OK):
        return ""
    return hashlib.sha256(path.read_bytes()).hexdigest()
