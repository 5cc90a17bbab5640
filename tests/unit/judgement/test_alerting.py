"""What the monitoring's own answers say of its configuration."""

from __future__ import annotations

import json

import pytest

from drills.judgement.alerting import Alerting, Rule, alerting


def rules(*rules: object, interval: object = 15) -> str:
    """Prometheus's answer of one group."""
    return json.dumps({"data": {"groups": [{"interval": interval, "rules": list(rules)}]}})


def config(yaml: str) -> str:
    return json.dumps({"status": "success", "data": {"yaml": yaml}})


def status(yaml: str) -> str:
    return json.dumps({"config": {"original": yaml}})


def test_rules_say_how_long_an_alert_pends_and_how_often_it_is_evaluated() -> None:
    """Of several of one name the one that pends least: it is the first that may fire."""
    slow, fast = {"name": "Down", "duration": 60}, {"name": "Down", "duration": 5.5}
    other = {"name": "Odd", "duration": "soon"}
    found = alerting([rules(slow, fast, other, 7)])
    assert found.rules == {"Down": Rule(5.5, 15.0)}
    assert alerting([rules(slow, interval=None)]).rules == {}


TWO = """
global: {scrape_interval: 10s}
scrape_configs:
- job_name: fast
  scrape_interval: 1s
- job_name: slow
  scrape_interval: 1m
- job_name: usual
"""


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ('up{job="fast"} == 0', (1.0, "fast")),
        ('up{job="fast"} == 0 and up{job="usual"}', (10.0, "usual")),
        ('up{job="fast"} == 0 and on (job) errors', (60.0, "")),
        ('up{job="elsewhere"} == 0', (60.0, "")),
        ("vector(1)", (60.0, "")),
    ],
)
def test_the_scrape_interval_is_that_of_what_the_rule_looks_at(
    query: str, found: tuple[float, str]
) -> None:
    """The longest of its jobs, and which; where that cannot be told, the longest of all."""
    rule = {"name": "Down", "duration": 1, "query": query}
    assert alerting([rules(rule), config(TWO)]).scraped("Down") == found
    assert alerting([config(TWO)]).scraped("Down") == (60.0, "")
    assert alerting([rules(rule)]).scraped("Down") == (None, "")


def test_a_job_that_is_another_one_in_its_series_is_not_told() -> None:
    """Where any setting may change the label, of all answers."""
    rule = {"name": "Down", "duration": 1, "query": 'up{job="fast"} == 0'}
    other = "scrape_configs: [{job_name: x, scrape_interval: 2m, honor_labels: true}]"
    assert alerting([rules(rule), config(TWO), config(other)]).scraped("Down") == (120.0, "")


def test_the_shortest_group_wait_passes_in_any_case() -> None:
    """Of all routes."""
    text = "route: {group_wait: 10s, routes: [{group_wait: 5s}]}"
    assert alerting([status(text)]).group_wait == 5.0


def test_active_alerts_say_since_when() -> None:
    """Each date that any answer holds."""
    alert = {"labels": {"alertname": "Down"}, "activeAt": "2026-11-27T09:12:59.9Z"}
    answer = json.dumps({"data": {"alerts": [alert, {"labels": 3}, "x"]}})
    assert alerting([answer, answer]).active == {"Down": ["2026-11-27T09:12:59.9Z"] * 2}


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "3", '{"data": 3}', "{}", '{"data": {"groups": 1}}']
)
def test_what_is_no_answer_says_nothing(text: str) -> None:
    """Nor is it an error: evidence is whatever was kept."""
    assert alerting([text]) == Alerting()
