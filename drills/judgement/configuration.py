"""What the YAML of Prometheus and of Alertmanager says of intervals: each as it comes to hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any

GROUP_WAIT = 30.0  # seconds: Alertmanager's own, where its configuration names none
SCRAPE = 60.0  # likewise Prometheus's, of a job
DEEPEST, ROUTES = 20, 10_000  # of routes in routes, and in all: a text may hold itself
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0, "y": 31536e3}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|[smhdwy])")
_JOB = "job"


@lru_cache(maxsize=8)
def _read(text: str) -> Mapping[str, Any]:
    """The text as YAML; empty where it is none, or no table."""
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        found = yaml.load(text, Loader=loader)  # noqa: S506 - one of the two safe ones
    except (yaml.YAMLError, RecursionError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def scrapes(text: str) -> dict[str, float]:
    """Seconds from scrape to scrape by the job's name; that of all under "" where no job is named.

    Empty where the text says nothing of scraping.
    """
    found = _read(text)
    overall = _table(found.get("global")).get("scrape_interval")
    jobs = list(_tables(found.get("scrape_configs")))
    usual = _seconds(overall)
    if not jobs:
        return {} if usual is None else {"": usual}
    usual = SCRAPE if overall is None else usual
    each = {str(job.get("job_name", "")): _own(job, "scrape_interval", usual) for job in jobs}
    return {name: seconds for name, seconds in each.items() if seconds is not None}


def renamed(text: str) -> bool:
    """Whether a series may have another job than the one that scraped it, by any setting."""
    return any(
        job.get("honor_labels") is True
        or any(rule.get("target_label") == _JOB for rule in _rules(job))
        or any(
            _JOB in _table(target.get("labels")) for target in _tables(job.get("static_configs"))
        )
        or any(rule.get("action") in ("labelmap", "labeldrop", "labelkeep") for rule in _rules(job))
        for job in _tables(_read(text).get("scrape_configs"))
    )


def group_waits(text: str) -> list[float]:
    """Seconds that Alertmanager gathers before it first tells, of each route; its own for none."""
    route = _table(_read(text).get("route"))
    found = islice(_waits(route, GROUP_WAIT, 0), ROUTES)
    return [seconds for seconds in found if seconds is not None]


def _waits(route: Mapping[str, Any], usual: float | None, depth: int) -> Iterator[float | None]:
    own = _own(route, "group_wait", usual)
    yield own
    if depth < DEEPEST:
        for each in _tables(route.get("routes")):
            yield from _waits(each, own, depth + 1)


def _own(table: Mapping[str, Any], key: str, usual: float | None) -> float | None:
    return _seconds(table[key]) if key in table else usual


def _rules(job: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for key in ("relabel_configs", "metric_relabel_configs"):
        yield from _tables(job.get(key))


def _table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _tables(value: object) -> Iterator[Mapping[str, Any]]:
    yield from (each for each in value if isinstance(each, dict)) if isinstance(value, list) else ()


def _seconds(value: object) -> float | None:
    """Of ``1m30s``; None for what is no duration. A bare 0 is one."""
    text = str(value)
    parts = _DURATION.findall(text)
    if text == "0":
        return 0.0
    if not parts or "".join(map("".join, parts)) != text:
        return None
    return sum(float(number) * _UNITS[unit] for number, unit in parts)
