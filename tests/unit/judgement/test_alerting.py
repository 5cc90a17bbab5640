"""What the monitoring's own answers say of its configuration."""

from __future__ import annotations

import json

import pytest

from drills.judgement.alerting import GROUP_WAIT, Alerting, Rule, alerting


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


@pytest.mark.parametrize(
    ("yaml", "seconds"),
    [
        ("global:\n  scrape_interval: 1s\n", 1.0),
        ("global:\n  scrape_interval: 1m30s\nscrape_configs:\n- scrape_interval: 500ms\n", 90.0),
        ("- job_name: x\n  scrape_interval: '15s'\n", 15.0),
        ("global: {}\n", None),
        ("scrape_interval: often\n", None),
    ],
)
def test_the_longest_scrape_interval_is_what_may_pass(yaml: str, seconds: float | None) -> None:
    """Which job an alert's rule looks at is not known."""
    assert alerting([config(yaml)]).scrape == seconds


@pytest.mark.parametrize(
    ("yaml", "seconds"),
    [
        ("route:\n  group_wait: 0s\n", 0.0),
        ("route:\n  group_wait: 10s\n  routes:\n  - group_wait: 5s\n", 5.0),
        ("route:\n  receiver: pager\n", GROUP_WAIT),
    ],
)
def test_the_shortest_group_wait_passes_in_any_case(yaml: str, seconds: float) -> None:
    """Alertmanager's own where none is named."""
    assert alerting([status(yaml)]).group_wait == seconds


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
