"""What the monitoring says of its own configuration, read from what was kept of it as evidence.

Nothing is asked for here: a drill that keeps Prometheus's configuration and rules, or
Alertmanager's status, as evidence has it told. Each is known by its shape, whatever it is called.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

GROUP_WAIT = 30.0  # seconds: Alertmanager's own, where its configuration names none
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|[smhdw])")


@dataclass(frozen=True, slots=True)
class Rule:
    """An alert's rule: how long it pends, and how often it is evaluated, in seconds."""

    pends: float
    every: float


@dataclass(frozen=True, slots=True)
class Alerting:
    """Rules and the dates since when alerts are active, by name; intervals in seconds, or None."""

    rules: Mapping[str, Rule] = field(default_factory=dict)
    scrape: float | None = None
    group_wait: float | None = None
    active: Mapping[str, list[str]] = field(default_factory=dict)


def alerting(texts: Iterable[str]) -> Alerting:
    """What those of the texts say that are answers of Prometheus or Alertmanager."""
    rules: dict[str, Rule] = {}
    active: dict[str, list[str]] = {}
    scrapes: list[float] = []
    waits: list[float] = []
    for document in _documents(texts):
        data = _table(document, "data")
        rules |= _rules(data)
        for name, since in _active(data):
            active.setdefault(name, []).append(since)
        scrapes += _settings(data.get("yaml"), "scrape_interval")
        if isinstance(original := _table(document, "config").get("original"), str):
            waits += _settings(original, "group_wait") or [GROUP_WAIT]
    return Alerting(rules, max(scrapes, default=None), min(waits, default=None), active)


def _documents(texts: Iterable[str]) -> Iterator[Mapping[str, object]]:
    for text in texts:
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            continue
        if isinstance(document, dict):
            yield document


def _table(document: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = document.get(name)
    return found if isinstance(found, dict) else {}


def _each(document: Mapping[str, object], name: str) -> Iterator[Mapping[str, object]]:
    found = document.get(name)
    yield from (one for one in found if isinstance(one, dict)) if isinstance(found, list) else ()


def _rules(data: Mapping[str, object]) -> dict[str, Rule]:
    """By the alert's name; of several rules of one name, the one that pends least."""
    found: dict[str, Rule] = {}
    for group in _each(data, "groups"):
        for rule in _each(group, "rules"):
            name, pends, every = rule.get("name"), rule.get("duration"), group.get("interval")
            if not isinstance(name, str) or not _number(pends) or not _number(every):
                continue
            one = Rule(float(str(pends)), float(str(every)))
            found[name] = min(found.get(name, one), one, key=lambda each: each.pends)
    return found


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e9


def _active(data: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for alert in _each(data, "alerts"):
        name, since = _table(alert, "labels").get("alertname"), alert.get("activeAt")
        if isinstance(name, str) and isinstance(since, str):
            yield name, since


def _settings(text: object, key: str) -> list[float]:
    """Every value that a YAML text gives a key, in seconds."""
    if not isinstance(text, str):
        return []
    found = re.findall(rf"^[\s-]*{key}:\s*[\"']?([0-9a-z.]+)", text, re.MULTILINE)
    return [seconds for value in found if (seconds := _seconds(value)) is not None]


def _seconds(text: str) -> float | None:
    """Of ``1m30s``; None for what is no duration. A bare 0 is one."""
    parts = _DURATION.findall(text)
    if text == "0":
        return 0.0
    if not parts or "".join(map("".join, parts)) != text:
        return None
    return sum(float(number) * _UNITS[unit] for number, unit in parts)
