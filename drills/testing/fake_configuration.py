"""Configuration on paper: files that containers read when they start, and their kept copies."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from drills.clock import Clock
from drills.errors import EngineError, PlanError
from drills.stack.configuration import Held


@dataclass(slots=True)
class _File:
    content: bytes
    mode: int
    written_ns: int
    kept: dict[str, tuple[bytes, int, int]] = field(default_factory=dict)


class FakeConfiguration:
    """Files by their paths, which all containers mount. ``deaf`` has it say yes and do nothing."""

    def __init__(self, clock: Clock) -> None:
        self.deaf = False
        self._clock = clock
        self._files: dict[str, _File] = {}

    # What a test scripts

    def add(self, path: str, content: bytes, mode: int = 0o644) -> None:
        """A file of the drill's own."""
        self._files[path] = _File(content, mode, self._now_ns())

    def lose(self, path: str) -> None:
        """Somebody removes it."""
        del self._files[path]

    def overwrite(self, path: str, content: bytes) -> None:
        """Somebody else writes it, such as a procedure."""
        self._files[path].content = content
        self._files[path].written_ns = self._now_ns()

    @property
    def contents(self) -> Mapping[str, bytes]:
        """What every file holds now."""
        return {path: file.content for path, file in self._files.items()}

    # What a drill asks: see drills.stack.configuration.Configuration

    def find(self, container_id: str, name: str) -> str:
        """By the end of its path."""
        found = [path for path in self._files if path.endswith(name or ".env")]
        if len(found) != 1:
            known = ", ".join(self._files) or "it reads none"
            raise PlanError(f"expected one file of {container_id} ({known}), got {name!r}")
        return found[0]

    def read(self, path: str) -> bytes:
        """All of it."""
        return self._file(path).content

    def held(self, path: str, mark: str) -> Held | None:
        """None for one that was lost."""
        if path not in self._files:
            return None
        file = self._files[path]
        kept_ns = file.kept[mark][2] if mark in file.kept else 0
        return Held(_digest(file.content), file.mode, file.written_ns, kept_ns)

    def change(self, path: str, mark: str, content: bytes | None, mode: int | None) -> None:
        """Kept first."""
        file = self._file(path)
        if mark in file.kept:
            raise EngineError(f"{path} was kept under {mark} already")
        file.kept[mark] = (file.content, file.mode, self._now_ns())
        if not self.deaf:
            file.content = file.content if content is None else content
            file.mode = file.mode if mode is None else mode
            file.written_ns = self._now_ns()

    def put_back(self, path: str, mark: str, digest: str, mode: int) -> bool:
        """From what was kept."""
        now = self.held(path, mark)
        if now is None or (now.digest, now.mode) == (digest, mode):
            return False
        file = self._file(path)
        if mark not in file.kept or _digest(file.kept[mark][0]) != digest:
            raise EngineError(f"the copy of {path} is not what it was")
        if not self.deaf:
            file.content, file.mode, _ = file.kept[mark]
            file.written_ns = self._now_ns()
        return True

    def _file(self, path: str) -> _File:
        if path not in self._files:
            raise EngineError(f"{path} is not the drill's own copy of anything")
        return self._files[path]

    def _now_ns(self) -> int:
        now = self._clock.anchor()
        return round(now.date(now.monotonic_ns).timestamp() * 1_000_000) * 1000


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
