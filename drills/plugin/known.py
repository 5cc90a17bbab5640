"""What is known of a scenario's drill before it begins: its manifest, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from drills.config.document import Manifest, load
from drills.errors import PlanError
from drills.judgement.subjects import Known
from drills.lifecycle.plan import aimed, criteria_problems, known_of, subjects_of
from drills.plugin.gherkin import ScenarioInfo, aims_of, declared_by, scenario_of, steps_of
from drills.plugin.gherkin.definitions import asked_of, fixture_function
from drills.plugin.places import manifest_path
from drills.runbook.tagged import TagProblem, masking_problems, tag_problems

FIXTURES = "drills.plugin"  # the module whose ``manifest`` fixture is ours
_READ: pytest.StashKey[dict[Path, Manifest | None]] = pytest.StashKey()


def subjects_known(item: pytest.Item) -> Known:
    """What a criterion of this scenario may be narrowed to; nothing where that is not known yet."""
    info, manifest = scenario_of(item), _manifest_of(item)
    return _known(info, manifest) if info and manifest else {}


def _known(info: ScenarioInfo, manifest: Manifest) -> Known:
    """What there is for a scenario; of tags that name several incidents, another guard tells."""
    with suppress(PlanError):
        incident = manifest.incident(info.tags)[1]
        return known_of(manifest, incident, manifest.severity(info.tags))
    return subjects_of(manifest)


def misread_tags(item: pytest.Item) -> list[TagProblem]:
    """What is wrong with the tags of a scenario that drills, as far as the manifest is known yet.

    One that a project's own ``manifest`` fixture makes is known when the drill begins.
    """
    info, known = scenario_of(item), _manifest_of(item)
    if info is None or "drill" not in asked_of(item):
        return []
    if known is None:
        return masking_problems(info.tags)
    return tag_problems(info.tags, known.incidents, known.runbook.severities)


def _manifest_of(item: pytest.Item) -> Manifest | None:
    """The manifest of a scenario that drills; None where nobody knows it before the drill begins.

    One that cannot be read is told by each drill.
    """
    ours = getattr(fixture_function(item, "manifest"), "__module__", "") == FIXTURES
    return _loaded(item.config) if ours and "drill" in asked_of(item) else None


def _loaded(config: pytest.Config) -> Manifest | None:
    """The manifest, read once for all the sentences that a run collects; None of one that fails."""
    read = config.stash.setdefault(_READ, {})
    with suppress(PlanError):
        path = manifest_path(config)
        if path not in read:
            read[path] = None
            read[path] = load(path)
        return read[path]
    return None


def check(item: pytest.Item, info: ScenarioInfo, manifest: Manifest) -> None:
    """Raise PlanError where a scenario's tags, criteria or faults name what is not there.

    What faults aim at is left to a dry run, which tells it beside all else that is wrong.
    """
    levels, path = manifest.runbook.severities, info.feature_path
    tags = tag_problems(info.tags, manifest.incidents, levels)
    problems = [f"{path}:{info.line}: {problem.text}" for problem in tags]
    lines = {step.text: step.line for step in steps_of(item)}
    known = _known(info, manifest)
    for each in declared_by(item):
        place = f"{path}:{lines.get(each.sentence, info.line)}"
        problems += [f"{place}: {said}" for said in criteria_problems([each], known, manifest)]
    if not item.config.getoption("drill_dry_run"):
        problems += _misaimed(item, path, manifest)
    if problems:
        raise PlanError("\n".join(problems))


def _misaimed(item: pytest.Item, path: str, manifest: Manifest) -> Iterator[str]:
    """What faults aim at and is not there: told before a stack is brought up for it."""
    for line, fault, target in aims_of(item):
        try:
            aimed(manifest, fault, target)
        except PlanError as error:
            yield f"{path}:{line}: {error}"
