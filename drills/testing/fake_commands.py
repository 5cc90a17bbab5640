"""Commands on paper: what a ``FakeRuntime`` was told that they answer, within the same bounds."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from drills.errors import EngineError
from drills.stack.commands import Printed
from drills.stack.runtime import Container, Executed
from drills.testing.host import Host


class FakeCommands:
    """Runs what a ``FakeRuntime`` answers: all that it says is output, or errors if it failed."""

    def __init__(self, execute: Callable[[Container, Sequence[str]], Executed]) -> None:
        self._execute = execute

    def printed(
        self, container: Container, argv: Sequence[str], *, within: float, most: int
    ) -> Printed:
        """What was scripted; it takes no time."""
        assert within > 0
        done = self._execute(container, argv)
        if len(done.output) > most:
            raise EngineError(
                f"run {argv[0]} in {container.name}: it prints more than {most} bytes"
            )
        if done.exit_code:
            return Printed(done.exit_code, b"", done.output)
        return Printed(0, done.output)


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
