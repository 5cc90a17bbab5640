"""``drill.json`` as the version before this one wrote it (schema 1): read, and held against.

It told limits, measurements and margins in words; they are read back as exact as the words are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from drills.errors import PlanError
from drills.judgement.criterion import Unit
from drills.judgement.environment import Environment
from drills.judgement.metrics import METRICS
from drills.judgement.result import SCHEMA_VERSION, CriterionResult, DrillResult, Part
from drills.reporting.criteria import limit_text, margin_text, measured_text, metric_text
from drills.units import parse_count, parse_duration, parse_ratio

VERSION = 1
TIMES = (
    *("time to symptom", "time to detect", "time to fail over", "time to recover"),
    "time to restore redundancy",
)
_WORDS = ("limit", "measured", "margin")
_DURATION = re.compile(r"-?(?:\d+(?:\.\d+)? (?:h|min|s|ms)(?: |$))+")
_BETWEEN = re.compile(r"between (.+) and (.+)")
_BEYOND = re.compile(r"(?:more than|at least) (.+)")
_ERROR = re.compile(r"(.+?) (?:± (?P<both>.+)|\+(?P<above>.+) −(?P<below>.+))")
_MARGIN = re.compile(r"(.+?)(?: percentage points?)? (to spare|too much|short|off)")


def upgraded(document: Mapping[str, Any]) -> dict[str, Any]:
    """A result of schema 1 as one of this schema. Raises ValueError where it is none."""
    try:
        return {
            **document,
            "schema_version": SCHEMA_VERSION,
            "metrics": {
                name: _metric(document["metrics"][name.replace(" ", "_")]) for name in TIMES
            },
            "criteria": [_criterion(each) for each in document["criteria"]],
        }
    except KeyError as error:
        raise ValueError(f"expected a result of schema {VERSION}, it lacks {error}") from error
    except (TypeError, AttributeError) as error:
        raise ValueError(f"expected a result of schema {VERSION}: {error}") from error


def _metric(told: Mapping[str, Any]) -> dict[str, Any]:
    numbers = {"value": told["seconds"], "low": told["low"], "high": told["high"]}
    return {"unit": Unit.SECONDS.value, **numbers, "reason": told["reason"]}


def _criterion(told: Mapping[str, Any]) -> dict[str, Any]:
    metric, _, subject = told["metric"].partition(" of ")
    unit = METRICS[metric].unit if metric in METRICS else Unit.COUNT
    found = _measured(unit, told["measured"])
    return {
        **{name: value for name, value in told.items() if name not in _WORDS},
        "metric": metric,
        "subject": subject,
        "unit": unit.value,
        "limit": _number(unit, told["limit"]),
        **found,
        "margin": _margin(unit, told["margin"], nothing=found["value"] is None),
    }


def _measured(unit: Unit, text: str) -> dict[str, float | None]:
    none: dict[str, float | None] = dict.fromkeys(("value", "low", "high", "at_least"))
    if beyond := _BEYOND.fullmatch(text):
        return {**none, "at_least": _number(unit, beyond[1])}
    if between := _BETWEEN.fullmatch(text):
        return {**none, "low": _number(unit, between[1]), "high": _number(unit, between[2])}
    lopsided = _ERROR.fullmatch(text)
    value = _number(unit, lopsided[1] if lopsided else text)
    if value is None or lopsided is None:
        return {**none, "value": value, "low": value, "high": value}
    above, below = (
        _error(lopsided["both"] or lopsided[side], lopsided[1]) for side in ("above", "below")
    )
    return {**none, "value": value, "low": value - below, "high": value + above}


def _error(text: str, value: str) -> float:
    """Seconds of an error; one without a unit has that of the value."""
    seconds = _number(Unit.SECONDS, text)
    return float(text) * (0.001 if value.endswith("ms") else 1) if seconds is None else seconds


def _margin(unit: Unit, text: str, *, nothing: bool) -> float | None:
    """What was left; 0 where no word is said of what was measured."""
    said = _MARGIN.fullmatch(text)
    if said is None:
        return None if nothing or text else 0.0
    points = "percentage" in text
    left = float(said[1]) / 100 if points else _number(unit, said[1])
    return left if left is None or said[2] == "to spare" else -left


def _number(unit: Unit, text: str) -> float | None:
    """The value of this unit that a text tells; None where it tells none."""
    try:
        if unit is Unit.RATIO:
            return parse_ratio(text)
        if unit is Unit.COUNT:
            return float(parse_count(text))
    except PlanError:
        return None
    if not _DURATION.fullmatch(text):
        return None
    parts = re.findall(r"[\d.]+ [a-z]+", text)
    return sum(map(parse_duration, parts)) * (-1 if text.startswith("-") else 1)


def differs(data: bytes, result: DrillResult) -> bool:
    """Whether a ``drill.json`` of schema 1 says anything else than this result.

    What schema 1 was given only later need not be in it.
    """
    return not _same(json.loads(data, object_pairs_hook=_once), _downgraded(result))


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """An object; one that names something twice could be read in two ways."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("expected every name once")
    return found


def _downgraded(result: DrillResult) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(result.model_dump_json())
    metrics = document["metrics"]
    return {
        **document,
        "schema_version": VERSION,
        "metrics": {name.replace(" ", "_"): _time(metrics[name]) for name in TIMES},
        "criteria": [_told(each) for each in result.criteria],
    }


def _time(metric: Mapping[str, Any]) -> dict[str, Any]:
    return {("seconds" if key == "value" else key): metric[key] for key in metric if key != "unit"}


def _told(one: CriterionResult) -> dict[str, Any]:
    numbers = {"subject", "unit", "value", "low", "high", "at_least"}
    return {
        **one.model_dump(mode="json", exclude=numbers),
        "metric": metric_text(one),
        "limit": limit_text(one),
        "measured": measured_text(one),
        "margin": margin_text(one),
    }


def _same(old: Any, new: Any) -> bool:
    """Whether two values are one, but for what the old one may lack."""
    if isinstance(old, dict) and isinstance(new, dict):
        lacking = new.keys() - old.keys()
        same = all(name in new and _same(value, new[name]) for name, value in old.items())
        return same and lacking <= _optional()
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(_same, old, new))
    return bool(type(old) is type(new) and old == new)


def _optional() -> set[str]:
    """The fields of a result that came later than others."""
    parts: list[type[Part] | type[Environment]] = [*Part.__subclasses__(), Environment]
    return {
        name
        for part in parts
        for name, field in part.model_fields.items()
        if not field.is_required()
    } - {"schema_version"}
