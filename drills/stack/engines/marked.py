"""The helper containers of one fault, found by its mark, and their end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from drills.errors import DrillError
from drills.stack.engines.asking import Ask

HELPER_LABEL = "incident-drills.injection"  # what a helper carries, with the injection's id
END_SECONDS = 20.0


class Marked:
    """The helpers by their mark."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def of(self, mark: str, *, running: bool = False) -> Sequence[str]:
        """The ids of all, or of those that run."""
        filters = {"label": f"{HELPER_LABEL}={mark}"}
        with self._ask("look for helper containers") as client:
            return [row["Id"] for row in client.containers(all=not running, filters=filters)]

    def remove(self, mark: str) -> None:
        """Remove all. Idempotent."""
        for helper in self.of(mark):
            with _on_its_way(), self._ask("remove a helper container", END_SECONDS) as client:
                client.remove_container(helper, force=True, v=True)


@contextmanager
def _on_its_way() -> Iterator[None]:
    """A helper that removes itself at this very moment is as good as removed."""
    try:
        yield
    except DrillError as error:
        if "is already in progress" not in str(error) and "No such container" not in str(error):
            raise
