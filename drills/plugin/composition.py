"""The stack that a manifest composes: how it is brought up, and what a dry run can say of it.

What talks to engine and compose is imported only by who needs it: it is half of a second.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from drills.clock import Clock
from drills.config.document import Manifest
from drills.errors import PlanError
from drills.plugin.places import manifest_path
from drills.stack.runtime import Stack

if TYPE_CHECKING:
    from drills.stack.abilities import Ability
    from drills.stack.engines.preview import Preview

_PREVIEW: pytest.StashKey[Preview] = pytest.StashKey()
_LACKING: pytest.StashKey[dict[Ability, str]] = pytest.StashKey()


def composed_stack(
    manifest: Manifest,
    folder: Path,
    project: str,
    drill_id: str,
    clock: Clock,
    *,
    allow_remote: bool = False,
) -> Stack:
    """The stack of a manifest that lies in ``folder``; nothing of it is created yet."""
    from drills.config.composed import needs_of, source_of

    if attached := manifest.stack.attach:
        from drills.stack.engines.attached import AttachedStack

        return AttachedStack(
            *(attached, project, drill_id, clock),
            services=manifest.blast_radius.services,
            needs=tuple(needs_of(manifest)),
            allow_remote=allow_remote,
        )
    from drills.stack.engines.compose import ComposeStack

    source = source_of(manifest, folder)
    return ComposeStack(source, project, drill_id, clock, allow_remote=allow_remote)


def previewed(config: pytest.Config, manifest: Manifest, folder: Path) -> Preview:
    """What compose makes of the manifest's file, asked once in a run.

    Nothing is known of the stack that a conftest brings.
    """
    from drills.config.composed import source_of
    from drills.stack.engines.preview import Preview, preview

    if len(config.hook.pytest_drills_stack.get_hookimpls()) > 1:
        return Preview(notes=("not looked at: a conftest brings a stack of its own",))
    if _PREVIEW not in config.stash:
        try:
            config.stash[_PREVIEW] = (
                _visited(config, manifest)
                if manifest.stack.attach
                else preview(
                    source_of(manifest, folder), allow_remote=config.getoption("drill_remote")
                )
            )
        except PlanError as error:  # there is no compose file
            config.stash[_PREVIEW] = Preview(problems=(str(error),))
    return config.stash[_PREVIEW]


def _visited(config: pytest.Config, manifest: Manifest) -> Preview:
    from drills.config.composed import needs_of
    from drills.lifecycle.detecting import NO_PLACE
    from drills.stack.engines.attached import preview_attached

    remote = config.getoption("drill_remote")
    services, needs = manifest.blast_radius.services, tuple(needs_of(manifest))
    seen = preview_attached(manifest.stack.attach, services, needs, allow_remote=remote)
    no_place = () if manifest.monitoring.webhook is None else (NO_PLACE,)
    return replace(seen, problems=(*seen.problems, *no_place))


def as_composed(config: pytest.Config, manifest: Manifest) -> Manifest:
    """The manifest, with what compose makes of its file where it says nothing of the services.

    A dry run takes compose's word in any case. What is named and is not there is for others to say.
    """
    if manifest.stack.services and not config.getoption("drill_dry_run"):
        return manifest
    services = previewed(config, manifest, manifest_path(config).resolve().parent).services
    with suppress(PlanError):
        return manifest.with_services(services) if services else manifest
    return manifest


def lacking_here(config: pytest.Config, seen: Preview, ability: Ability) -> str:
    """Why the machine is not able to, "" where it is; tried once in a run.

    Not tried for a stack that a conftest brings: it may need no engine at all.
    """
    from drills.stack.engines.abilities import lacking_beside

    known = config.stash.setdefault(_LACKING, {})
    if ability not in known and len(config.hook.pytest_drills_stack.get_hookimpls()) > 1:
        known[ability] = ""
    if ability not in known:
        remote = config.getoption("drill_remote")
        known[ability] = lacking_beside(seen.images, ability, allow_remote=remote)
    return known[ability]
