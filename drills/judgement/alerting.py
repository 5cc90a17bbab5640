"""What the monitoring says of its own configuration, read from what was kept of it as evidence.

Nothing is asked for here: a drill that keeps Prometheus's configuration and rules, or
Alertmanager's status, as evidence has it told. Each is known by its shape, whatever it is called.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from drills.judgement.configuration import group_waits, renamed, scrapes
from drills.judgement.expression import jobs_of


@dataclass(frozen=True, slots=True)
class Rule:
    """An alert's rule: how long it pends, how often it is evaluated, in seconds, and what it asks.

    ``query`` is "" where that is not told.
    """

    pends: float
    every: float
    query: str = ""


@dataclass(frozen=True, slots=True)
class Alerting:
    """Rules and the dates since when alerts are active, by name; intervals in seconds, or None.

    ``scrape`` is the longest of all jobs, ``scrapes`` that of each by its name, as far as a series
    is sure to have the job that scraped it.
    """

    rules: Mapping[str, Rule] = field(default_factory=dict)
    scrape: float | None = None
    scrapes: Mapping[str, float] = field(default_factory=dict)
    group_wait: float | None = None
    active: Mapping[str, list[str]] = field(default_factory=dict)

    def scraped(self, alert: str) -> tuple[float | None, str]:
        """The longest scrape interval of what an alert's rule looks at, and of which job it is.

        Where that cannot be told it is the longest of all, of "".
        """
        rule = self.rules.get(alert)
        jobs = jobs_of(rule.query) if rule else frozenset()
        if not jobs or not jobs <= self.scrapes.keys():
            return self.scrape, ""
        job = max(sorted(jobs), key=lambda each: self.scrapes[each])
        return self.scrapes[job], job


def alerting(texts: Iterable[str]) -> Alerting:
    """What those of the texts say that are answers of Prometheus or Alertmanager."""
    rules: dict[str, Rule] = {}
    active: dict[str, list[str]] = {}
    intervals: dict[str, float] = {}
    sure = True
    waits: list[float] = []
    for document in _documents(texts):
        data = _table(document, "data")
        rules |= _rules(data)
        for name, since in _active(data):
            active.setdefault(name, []).append(since)
        if isinstance(text := data.get("yaml"), str):
            for job, seconds in scrapes(text).items():  # of several answers, the longest
                intervals[job] = max(seconds, intervals.get(job, seconds))
            sure = sure and not renamed(text)
        if isinstance(original := _table(document, "config").get("original"), str):
            waits += group_waits(original)
    return Alerting(
        rules=rules,
        scrape=max(intervals.values(), default=None),
        scrapes=intervals if sure else {},
        group_wait=min(waits, default=None),
        active=active,
    )


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
            asked = rule.get("query")
            query = asked if isinstance(asked, str) else ""
            one = Rule(float(str(pends)), float(str(every)), query)
            found[name] = min(found.get(name, one), one, key=lambda each: each.pends)
    return found


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e9


def _active(data: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for alert in _each(data, "alerts"):
        name, since = _table(alert, "labels").get("alertname"), alert.get("activeAt")
        if isinstance(name, str) and isinstance(since, str):
            yield name, since
