"""What a configuration makes possible, and what each of the others needs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from drills.config.document import Manifest, load
from drills.config.possible import TELLING, metrics, of_sentences
from drills.config.sentences import Sentence, sentences
from drills.judgement.metrics import METRICS
from drills.judgement.subjects import SECTIONS, Need
from drills.lifecycle.plan import subjects_of

ROOT = Path(__file__).parents[3]
ALERTS = ("alerts under [incidents.<tag>] or [monitoring]", "[monitoring.webhook] or a pager")
WEB = {"service": "web", "port": 80}
DSN = "postgresql://observer:p@{host}:{port}/shop"
KEPT = {
    "writes": "carts",
    "final_read": "SELECT id FROM carts",
    "nodes": {"db": {"service": "db", "role": "primary", "dsn": DSN}},
}


def needed(**said: Any) -> dict[str, tuple[str, ...]]:
    """What every metric and sentence lacks, with this configuration."""
    manifest = Manifest.of(said).with_services({"web": 1, "db": 1})
    known = subjects_of(manifest)
    found = [*metrics(manifest, known), *of_sentences(sentences(), manifest, known)]
    return {each.text: each.needs for each in found}


def test_of_a_compose_file_alone_its_services_are_measured() -> None:
    """And each of the others names the section that would make it possible."""
    found = needed()
    for text in (
        "time to recover",
        "time to restore services",
        "service is restored within {limit}",
    ):
        assert found[text] == ()
    assert found["availability"] == ("[journeys.<name>]",)
    assert found["no acknowledged write is lost"] == ('[data] with a node of role = "primary"',)
    assert found["customers make {rates} a second"] == ("[journeys.<name>]",)
    assert found["exports keep working"] == ("[journeys.exports]", "[journeys.<name>]")


def test_a_section_makes_its_metrics_possible() -> None:
    """A team's writes are called as its journey is, or simply writes."""
    carts = {"path": "/carts", "method": "POST", "body": '{"id": "{id}"}'}
    found = needed(stack={"entry": WEB}, journeys={"carts": carts}, data=KEPT)
    for text in ("availability", "lost writes", "no acknowledged write is lost"):
        assert found[text] == ()
    said = ('writes = "orders" under [data]: it calls them carts',)
    assert found["no acknowledged order is lost"] == said
    assert found["altered writes"] == ("content under [data]",)
    one = Sentence("then", "x", "lost carts")
    manifest = Manifest.of({"stack": {"entry": WEB}, "journeys": {"carts": carts}, "data": KEPT})
    assert of_sentences([one], manifest, subjects_of(manifest))[0].needs == ()


DETECTED = "the incident is detected within {limit}"
BY_ALERT = 'the incident is detected by the "{alert}" alert within {limit}'
RESPONDS = "somebody responds within {limit}"
ANNOUNCED = SECTIONS[Need.ALERT]
OOM = {"oom": {"service": "web", "pattern": "oom", "tells": True}}
DOWN = {"title": "Down", "alerts": ["WebDown"]}
WEBHOOK = {"webhook": {"as": "oncall.internal", "port": 9095}}


@pytest.mark.parametrize(
    ("said", "detected", "by_alert", "responds"),
    [
        ({}, (TELLING,), (TELLING, *ALERTS), (ANNOUNCED,)),
        ({"monitoring": {"logs": OOM}}, (), ALERTS, (ANNOUNCED,)),
        ({"monitoring": WEBHOOK}, (), ALERTS[:1], (ANNOUNCED,)),
        ({"incidents": {"down": DOWN}}, (TELLING,), (TELLING, ALERTS[1]), (TELLING,)),
        ({"incidents": {"down": DOWN}, "monitoring": {"logs": OOM}}, (), ALERTS[1:], (TELLING,)),
        ({"incidents": {"down": DOWN}, "monitoring": WEBHOOK}, (), (), ()),
        ({"incidents": {"down": {"title": "D", "unhealthy": ["web"]}}}, (), ALERTS, ()),
    ],
)
def test_what_is_told_needs_somebody_who_tells(
    said: dict[str, Any],
    detected: tuple[str, ...],
    by_alert: tuple[str, ...],
    responds: tuple[str, ...],
) -> None:
    """As a drill would say: of alerts a place where they arrive, of the rest any detector."""
    found = needed(**said)
    assert (found[DETECTED], found["time to detect"]) == (detected, detected)
    assert (found["crashes before detection"], found["time to resolve"]) == (detected, responds)
    assert (found[BY_ALERT], found[RESPONDS]) == (by_alert, responds)


def test_what_is_done_in_a_drill_needs_the_steps_that_do_it(tmp_path: Path) -> None:
    """Of the incident's procedure, or of the runbook for people."""
    found = needed()
    assert found["procedure findings"] == ("[[incidents.<tag>.procedure]]",)
    assert found["a backup of the database is made"] == (
        '[[incidents.<tag>.procedure]] with action = "restore" and changes = true',
    )
    assert "[incidents.<tag>]" in found["every line of the runbook works as written"]
    assert (
        '[[incidents.<tag>.procedure]] with action = "back up"'
        in (found["emergency backup differences"])
    )
    file = tmp_path / "drills.toml"
    file.write_text('[incidents.down]\ntitle = "Down"\nalerts = ["WebDown"]\n')
    manifest = load(file)
    (lines,) = (
        each
        for each in metrics(manifest, subjects_of(manifest))
        if each.text == "unworkable runbook lines"
    )
    assert len(lines.needs) == 1
    (tmp_path / "runbook.md").write_text("# Down\n")
    assert "unworkable runbook lines" in possible(manifest)


def test_a_sentence_on_zones_needs_zones() -> None:
    """Without any there is no name that it could be given."""
    text = 'everything in the "{zone}" zone suffers {fault}'
    assert needed()[text] == ("[zones]",)
    assert needed(zones={"west": ["web"]})[text] == ()


def test_the_reference_has_all_that_can_be_measured() -> None:
    """A metric that is not possible on it would be asked for by none of its drills."""
    manifest = load(ROOT / "compose" / "drills.toml")
    assert possible(manifest) == {*METRICS}


def possible(manifest: Manifest) -> set[str]:
    """The metrics that are, with this one."""
    found = metrics(manifest, subjects_of(manifest))
    return {each.text for each in found if not each.needs}
