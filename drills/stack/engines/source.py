"""A team's compose file, with what is needed of it and what it lets a drill do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from drills.stack.engines.address import Address
from drills.stack.engines.compose_command import ComposeCommand
from drills.stack.engines.composed import Composed
from drills.stack.engines.elsewhere import elsewhere, places
from drills.stack.engines.needs import (
    Need,
    joined,
    misplaced,
    missing_sources,
    refused,
    unmet,
    writes,
)
from drills.stack.engines.received import unreceived
from drills.stack.inbox import Reception

# Where the drill's copy of the configuration is; the second is what earlier versions called it, and
# compose files of teams still do.
CONFIG_DIR = ("DRILL_CONFIG_DIR", "ERP_CONFIG_DIR")


@dataclass(frozen=True, slots=True)
class Source:
    """A compose file as a team has it.

    - ``configuration`` is the folder of the applications' configuration, where the team has one;
      one of its files ends in ``.env``. A stack gets a copy as DRILL_CONFIG_DIR, to be edited.
    - ``overrides`` are files that compose merges over it.
    - ``environment`` fills the file's variables, before the environment of this process and the
      ``.env`` beside the file; ``profiles`` are those that are active.
    - ``needs`` are the services and ports that a drill is going to ask for.
    - ``writes_to`` are paths (from the file's folder) and external volumes that may be written to.
    - ``own_names``: what has a fixed name in the file gets one of the drill's own.
    - ``receives`` is where an inbox of the drill's will stand, where there is to be one.
    """

    file: Path
    configuration: Path | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    profiles: Sequence[str] = ()
    needs: Sequence[Need] = ()
    writes_to: Sequence[str] = ()
    own_names: bool = False
    receives: Reception | None = None
    overrides: Sequence[Path] = ()

    def command(
        self,
        project: str,
        drill_id: str,
        configuration: Path,
        asks: Callable[[], Mapping[str, str]] = dict,
    ) -> ComposeCommand:
        """Compose, for this file under a drill's project; nothing is asked yet.

        ``asks`` as for ``ComposeCommand``.
        """
        copy = dict.fromkeys(CONFIG_DIR, str(configuration))
        more = {"DRILL_ID": drill_id, **copy}
        file = self.file.resolve()
        environment, over = (
            {**self.environment, **more},
            [each.resolve() for each in self.overrides],
        )
        return ComposeCommand(file, project, environment, self.profiles, over, asks)

    def problems(
        self, command: ComposeCommand, composed: Composed, own: Path, engine: Address
    ) -> Iterator[str]:
        """Everything that keeps a drill from being run as written, as far as the files tell.

        ``own`` is the drill's own folder, ``engine`` says where it would be run.
        """
        named = {need.service for need in self.needs}
        inactive = {} if named <= composed.services.keys() else command.inactive()
        yield from unmet(composed, self.needs, inactive)
        yield from joined(composed)
        if self.receives is not None:
            yield from unreceived(composed, self.receives)
        yield from misplaced(composed)
        into = writes(composed, own)
        if engine.remote:
            yield from elsewhere(composed, self.needs, engine, own)
            into = [each for each in into if each.place not in places(composed)]
        else:
            yield from missing_sources(composed, own, self.writes_to)
        yield from refused(into, self.writes_to, composed)
        yield from self._of_configuration()

    def _of_configuration(self) -> Iterator[str]:
        if self.configuration is None:
            return
        if not self.configuration.is_dir():
            yield f"stack.configuration: expected a folder, found none: {self.configuration}"
            return
        found = environment_files(self.configuration)
        if len(found) != 1:
            names = ", ".join(path.name for path in found) or "none"
            where = f"stack.configuration: expected one .env file in {self.configuration}"
            yield f"{where}, got {names}"


def environment_files(folder: Path) -> list[Path]:
    """The files that end in .env there; "" before the dot too."""
    return sorted(path for path in folder.glob("*.env") if path.is_file())
