"""The door to the engine, as what stands behind it is handed it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, Protocol


class Ask(Protocol):
    """The door to the engine: a connection to it for one question, its errors made ours."""

    def __call__(self, question: str, seconds: float = ...) -> AbstractContextManager[Any]:
        """Ask it, its answers bounded by ``seconds``."""
