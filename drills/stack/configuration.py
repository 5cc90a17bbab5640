"""The drill's own copies of files that containers read; nobody else's are ever touched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Held:
    """A file as it is now: what it holds, who may read it, and when it was written last.

    ``digest`` is the SHA-256 of its bytes, ``mode`` its permissions. ``kept_ns`` is when the copy
    was made that puts it back, 0 where there is none. Both instants are on the wall clock, as the
    engine's dates of starts are.
    """

    digest: str
    mode: int
    written_ns: int
    kept_ns: int = 0


class Configuration(Protocol):
    """The configuration that one stack's containers read, as the drill has copied it for itself.

    Every method but ``find`` raises EngineError for a path that is not the drill's own.
    """

    def find(self, container_id: str, name: str) -> str:
        """The path of its own copy of a file: by its path inside, or name; "" for the one .env.

        Raises PlanError where there is none that the container mounts, with those there are.
        """

    def read(self, path: str) -> bytes:
        """All that it holds."""

    def held(self, path: str, mark: str) -> Held | None:
        """What it is now, and whether it was kept under this mark; None where it is gone."""

    def change(self, path: str, mark: str, content: bytes | None, mode: int | None) -> None:
        """Keep it under this mark, where nobody else reads it, then change content or mode.

        Raises EngineError also where the mark is there already.
        """

    def put_back(self, path: str, mark: str, digest: str, mode: int) -> bool:
        """Let it be what was kept; whether it was another. Nothing is done where it is gone.

        Raises EngineError where what was kept is not of this SHA-256.
        """
