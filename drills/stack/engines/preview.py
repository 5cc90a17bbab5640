"""What a dry run can say of a compose file: compose is asked for it, and no engine."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from drills.errors import DrillError, EngineError
from drills.stack.engines.composed import VOLUME, Composed
from drills.stack.engines.engine import Engine
from drills.stack.engines.needs import fixed_names, permitted, writes
from drills.stack.engines.reach import reaching
from drills.stack.engines.source import Source
from drills.stack.engines.volumes import limit_of

PROJECT = "drill-id"  # stands for the name of a drill's project


@dataclass(frozen=True, slots=True)
class Preview:
    """What is wrong with the file for a drill, what a reader should know, and how much runs.

    ``services`` is how many instances of each there are, {} where that could not be found out, and
    ``images`` names theirs. ``volumes`` has for each the volumes of the drill's own that it mounts,
    by their names in the file, with the bytes that each is limited to, 0 where it is not.
    """

    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    services: Mapping[str, int] = field(default_factory=dict)
    images: tuple[str, ...] = ()
    volumes: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def preview(source: Source, *, allow_remote: bool = False) -> Preview:
    """Look at a compose file as a drill will run it. Never raises for what is wrong with it."""
    try:
        engine = Engine(allow_remote=allow_remote).address
    except EngineError as error:
        return Preview(problems=(str(error),))
    own = Path(tempfile.gettempdir(), f"drills-{PROJECT}-{secrets.token_hex(8)}")  # never made
    command = source.command(PROJECT, PROJECT, own / "config")
    try:
        composed = command.resolve()
        problems = tuple(source.problems(command, composed, own, engine))
    except EngineError as error:
        return Preview(notes=(f"not checked against {source.file.name}: {error}",))
    except DrillError as error:
        return Preview(problems=(str(error),))
    found = {name: service.instances for name, service in composed.services.items()}
    counts = {name: instances for name, instances in found.items() if instances}
    images = dict.fromkeys(each.image for each in composed.services.values() if each.image)
    notes = tuple(_notes(source, composed, own))
    return Preview(problems, notes, counts, tuple(images), _volumes(composed))


def _volumes(composed: Composed) -> Mapping[str, Mapping[str, int]]:
    found: dict[str, dict[str, int]] = {name: {} for name in composed.services}
    for service, mount in composed.mounts():
        volume = composed.volumes.get(mount.source) if mount.type == VOLUME else None
        if volume is not None and not volume.external:
            found[service][mount.source] = limit_of(volume.driver, volume.driver_opts)
    return found


def _notes(source: Source, composed: Composed, own: Path) -> Iterator[str]:
    running = sum(service.instances for service in composed.services.values())
    yield f"{source.file.name} as compose resolves it: {running} containers, free ports of the host"
    yield from permitted(writes(composed, own), source.writes_to, composed)
    for network in composed.networks.values():
        if network.external:
            yield f"joins the external network {network.name}, which has to be there"
    for volume in composed.volumes.values():
        if volume.external:
            yield f"uses the external volume {volume.name}, which has to be there"
    if source.own_names:
        yield from (f"{each} gets a name of the drill's own" for each in fixed_names(composed))
    else:
        yield from (f"{each}: nothing of that name may be there" for each in fixed_names(composed))
    yield from reaching(composed)
    yield from (f"compose warns: {warning}" for warning in composed.warnings)
