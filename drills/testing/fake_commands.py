"""Commands on paper: what a ``FakeRuntime`` was told that they answer, within the same bounds."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from drills.errors import EngineError, UnknownTarget
from drills.stack.commands import KEPT, NotStarted, OutOfTime, Printed
from drills.stack.runtime import Container, Executed
from drills.testing.host import Host


class FakeCommands:
    """Runs what a ``FakeRuntime`` answers: all that it says is output, or errors if it failed."""

    def __init__(self, execute: Callable[[Container, Sequence[str], str], Executed]) -> None:
        self._execute = execute

    def run(
        self,
        container: Container,
        argv: Sequence[str],
        *,
        within: float,
        most: int = KEPT,
        user: str = "",
    ) -> Printed:
        """What was scripted; it takes no time, but where the answer raises OutOfTime."""
        assert within > 0
        try:
            done = self._execute(container, argv, user)
        except OutOfTime:
            raise
        except (EngineError, UnknownTarget) as error:
            raise NotStarted(str(error)) from error
        kept, cut = done.output[:most], len(done.output) > most
        if done.exit_code:
            return Printed(done.exit_code, b"", kept, cut)
        return Printed(0, kept, b"", cut)


class FakeList:
    """A store on paper, that a client's command in its container is asked for: ids, one a line.

    ``lines`` is what it holds, in order. ``fails`` is what its client says in place of that, with
    another exit code than 0, until it is "" again.
    """

    def __init__(self, runtime: Host, *argv: str) -> None:
        self.lines: list[str] = []
        self.fails = ""
        runtime.answer(*argv, with_=self._answer)

    def _answer(self, _container: Container, _line: tuple[str, ...]) -> Executed:
        if self.fails:
            return Executed(1, self.fails.encode())
        return Executed(0, "".join(f"{line}\n" for line in self.lines).encode())
