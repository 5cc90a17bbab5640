"""What a scenario's tags say to the runbook, and what they nearly say.

Teams tag as they like (``@slow``, ``@nightly``, ``@issue(42)``), so a tag that means nothing is
no mistake. One that almost means something is: a misspelt incident switches the response off.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from difflib import get_close_matches
from typing import NamedTuple

from drills.runbook.policy import level_of

NO_INCIDENT = "no-incident"  # says that nobody responds, and that no alert counts, on purpose
NO_RESPONSE = "no-response"  # says that no procedure is carried out: people do something, or nobody
ALIKE = 0.75  # from here on two names are taken for one, as difflib counts (1 is equal)
_MASKING = re.compile(r"xfail(?![\w-])")
# Marks that pytest acts on by itself, whatever a team means by them.
_PYTEST = frozenset({"skip", "skipif", "parametrize", "usefixtures", "filterwarnings"})
_SEVERITY = re.compile(r"(?:sev|severity)p?\d*|p\d+")


class TagProblem(NamedTuple):
    """A tag without its ``@``, or "" for the scenario as a whole, and what is wrong with it."""

    tag: str
    text: str


def tag_problems(
    tags: frozenset[str], incidents: Collection[str], levels: Collection[str]
) -> list[TagProblem]:
    """Everything that is wrong with the tags of one scenario.

    ``incidents`` are the manifest's, ``levels`` the severities of the runbook.
    """
    return [
        *masking_problems(tags),
        *_severity_problems(tags, levels),
        *_incident_problems(tags, incidents),
    ]


def masking_problems(tags: frozenset[str]) -> list[TagProblem]:
    """Each tag that would pass over what becomes of a drill: ``@xfail``, with or without values."""
    return [
        TagProblem(
            tag,
            f"@{tag} would turn a missed criterion, lost data or a failed undo into a pass: a "
            "drill's outcome is never passed over. Hint: @skip leaves it out, for all to see",
        )
        for tag in sorted(tags)
        if _MASKING.match(tag)
    ]


def unfit_for_incident(name: str, severities: Collection[str]) -> str:
    """Why no incident can be called so, as its name is a tag; "" where one can."""
    if name == NO_INCIDENT:
        return f"@{NO_INCIDENT} says that a drill is of none"
    if name == NO_RESPONSE:
        return f"@{NO_RESPONSE} says that no procedure is carried out in a drill"
    if level_of(name, severities) or _nearly_severity(name):
        return f"@{name} is read as a severity ({_listed(severities)})"
    if _MASKING.match(name) or name.partition("(")[0] in _PYTEST:
        return f"@{name} is a mark of pytest's own"
    if not name or re.search(r"[\s@]|^#", name):
        return f"no tag can be written that says {name!r}"
    return ""


def _nearly_severity(tag: str) -> bool:
    return _SEVERITY.fullmatch(_bare(tag)) is not None


def _number(tag: str) -> str:
    digits = re.findall(r"\d+", tag)
    return str(int(digits[0])) if digits else ""


def _bare(tag: str) -> str:
    return re.sub(r"[^a-z0-9]", "", tag.casefold())


def _severity_problems(tags: frozenset[str], known: Collection[str]) -> list[TagProblem]:
    levels = sorted({level for tag in tags if (level := level_of(tag, known))})
    found = []
    if len(levels) > 1:
        found.append(TagProblem("", f"expected one severity tag, got {', '.join(levels)}"))
    for tag in sorted(tags):
        if level_of(tag, known) or not _nearly_severity(tag):
            continue
        near = [level for level in known if _number(level) and _number(level) == _number(tag)]
        meant = f"@{near[0]}" if near else f"one of {_listed(known)}"
        found.append(TagProblem(tag, f"@{tag} is no severity, did you mean {meant}?"))
    return found


def _incident_problems(tags: frozenset[str], incidents: Collection[str]) -> list[TagProblem]:
    named = sorted(tags & set(incidents))
    if len(named) > 1:
        return [TagProblem("", f"expected one incident tag, got {', '.join(named)}")]
    if named and NO_INCIDENT in tags:
        text = f"expected an incident or none, got @{named[0]} beside @{NO_INCIDENT}"
        return [TagProblem(NO_INCIDENT, text)]
    if named or not incidents or NO_INCIDENT in tags:
        return []
    if near := [problem for tag in sorted(tags) if (problem := _near_miss(tag, incidents))]:
        return near
    text = (
        f"expected a tag that names the incident ({_listed(incidents)}), without one nobody "
        f"responds and no alert counts; @{NO_INCIDENT} says that this is meant"
    )
    return [TagProblem("", text)]


def _near_miss(tag: str, incidents: Collection[str]) -> TagProblem | None:
    known = {_folded(name): name for name in (*incidents, NO_INCIDENT)}
    found = get_close_matches(_folded(tag), known, n=1, cutoff=ALIKE)
    if not found:
        return None
    text = f"@{tag} is no incident of the manifest, did you mean @{known[found[0]]}?"
    return TagProblem(tag, text)


def _folded(name: str) -> str:
    return name.casefold().replace("_", "-")


def _listed(names: Collection[str]) -> str:
    return ", ".join(f"@{name}" for name in sorted(names))
