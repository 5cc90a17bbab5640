"""What a configuration makes possible, and what each of the others needs."""

from __future__ import annotations

from typing import Any

from drills.config.document import Manifest
from drills.config.possible import metrics, of_sentences
from drills.config.sentences import Sentence, sentences
from drills.lifecycle.plan import subjects_of

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
    found = [*metrics(known), *of_sentences(sentences(), manifest, known)]
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
