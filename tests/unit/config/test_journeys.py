"""Journeys of every kind in a manifest: what may be written, and what is told where it is wrong."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from drills.config.document import load
from drills.config.named import addresses_of, services_of
from drills.errors import PlanError
from drills.stack.journey import JourneyKind
from tests.doubles.certified import CA
from tests.unit.config.manifests import MINIMAL, SMALLEST, changed

JOB = {"command": ["put", "{id}", "--key={env:SHOP_KEY}"], "in": "queue", "rate": 2}


def test_each_kind_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command with a value of the environment in it, which is a secret."""
    monkeypatch.setenv("SHOP_KEY", "s3cret-key")
    manifest = load(changed(tmp_path, "journeys.jobs", JOB))
    jobs = manifest.journeys["jobs"]
    assert (jobs.kind, jobs.inside, jobs.rate, jobs.writes) == (
        JourneyKind.COMMAND,
        "queue",
        2,
        True,
    )
    assert jobs.command == ("put", "{id}", "--key=s3cret-key")
    assert "s3cret-key" in manifest.secrets()
    assert "s3cret-key" not in repr(manifest)
    assert (("journeys", "jobs", "in"), "queue") in [*services_of(manifest)]
    connect = {
        "connect": {"service": "mq", "port": 5672},
        "send": "PING",
        "expect": {"contains": "P"},
    }
    manifest = load(changed(tmp_path, "journeys.broker", connect))
    assert (("journeys", "broker", "connect"), "mq", 5672) in [*addresses_of(manifest)]
    manifest = load(changed(tmp_path, "journeys.count", {"ask": "SELECT 1", "node": "postgres"}))
    assert manifest.journeys["count"].kind is JourneyKind.QUESTION


@pytest.mark.parametrize(
    ("journey", "told"),
    [
        ({"command": [], "in": "q"}, r"journeys\.x\.command: expected at least 1 in the list"),
        ({"command": ["a"]}, r"journeys\.x\.in: expected the service in which"),
        ({"command": ["a"], "in": "q", "rate": 6}, r"journeys\.x\.rate: expected at most 5"),
        ({"command": ["a"], "inn": "q"}, r"found 'inn'; did you mean 'in'\?"),
        ({"command": ["a"], "inside": "q"}, r"expected one of the keys .*, in, user, .*'inside'"),
        ({"command": ["a"], "in": "q", "path": "/"}, r"x\.command: expected one of path, .* got"),
        ({"ask": "SELECT 1", "node": "postgre"}, r"x\.node: .*'postgre'; did you mean 'postgres'"),
        ({"connect": {"service": "q", "port": 0}}, r"x\.connect\.port: expected more than 0"),
        (
            {"path": "/", "at": {"service": "q", "port": 1, "server_name": "a"}},
            "server_name: needs",
        ),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_wrong_is_told_at_its_key(
    tmp_path: Path, journey: dict[str, Any], told: str
) -> None:
    """In the words of the manifest."""
    with pytest.raises(PlanError, match=told):
        load(changed(tmp_path, "journeys.x", journey))


@pytest.mark.parametrize("name", ["Stalls", "../x", "stalls", "a.b"])
def test_the_name_of_what_this_process_asks_is_a_file_s_too(tmp_path: Path, name: str) -> None:
    """As that of what the prober asks."""
    file = tmp_path / "drills.toml"
    file.write_text(MINIMAL + f'[journeys."{name}"]\ncommand = ["a"]\nin = "q"\n')
    with pytest.raises(PlanError, match=r"name: expected \[a-z0-9-\]\+"):
        load(file)


def test_a_question_without_a_database_has_nobody_to_ask(tmp_path: Path) -> None:
    """And says which section is missing."""
    file = tmp_path / "drills.toml"
    file.write_text(SMALLEST + '[journeys.count]\nask = "SELECT 1"\n')
    with pytest.raises(PlanError, match=r"expected node, one of \[data\.nodes\]"):
        load(file)


def test_a_command_answers_no_question(tmp_path: Path) -> None:
    """A node that prints what it holds is no database."""
    text = MINIMAL.replace('dsn = "postgresql://observer:node-password@{host}:{port}/erp"', "")
    file = tmp_path / "drills.toml"
    file.write_text(
        text.replace('service = "postgres"', 'service = "postgres"\ncommand = ["ids"]')
        + '[journeys.count]\nask = "SELECT 1"\n'
    )
    with pytest.raises(PlanError, match=r"expected a node with a dsn: .* what postgres holds"):
        load(file)


def test_certificates_lie_beside_the_manifest(tmp_path: Path) -> None:
    """And are looked at when it is read: what is none is told at its key, with the line."""
    entry = {"service": "web", "port": 443, "ca": "certs/ca.pem"}
    file = changed(tmp_path, "stack.entry", entry)
    with pytest.raises(
        PlanError, match=r"drills\.toml:\d+: stack\.entry\.ca: .*certs/ca\.pem: exp"
    ):
        load(file)
    (tmp_path / "certs").mkdir()
    shutil.copy(CA, tmp_path / "certs" / "ca.pem")
    found = load(file).stack.entry
    assert found is not None
    assert found.trust is not None
    trust = found.trust
    assert (trust.ca, trust.server_name) == (str(tmp_path / "certs" / "ca.pem"), "web")
    assert load(file).journeys["orders"].lane("o", ("h", 1), {}, 1, (), load(file).stack.entry).ca
