"""How patient a drill is, and who responds. Durations in seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from drills.config.renamed import NOTIFY, said
from drills.errors import PlanError, near
from drills.runbook.incident import Incident
from drills.units import parse_count, parse_duration

REQUESTS = 20  # of fewer that all went well, one in seven may fail unseen
# What becomes of a drill where one of these is nought.
_AT_NOUGHT = {
    "patience": "nothing would be waited for",
    "hold": "what was well for an instant would count as steady",
    "requests": "a fault that met nobody would count as survived",
    "ready_within": "no stack is ready at once",
    "steady_within": "no stack is steady at once",
    "undo_within": "nothing is undone at once",
    "people": "nobody would be waited for",
    "stop_after": "every drill would end as it begins",
}

# The settings that bound something, with the option that gives each.
BOUNDS: Mapping[str, str] = {
    "patience": "--drill-patience",
    "hold": "--drill-hold",
    "requests": "--drill-requests",
    "ready_within": "--drill-ready",
    "stop_after": "--drill-stop-after",
    "people": "--drill-people",
}


def variable_of(option: str) -> str:
    """The variable of the environment that stands for an option: DRILL_PATIENCE."""
    return option.removeprefix("--").replace("-", "_").upper()


def bounds_of(
    given: Mapping[str, str | None], environment: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, str]]:
    """The settings that options and else variables give, and which of these each comes from.

    ``given`` has the options' texts by setting, None where one is not there. Raises PlanError with
    every one that bounds nothing.
    """
    bounds: dict[str, Any] = {}
    sources: dict[str, str] = {}
    problems = []
    for name, option in BOUNDS.items():
        text, source = given.get(name), option
        if text is None:
            source = variable_of(option)
            text = environment.get(source)
        if text is None or (name == "stop_after" and not text):
            continue
        try:
            bounds[name], sources[name] = _bound(name, text), source
        except PlanError as error:
            problems.append(f"{source}: {error}")
    if problems:
        raise PlanError("\n".join(problems))
    return bounds, sources


def _bound(name: str, text: str) -> float:
    value = parse_count(text) if name == "requests" else parse_duration(text)
    if problem := nothing_proven(name, value, text):
        raise PlanError(problem)
    return value


@dataclass(frozen=True, slots=True)
class Settings:
    """What the command line decides.

    ``patience`` bounds every wait of a judgement: what was not seen by then is inconclusive while
    its limit has not passed. ``hold`` is the window in which all must be well to count as steady.
    ``unlabelled`` names containers or services that a fault may hit without the drill's label.
    ``requests`` must be due while a fault is in effect, or it proves nothing.
    ``people`` is how long they are waited for in each step that only they can do, None for not at
    all. ``stop_after`` is how long the drill may take, where that is not left to the manifest.
    ``notify``: messages to people are sent, where targets are named. ``fail_on_regression``: a
    drill that met its criteria and is worse than earlier ones fails all the same.

    Raises PlanError, with a line for each, where a drill would prove nothing.
    """

    patience: float = 60.0
    hold: float = 2.0
    requests: int = REQUESTS
    ready_within: float = 90.0
    steady_within: float = 30.0
    undo_within: float = 30.0
    stop_after: float | None = None
    respond: bool = True
    people: float | None = None
    allow_remote: bool = False
    unlabelled: tuple[str, ...] = ()
    notify: bool = True
    fail_on_regression: bool = False

    def response_within(self, incident: Incident | None) -> float:
        """How many seconds a response may take: patience, and what people are waited for in it."""
        steps = incident.steps if incident else ()
        return self.patience + (self.people or 0) * sum(step.action == "people" for step in steps)

    def __post_init__(self) -> None:
        lines = []
        for name in _AT_NOUGHT:
            value = getattr(self, name)
            if value is not None and (problem := nothing_proven(name, value, f"{value:g}")):
                lines.append(f"{name}: {problem}")
        if lines:
            raise PlanError("\n".join(lines))


def notifies(option: str | None) -> bool:
    """Whether messages are sent: ``on`` or ``off``, or else what the environment says, or on.

    Raises PlanError for any other word.
    """
    source, text = ("--drill-notify", option) if option else said(NOTIFY)
    text = text or "on"
    if text not in ("on", "off"):
        raise PlanError(f"{source}: expected on or off, got {text!r}")
    return text == "on"


FAIL_ON = "--drill-fail-on"
REGRESSION, NOTHING = "regression", "nothing"


def fails_on(option: str | None, environment: Mapping[str, str]) -> bool:
    """Whether a regression fails a run, as the option says or else ``DRILL_FAIL_ON``.

    Raises PlanError for what is neither ``regression`` nor ``nothing``.
    """
    variable = variable_of(FAIL_ON)
    text = option if option is not None else environment.get(variable) or NOTHING
    if text not in (REGRESSION, NOTHING):
        source = FAIL_ON if option is not None else variable
        hint = near(text, (REGRESSION, NOTHING))
        raise PlanError(f"{source}: expected {REGRESSION} or {NOTHING}, got {text!r}{hint}")
    return text == REGRESSION


def nothing_proven(name: str, value: float, shown: str) -> str:
    """What is wrong with the value of a setting that bounds something; "" where it is above nought.

    ``shown`` is the value in the words in which it was given.
    """
    if value > 0:
        return ""
    expected = "at least 1" if name == "requests" else "more than 0"
    return f"expected {expected}, got {shown}: {_AT_NOUGHT[name]}"
