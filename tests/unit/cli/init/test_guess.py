"""What a compose file lets one guess, and why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from drills.cli.init.guess import doors, drillables, store_of, target
from drills.stack.engines.composed import Composed, Service
from tests.unit.stack.engines.composed import composed

FILE = Path("/team/shop/compose.yaml")


def port(number: int, **more: Any) -> dict[str, Any]:
    return {"target": number, "published": str(number), "protocol": "tcp", **more}


def health(*test: str) -> dict[str, Any]:
    return {"test": list(test)}


def shop(**services: dict[str, Any]) -> Composed:
    return composed(FILE, {name: {"image": "own", **each} for name, each in services.items()})


@pytest.mark.parametrize(
    ("image", "kind"),
    [
        ("postgres:17", "PostgreSQL"),
        ("registry.example:5000/library/mariadb@sha256:0f", "MariaDB"),
        ("bitnami/redis-sentinel:7", "Redis"),
        ("team/postgres-exporter", ""),
        ("team/shop", ""),
        ("", ""),
    ],
)
def test_a_store_is_known_by_its_image(image: str, kind: str) -> None:
    """By whole words of its name's last part, whatever the registry and the tag."""
    assert store_of(Service(image=image)) == kind


def test_a_store_that_is_built_is_known_by_its_port() -> None:
    """Its image has no name then; an exporter beside it is none."""
    built = shop(db={"build": {"context": "."}, "ports": [port(5432)], "image": ""})
    assert store_of(built.services["db"]) == "PostgreSQL"
    assert store_of(Service(image="x-exporter", ports=built.services["db"].ports)) == ""


@pytest.mark.parametrize(
    ("test", "path"),
    [
        (health("CMD", "curl", "-f", "http://localhost:8000/health?deep=1"), "/health?deep=1"),
        (health("CMD-SHELL", "wget -qO- http://127.0.0.1:8000 || exit 1"), "/"),
        (health("CMD", "curl", "http://elsewhere:8000/health"), ""),
        (health("CMD", "curl", "http://localhost:9000/health"), ""),
        (health("CMD", "true"), ""),
    ],
)
def test_what_a_port_answers_is_guessed_by_the_health_check(
    test: dict[str, Any], path: str
) -> None:
    """Only where that asks this very port of the service itself."""
    (door,) = doors(shop(web={"ports": [port(8000)], "healthcheck": test}))
    assert (door.service, door.port, door.path) == ("web", 8000, path)
    assert ("its health check asks" in door.why) == bool(path)


def test_who_answers_customers_comes_before_who_keeps_data() -> None:
    """And a known path before a well-known port; UDP is nobody's door."""
    found = doors(
        shop(
            db={"image": "postgres", "ports": [port(5432)]},
            metrics={"ports": [port(80), port(53, protocol="udp")]},
            web={"ports": [port(7000)], "healthcheck": health("CMD", "x http://localhost:7000/")},
        )
    )
    assert [door.service for door in found] == ["web", "metrics", "db"]


def test_a_job_and_what_runs_nowhere_is_left_alone() -> None:
    """With why; all else can be drilled."""
    waits = {"migrate": {"condition": "service_completed_successfully"}}
    file = shop(migrate={}, web={"depends_on": waits}, idle={"scale": 0}, worker={"scale": 2})
    found = {each.service: each for each in drillables(file)}
    assert found["migrate"].left_alone == "it is a job that ends, and others wait for its end"
    assert found["idle"].left_alone == "the file runs no instance of it"
    assert not found["web"].left_alone
    assert (found["worker"].instances, found["worker"].what) == (2, "publishes no port")


@pytest.mark.parametrize(
    ("services", "expected"),
    [
        ({"db": {"image": "mysql", "ports": [port(3306)]}, "web": {"ports": [port(80)]}}, "web"),
        ({"db": {"image": "mysql", "ports": [port(3306)]}, "worker": {}}, "worker"),
        ({"db": {"image": "mysql"}}, "db"),
        ({"idle": {"scale": 0}}, ""),
    ],
)
def test_a_first_drill_breaks_what_customers_feel(services: dict[str, Any], expected: str) -> None:
    """Whoever keeps data only where there is nobody else."""
    assert target(shop(**services)) == expected
