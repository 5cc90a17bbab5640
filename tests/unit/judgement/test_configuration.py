"""What YAML says of intervals: parsed, never searched."""

from __future__ import annotations

import pytest

from drills.judgement.configuration import GROUP_WAIT, SCRAPE, group_waits, renamed, scrapes

HOLDS_ITSELF = "route: &r {group_wait: 3s, routes: [*r, *r, *r]}"


@pytest.mark.parametrize(
    ("yaml", "found"),
    [
        ("global:\n  scrape_interval: 1s\n", {"": 1.0}),
        ("global: {scrape_interval: 1m30s}\nscrape_configs: [{job_name: x}]", {"x": 90.0}),
        ("scrape_configs: [{job_name: x, 'scrape_interval': \"500ms\"}]", {"x": 0.5}),
        ("scrape_configs: [{job_name: x}]", {"x": SCRAPE}),
        ("a: &a {scrape_interval: 7s}\nscrape_configs: [{<<: *a, job_name: x}]", {"x": 7.0}),
        ("# scrape_interval: 9s\nglobal: {external_labels: {a: 'scrape_interval: 8s'}}", {}),
        ("scrape_configs: [{job_name: x, scrape_interval: often}]", {}),
        ("global: {}\n", {}),
        ("scrape_configs: 3", {}),
        ("[]", {}),
        ("{", {}),
        ("!!python/object/apply:os.system [exit]", {}),
        ("- " * 3000, {}),
    ],
)
def test_each_job_has_the_interval_that_holds_for_it(yaml: str, found: dict[str, float]) -> None:
    """Its own, else that of all, else Prometheus's; what is a remark or a text is none."""
    assert scrapes(yaml) == found


@pytest.mark.parametrize(
    ("yaml", "found"),
    [
        ("scrape_configs: [{job_name: x}]", False),
        ("scrape_configs: [{honor_labels: true}]", True),
        ("scrape_configs: [{honor_labels: false}]", False),
        ("scrape_configs: [{static_configs: [{targets: [a], labels: {job: y}}]}]", True),
        ("scrape_configs: [{static_configs: [{targets: [a], labels: {node: y}}]}]", False),
        ("scrape_configs: [{relabel_configs: [{target_label: job}]}]", True),
        ("scrape_configs: [{relabel_configs: [{target_label: instance}]}]", False),
        ("scrape_configs: [{metric_relabel_configs: [{action: labelmap}]}]", True),
        ("", False),
    ],
)
def test_a_job_may_have_another_name_in_its_series(yaml: str, found: bool) -> None:
    """Then an expression that names one says nothing of who scraped it."""
    assert renamed(yaml) is found


@pytest.mark.parametrize(
    ("yaml", "found"),
    [
        ("route:\n  group_wait: 0s\n", [0.0]),
        ("route: {group_wait: 10s, routes: [{group_wait: 5s}, {}]}", [10.0, 5.0, 10.0]),
        ("route:\n  receiver: pager\n", [GROUP_WAIT]),
        ("route: {routes: [{group_wait: 60s}]}", [GROUP_WAIT, 60.0]),
        ("", [GROUP_WAIT]),
    ],
)
def test_a_route_waits_as_the_one_around_it(yaml: str, found: list[float]) -> None:
    """Unless it says otherwise; Alertmanager's own where none does."""
    assert group_waits(yaml) == found


def test_a_text_that_holds_itself_ends() -> None:
    """YAML can say so; nobody waits for it."""
    assert set(group_waits(HOLDS_ITSELF)) == {3.0}
