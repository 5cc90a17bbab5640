"""Whose series an alert's expression rests on."""

from __future__ import annotations

import pytest

from drills.judgement.expression import jobs_of


@pytest.mark.parametrize(
    ("expression", "jobs"),
    [
        ('up{job="erp"} == 0', {"erp"}),
        ("up{job='erp', instance=~\"a.*\"}[5m]", {"erp"}),
        ('{__name__="up", job="erp"}', {"erp"}),
        ('sum by (job, x) (rate(a{job="a"}[5s])) > bool 2', {"a"}),
        (
            'sum(rate(a{job="a"}[5s])) by (le) / on (x) group_left (y) b{job="b"} offset 5m',
            {"a", "b"},
        ),
        ('up{job="a"} # up{job="b"}', {"a"}),
        ('label_replace(up{job="a"}, "x", "up{job=\\"b\\"}", "y", "(.*)") and time() > 1e3', {"a"}),
        ('max_over_time(up{job="a"}[10m:1m]) == Inf', {"a"}),
        ("up == 0", set()),
        ('up{job="a"} and up', set()),
        ('up{job=~"a|b"}', set()),
        ('up{job!="a"}', set()),
        ('erp:recorded:sum and up{job="a"}', set()),
        ("vector(1)", set()),
        ("up{job=", set()),
        ("", set()),
        ('"up{job=', set()),
    ],
)
def test_every_selector_has_to_name_its_job(expression: str, jobs: set[str]) -> None:
    """With one that does not, nothing is told: the alert may rest on any job."""
    assert jobs_of(expression) == jobs
