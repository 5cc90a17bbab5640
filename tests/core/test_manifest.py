"""The manifest: what is wrong in it is told by file and key, before anything is touched."""

from __future__ import annotations

import copy
import tomllib
from pathlib import Path
from typing import Any

import pytest

from drills.errors import PlanError
from drills.manifest import Action, find, load, password_of
from drills.manifest.incidents import NEEDS

ROOT = Path(__file__).parents[2]
OURS = ROOT / "compose" / "drills.toml"

MINIMAL = """
[stack]
name = "erp"
entry = { service = "nginx", port = 8080 }
[blast_radius]
services = ["app"]
[login]
path = "/login"
username = "drill"
password = "login-password"
[journeys.orders]
path = "/orders"
[data]
writes = "orders"
final_read = "SELECT id FROM orders"
[data.nodes.postgres]
role = "primary"
service = "postgres"
dsn = "postgresql://observer:node-password@{host}:{port}/erp"
[monitoring]
pager = { service = "pager", port = 8080 }
[incidents.down]
title = "Down"
alerts = ["Down"]
[[incidents.down.procedure]]
action = "check"
says = "Look"
path = "/health"
field = "status"
"""


def changed(path: Path, key: str, value: Any) -> Path:
    """The minimal manifest with one (dotted) key set, or taken away where the value is None."""
    document: dict[str, Any] = tomllib.loads(MINIMAL)
    *parents, last = key.split(".")
    section: Any = document
    for name in parents:
        section = section[int(name)] if isinstance(section, list) else section.setdefault(name, {})
    if value is None:
        del section[last]
    else:
        section[last] = copy.deepcopy(value)
    file = path / "drills.toml"
    file.write_text(toml(document))
    return file


def toml(value: Any) -> str:
    """A document as TOML, every value inline."""
    if isinstance(value, dict) and value and all(isinstance(v, dict) for v in value.values()):
        return "\n".join(f"{name} = {inline(section)}" for name, section in value.items())
    return "\n".join(f"{name} = {inline(part)}" for name, part in value.items())


def inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{k}" = {inline(v)}' for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(inline, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return f"'{value}'" if isinstance(value, str) else str(value)


def test_the_manifest_of_this_stack_loads() -> None:
    """With its journeys, nodes and incidents."""
    manifest = load(OURS)
    assert manifest.node("primary")[0] == "postgres"
    assert manifest.journey(manifest.data.writes).method == "POST"
    assert {"read-replica-down", "memory-exhaustion"} <= manifest.incidents.keys()
    assert manifest.journeys["orders"].timeout == 3.0


def test_a_minimal_manifest_loads(tmp_path: Path) -> None:
    """So that each of the mistakes below is the only one."""
    manifest = load(changed(tmp_path, "stack.name", "other"))
    assert manifest.stack.name == "other"
    assert manifest.journey("orders").rate == 10


CHECK = {"action": "check", "says": "Look", "path": "/", "field": "status"}


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("stack.nmae", "x", "stack.nmae: Extra inputs are not permitted"),
        ("stack.name", 7, "stack.name: Input should be a valid string"),
        ("stack.entry.service", "", "stack.entry.service: String should have at least 1"),
        ("stack.entry.port", 0, "stack.entry.port: Input should be greater than 0"),
        ("monitoring.pager.port", 70000, "monitoring.pager.port: Input should be less than"),
        ("login", None, "login: Field required"),
        ("data.final_read", None, "data.final_read: Field required"),
        ("blast_radius.services", [], "blast_radius.services: Tuple should have at least 1 item"),
        ("blast_radius.containers_at_once", 0, "blast_radius.containers_at_once: "),
        ("journeys.orders.timeout", "soon", "journeys.orders.timeout: expected a duration such as"),
        ("journeys.orders.timeout", 0, "journeys.orders.timeout: Input should be greater than 0"),
        ("journeys.orders.rate", -1, "journeys.orders.rate: Input should be greater than 0"),
        ("journeys.orders.method", "PUT", "journeys.orders.method: Input should be 'GET' or"),
        ("journeys.orders.fail_over_to", "primary", "journeys.orders: fail_over_to needs route"),
        ("data.writes", "oders", "data.writes: expected one of the journeys (orders), got 'oders'"),
        ("data.nodes", {}, "data: expected one node with role = 'primary' under nodes, got none"),
        ("data.nodes.postgres.role", "replica", "data: expected one node with role = 'primary'"),
        (
            "data.nodes.other",
            {"role": "primary", "service": "x", "dsn": "postgresql://"},
            "expected one node with role = 'primary' under nodes, got postgres, other",
        ),
        (
            "incidents.down.alerts",
            [],
            "expected alerts, or services under unhealthy",
        ),
        (
            "incidents.down.procedure.0.action",
            "reboot",
            "incidents.down.procedure.0.action: Input should be 'check', 'point', 'restart'",
        ),
        ("incidents.down.procedure.0.field", None, "procedure.0: action 'check' needs field"),
        ("incidents.down.procedure", [{**CHECK, "path": "", "field": ""}], "needs path, field"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_mistake_is_told_by_file_and_key(
    tmp_path: Path, key: str, value: object, told: str
) -> None:
    """And what was expected there."""
    file = changed(tmp_path, key, value)
    with pytest.raises(PlanError) as caught:
        load(file)
    assert str(caught.value).startswith(f"{file}: ")
    assert told in str(caught.value)
    assert "Value error" not in str(caught.value)


def test_several_mistakes_are_counted(tmp_path: Path) -> None:
    """The first is told, the others announced."""
    file = changed(tmp_path, "stack", {"name": "erp"})
    file.write_text(file.read_text().replace("login", "logon", 1))
    with pytest.raises(PlanError, match=r"\(and 2 more\)$"):
        load(file)


FILLED = {"path": "/", "field": "f", "equals": "e", "key": "K", "at": "A", "service": "app"}


@pytest.mark.parametrize(
    ("action", "field"), [(action, field) for action, fields in NEEDS.items() for field in fields]
)
def test_an_action_needs_its_fields(action: str, field: str) -> None:
    """Each of them, and nothing else."""
    needed = {name: FILLED[name] for name in NEEDS[action]}
    assert Action.model_validate({"action": action, "says": "Do", **needed}).action == action
    del needed[field]
    with pytest.raises(ValueError, match=f"action '{action}' needs {field}"):
        Action.model_validate({"action": action, "says": "Do", **needed})


def test_only_what_changes_the_system_acts() -> None:
    """Recovery counts from the last of these."""
    acts = [
        name
        for name, fields in NEEDS.items()
        if Action.model_validate(
            {"action": name, "says": "", **{field: FILLED[field] for field in fields}}
        ).acts
    ]
    assert acts == ["point", "restart"]


@pytest.mark.parametrize("text", [b"[stack", b"\xff\xfe", None], ids=["torn", "binary", "missing"])
def test_what_is_no_toml_is_told_by_file(tmp_path: Path, text: bytes | None) -> None:
    """Also a file that is not there."""
    file = tmp_path / "drills.toml"
    if text is not None:
        file.write_bytes(text)
    with pytest.raises(PlanError, match=f"{file}: expected a stack manifest"):
        load(file)


def test_a_tag_names_the_incident() -> None:
    """None for none, and two are a mistake that names both."""
    manifest = load(OURS)
    assert manifest.incident(frozenset({"read-replica-down", "P2"}))[0] == "read-replica-down"
    assert manifest.incident(frozenset({"P2"})) == ("", None)
    with pytest.raises(PlanError, match="memory-exhaustion, read-replica-down"):
        manifest.incident(frozenset({"read-replica-down", "memory-exhaustion"}))


def test_what_is_not_there_is_told_with_what_is(tmp_path: Path) -> None:
    """Journeys by name, nodes by role."""
    manifest = load(changed(tmp_path, "stack.name", "erp"))
    with pytest.raises(PlanError, match=r"one of the journeys \['orders'\], got 'exports'"):
        manifest.journey("exports")
    with pytest.raises(PlanError, match="role = 'replica'"):
        manifest.node("replica")


@pytest.mark.parametrize(
    ("dsn", "password"),
    [
        ("postgresql://observer:pw@{host}:{port}/erp", "pw"),
        ("postgresql://observer:p@s:s@{host}:{port}/erp", "p@s:s"),
        ("postgresql://observer@{host}:{port}/erp", ""),
        ("postgresql://{host}:{port}/erp", ""),
        ("host={host} user=u password=pw dbname=erp", "pw"),
        ("host={host} password = 'p w'", "p w"),
        ("host={host}", ""),
    ],
)
def test_the_password_of_a_dsn_is_known(dsn: str, password: str) -> None:
    """In both of the forms that PostgreSQL reads; a user's name is none."""
    assert password_of(dsn) == password


def test_the_redactor_is_told_every_password(tmp_path: Path) -> None:
    """The customers' and the observers'."""
    secrets = load(changed(tmp_path, "stack.name", "erp")).secrets()
    assert secrets == ["login-password", "node-password"]


def test_a_journey_is_asked_as_it_says(tmp_path: Path) -> None:
    """With the customer's token, unless it needs none; a body is JSON."""
    manifest = load(changed(tmp_path, "journeys.orders.body", '{"id": "{id}"}'))
    lane = manifest.journey("orders").lane("orders", ("127.0.0.1", 80), "token", 5)
    assert lane.headers == {"Authorization": "Bearer token", "Content-Type": "application/json"}
    assert (lane.rate, lane.port, lane.path) == (5, 80, "/orders")
    open_ = load(changed(tmp_path, "journeys.orders.authenticated", False)).journey("orders")
    assert open_.lane("orders", ("127.0.0.1", 80), "token", 5).headers == {}


def test_the_manifest_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the compose file, or where the environment says."""
    monkeypatch.delenv("DRILLS_MANIFEST", raising=False)
    assert find(tmp_path) == tmp_path / "compose" / "drills.toml"
    monkeypatch.setenv("DRILLS_MANIFEST", "/elsewhere/drills.toml")
    assert find(tmp_path) == Path("/elsewhere/drills.toml")
