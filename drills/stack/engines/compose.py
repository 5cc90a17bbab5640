"""A stack from a compose file, under a project of its own, beside whatever else runs."""

from __future__ import annotations

import re
import secrets
import shutil
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from drills.clock import Clock
from drills.errors import EngineError, PlanError, StackError
from drills.stack.console import Console
from drills.stack.drivers import Drivers
from drills.stack.engines.composed import Composed, environments, read
from drills.stack.engines.console.operator import Operator, console, doors_of
from drills.stack.engines.console.words import Place
from drills.stack.engines.docker import DockerRuntime
from drills.stack.engines.engine import Engine
from drills.stack.engines.inbox import DockerInbox, receive
from drills.stack.engines.isolation import isolated
from drills.stack.engines.neighbours import Neighbours
from drills.stack.engines.private import forget
from drills.stack.engines.received import standing
from drills.stack.engines.source import Source, environment_files
from drills.stack.engines.sweep import sweep
from drills.stack.engines.uninterrupted import Uninterrupted
from drills.stack.engines.versions import versions_of
from drills.stack.inbox import Reception
from drills.stack.runtime import Runtime

DOWN_SECONDS = 60.0
_LOOKS_AFTER_A_CUT = 5
_PROJECT = re.compile(r"[a-z0-9][a-z0-9_-]*\Z")
EMPTY_ENVIRONMENT = "stack.env"  # of a stack whose applications have none


class ComposeStack:
    """The services of one compose file under a project of their own.

    See ``drills.stack.runtime.Stack``.

    They are run from what compose makes of the file, changed so that nothing collides with what
    runs beside it and everything that is created carries ``drill_id`` as a label. ``drill_id`` is
    DRILL_ID in the file too, and a private copy of the configuration is DRILL_CONFIG_DIR.
    """

    def __init__(
        self,
        source: Source,
        project: str,
        drill_id: str,
        clock: Clock,
        *,
        allow_remote: bool = False,
    ) -> None:
        if not _PROJECT.match(project):
            raise StackError(f"expected a project of a-z, 0-9, - and _, got {project!r}")
        self.project, self.attached = project, ""
        self._source = source
        self._drill_id = drill_id
        self._clock = clock
        self._engine = Engine(allow_remote=allow_remote)
        self.engine = str(self._engine.address)
        self.database = Drivers()
        # Named before it is made: whenever Ctrl-C comes, down() knows what to remove.
        self._private = Path(tempfile.gettempdir(), f"drills-{project}-{secrets.token_hex(8)}")
        self._compose = source.command(
            *(project, drill_id, self._configuration), lambda: self._engine.environment
        )
        self._composed: Composed | None = None
        self._as_run: Composed | None = None  # the same as the drill runs it
        self._coming_up: Uninterrupted | None = None
        self._scaling: Uninterrupted | None = None
        self._deciding = threading.Lock()  # whether it is scaled or taken down
        self._leaving = False
        self._complete = True  # nothing was begun that could still go on

    def up(self) -> Runtime:
        """Create and start everything; whether it is ready is for others to ask.

        Nothing is pulled or built. Raises PlanError, before anything is created, with everything
        that keeps this stack from being run as written or collides with what is there already;
        StackError with the last lines of what compose said. The caller calls ``down`` afterwards
        whatever happens, also after a KeyboardInterrupt.
        """
        self._compose.resume()
        self._leaving = False
        self._coming_up = Uninterrupted(self._create, cancel=self._compose.cancel)
        self._coming_up.run()
        return DockerRuntime(self.project, self._clock, engine=self._engine)

    def problems(self) -> list[str]:
        """Everything that keeps it from being brought up now, a line each; nothing is created.

        Raises PlanError where compose refuses the file, EngineError where nobody can be asked.
        """
        composed = self._compose.resolve()
        return list(self._problems(composed, self._own(composed)[1]))

    def scale(self, service: str, instances: int) -> None:
        """Have so many instances of a service run. See ``Stack.scale``.

        They come from the drill's own compose file, so they carry its label as all others do. Also
        raises StackError where it is not up, or is being taken down.
        """
        with self._deciding:
            if self._composed is None or self._leaving:
                raise StackError(f"expected a stack that is up, to scale {service}")
            self._complete = False
            scaling = self._scaling = Uninterrupted(
                lambda: self._compose.scale(self._file, service, instances),
                cancel=self._compose.cancel,
            )
        scaling.run()
        self._complete = True

    def console(self, runtime: Runtime, time_to_live: float) -> AbstractContextManager[Console]:
        """An operator's console beside it. See ``drills.stack.console.Operated``.

        Also raises StackError before ``up``.
        """
        if self._composed is None:
            raise StackError("expected a stack that is up, to stand beside it")
        team = self._composed.file
        place = Place(
            *(self.project, team, self._file, self._compose.line(self._file)),
            docker=("docker",),
            there=lambda name: (team.parent / name).exists(),
        )
        operator = Operator(runtime, place, self._compose.environment)
        doors = doors_of(self._composed)
        return console(self._engine, operator, doors, self._drill_id, self.project, time_to_live)

    def receive(self, reception: Reception, time_to_live: float) -> DockerInbox:
        """An inbox in its networks. See ``drills.stack.inbox.Receiving``."""
        if (own := self._as_run) is None:
            raise StackError("expected a stack that is up, to stand in its network")
        networks = [own.networks[key].name for key in standing(own, reception)]
        return receive(
            *(self._engine, reception, networks, self._drill_id, self.project, time_to_live)
        )

    def down(self) -> None:
        """Remove every container, network, volume and file that it made. See ``Stack.down``.

        A KeyboardInterrupt meanwhile is raised when all is gone.
        """
        Uninterrupted(self._remove).run()

    def environment_file(self) -> Path:
        """The environment file in the stack's private configuration, there from ``up`` to ``down``.

        Raises StackError when there is not exactly one.
        """
        found = environment_files(self._configuration)
        if len(found) != 1:
            raise StackError(
                f"expected one .env file in the stack's copy of {self._source.configuration}, "
                f"got {[path.name for path in found]}. Hint: it is there from up() to down()."
            )
        return found[0]

    def environments(self) -> Mapping[str, Mapping[str, str]]:
        """Each service's environment as compose resolves it; under "" what its secrets hold.

        Raises StackError before ``up``.
        """
        if self._composed is None:
            raise StackError("the environments are known from up() on")
        held = [each.environment for each in self._composed.secrets.values() if each.environment]
        named = self._compose.variables(held, self._private / "variables.json") if held else {}
        return environments(self._composed, {**self._compose.environment, **named})

    def describe(self) -> Mapping[str, str]:
        """Versions of ``engine`` and ``compose``, ``target``, and the id of ``image:<service>``."""
        return {**versions_of(self._engine, self.project), "compose": self._compose.version()}

    @property
    def _configuration(self) -> Path:
        return self._private / "config"

    @property
    def _file(self) -> Path:
        """The drill's own compose file."""
        return self._private / "compose.json"

    def _create(self) -> None:
        """Runs where no signal reaches."""
        self._composed = composed = self._compose.resolve()
        text, self._as_run = self._own(composed)
        own = self._as_run
        if problems := list(self._problems(composed, own)):
            raise PlanError("\n- ".join(["the stack cannot be run as written:", *problems]))
        self._complete = False
        self._copy_configuration()
        self._compose.up(self._written(text))
        if others := Neighbours(self._engine).not_made_by(self._drill_id, own):
            raise StackError(
                f"{self.project} was about to use what somebody else made meanwhile, so it is "
                f"taken down: {', '.join(others)}"
            )
        self._complete = True

    def _own(self, composed: Composed) -> tuple[str, Composed]:
        """The drill's own compose file, as text and as values."""
        text = isolated(
            composed, self._drill_id, self._images(composed), own_names=self._source.own_names
        )
        return text, read(text.encode(), composed.file)

    def _images(self, composed: Composed) -> Mapping[str, str]:
        """What the team's own project calls the images that have no name of their own."""
        built = composed.built()
        if not built:
            return {}
        team = self._compose.as_the_teams_own().name
        return {service: f"{team}-{service}" for service in built}

    def _problems(self, composed: Composed, own: Composed) -> Iterator[str]:
        where = self._engine.address
        yield from self._source.problems(self._compose, composed, self._private, where)
        built = {name for name, service in composed.services.items() if service.build}
        yield from Neighbours(self._engine).problems(own, built)

    def _copy_configuration(self) -> None:
        try:
            self._private.mkdir(mode=0o700, exist_ok=True)
            if self._source.configuration is None:
                self._configuration.mkdir(exist_ok=True)
                (self._configuration / EMPTY_ENVIRONMENT).touch()
            elif not self._configuration.exists():
                shutil.copytree(self._source.configuration, self._configuration)
            # Containers have users of their own; the directory above keeps this host's others out.
            self._configuration.chmod(0o755)
        except OSError as error:
            raise StackError(f"the configuration cannot be copied: {error}") from error

    def _written(self, text: str) -> Path:
        try:
            self._file.write_text(text, "utf-8")
        except OSError as error:
            raise StackError(f"the drill's own compose file cannot be written: {error}") from error
        return self._file

    def _remove(self) -> None:
        """Runs where no signal reaches."""
        with self._deciding:  # whoever wants to scale it now comes too late
            self._leaving = True
        for begun in filter(None, (self._coming_up, self._scaling)):
            begun.finish()
        self._compose.resume()
        try:
            looks = 1 if self._complete else _LOOKS_AFTER_A_CUT
            sweep(self._engine, self._drill_id, self._clock, looks=looks, within=DOWN_SECONDS)
        except BaseException as error:
            if isinstance(error, EngineError) and not self._engine.answered:
                forget(self._private)
                return  # compose is only run on an engine that answered: nothing was made
            shutil.rmtree(self._private, ignore_errors=True)
            raise
        forget(self._private)
