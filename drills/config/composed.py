"""The compose file of a manifest, with what the manifest needs of it and lets a drill do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from drills.config.document import Manifest
from drills.config.finding import COMPOSE, compose_file_in, overrides_of
from drills.config.named import addresses_of, services_of
from drills.errors import PlanError
from drills.stack.engines.needs import Need
from drills.stack.engines.source import Source, environment_files

CONFIGURATION = "config"  # the folder of environment files, where a manifest names none


def source_of(manifest: Manifest, folder: Path) -> Source:
    """The compose file of a manifest that lies in ``folder``.

    A configuration that the manifest does not name and that has no environment file is none.
    """
    stack, file = manifest.stack, compose_file(manifest, folder)
    configuration: Path | None = folder / (stack.configuration or CONFIGURATION)
    named = stack.configuration is not None or edits_environment(manifest)
    if not named and len(environment_files(folder / CONFIGURATION)) != 1:
        configuration = None
    overrides = [folder / each for each in stack.overrides]
    return Source(
        file,
        configuration,
        overrides=overrides if stack.compose_file else overrides_of(file),
        profiles=stack.profiles,
        needs=tuple(needs_of(manifest)),
        writes_to=stack.writes_to,
        own_names=stack.own_names,
        receives=manifest.monitoring.webhook,
    )


def compose_file(manifest: Manifest, folder: Path) -> Path:
    """The compose file that a manifest names, counted from ``folder``, where it lies.

    Where it names none that is the one of compose's own names there, or else in the nearest folder
    above, as compose itself looks for it. Raises PlanError where there is none.
    """
    named = manifest.stack.compose_file
    return folder / named if named else compose_file_near(folder)


def compose_file_near(folder: Path) -> Path:
    """The compose file of one of compose's own names there, or in the nearest folder above.

    Raises PlanError where there is none.
    """
    for place in (folder, *folder.parents):
        if found := compose_file_in(place):
            return found
    raise PlanError(
        f"{folder}: expected a compose file there or above ({', '.join(COMPOSE)}), found none. "
        "Hint: compose_file under [stack] names it, counted from the folder of the manifest"
    )


def edits_environment(manifest: Manifest) -> bool:
    """Whether a procedure of the runbook edits the environment file."""
    steps = [step for incident in manifest.incidents.values() for step in incident.steps]
    return any(step.action == "point" for step in steps)


def needs_of(manifest: Manifest) -> Iterator[Need]:
    """Every service and published port that the manifest names."""
    where = manifest.where
    yield from (Need(where(path), service) for path, service in services_of(manifest))
    yield from (Need(where(("stack", "services", name)), name) for name in manifest.stack.services)
    yield from (Need(where(path), service, port) for path, service, port in addresses_of(manifest))
