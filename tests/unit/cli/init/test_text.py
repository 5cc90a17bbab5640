"""What `drills init` writes is sound, whatever the compose file has."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from drills.cli.init.text import configuration, feature
from drills.config.document import Manifest
from drills.stack.engines.composed import Composed
from tests.unit.cli.init.test_guess import health, port, shop

PUBLISHED = {"ports": [port(8000)]}
ASKED = {**PUBLISHED, "healthcheck": health("CMD", "curl", "http://localhost:8000/health")}
PROJECTS: list[dict[str, dict[str, Any]]] = [
    {"web": ASKED, "db": {"image": "postgres", "ports": [port(5432)]}},
    {"worker": {}, "queue": {"image": "redis"}},
    {"web": {**ASKED, "deploy": {"replicas": 3}}},
    {"a.b": {"ports": [port(80), port(443)]}, "c d": {"container_name": "fixed"}},
    {"web": {**PUBLISHED, "healthcheck": health("CMD", "curl", "https://localhost:8000/")}},
]


@pytest.mark.parametrize("services", PROJECTS, ids="+".join)
def test_the_configuration_is_one(services: dict[str, dict[str, Any]]) -> None:
    """It is read as the drill will read it, and may touch what it names."""
    file = shop(**services)
    text = configuration(file, ["debug"])
    manifest = Manifest.of(tomllib.loads(text))
    assert set(manifest.blast_radius.services) <= set(services)
    assert manifest.stack.profiles == ("debug",)
    assert manifest.stack.name == file.name
    if any("container_name" in each for each in services.values()):
        assert manifest.stack.own_names
        assert "container fixed" in text


def test_who_is_asked_and_how_is_guessed_with_why() -> None:
    """By HTTP where a health check names a path; else by a connection."""
    manifest = Manifest.of(tomllib.loads(text := configuration(shop(**PROJECTS[0]))))
    assert (manifest.journeys["web"].path, manifest.journeys["web"].always) == ("/health", True)
    assert manifest.journeys["db"].connect is not None
    assert "# http: its health check asks /health there" in text


@pytest.mark.parametrize(
    ("restart", "sentence"),
    [
        ("always", 'When the "web" service suffers a sudden death\n'),
        ("no", 'When the "web" service suffers a sudden death for 5 seconds\n'),
    ],
)
def test_who_comes_back_by_itself_is_waited_for(restart: str, sentence: str) -> None:
    """Whom nothing starts again, the drill does: then only that is waited for."""
    text = feature(shop(web={**ASKED, "restart": restart}))
    assert sentence in text
    assert text.count("  Scenario: web ") == 3
    assert text.count("of the undo") == (2 if restart == "always" else 3)


@pytest.mark.parametrize("services", [PROJECTS[1], {"web": PUBLISHED}], ids="+".join)
def test_whom_no_page_tells_of_the_engine_does(services: dict[str, dict[str, Any]]) -> None:
    """Without a journey nothing recovers, and a kernel takes connections for who is frozen."""
    text = feature(shop(**services))
    assert "of the undo" not in text
    service = next(iter(services))
    assert text.count(f'    Then the "{service}" service is restored within 30 seconds\n') == 3


def test_all_instances_may_be_hit_where_there_are_several() -> None:
    """A service is stopped as a whole."""
    manifest = Manifest.of(tomllib.loads(configuration(shop(**PROJECTS[2]))))
    assert manifest.blast_radius.at_once == 3


def test_what_would_be_refused_is_told() -> None:
    """A folder of the team's that a service writes into: nothing permits it unasked."""
    bind = {"type": "bind", "source": "/team/shop/data", "target": "/data"}
    file: Composed = shop(web={**ASKED, "volumes": [bind]})
    text = configuration(file)
    assert "# A drill is refused as it is: web writes into ./data of your project at /data" in text
    assert Manifest.of(tomllib.loads(text)).stack.writes_to == ()
    assert Path(file.file).name == "compose.yaml"
