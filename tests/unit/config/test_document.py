"""The manifest: what is wrong in it is told by file and key, before anything is touched."""

from __future__ import annotations

import tomllib
import traceback
from pathlib import Path
from typing import Any

import pytest

from drills.config.document import Manifest, load
from drills.config.finding import find
from drills.errors import PlanError
from tests.unit.config.manifests import SMALLEST, changed

ROOT = Path(__file__).parents[3]
OURS = ROOT / "compose" / "drills.toml"

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
FORMED = "id={id}&a+b=%C3%BC%26%7Bx%7D"
XML = {"Content-Type": "text/xml"}
CUSTOMER = {"Authorization": "Bearer token"}


def test_the_manifest_of_this_stack_loads() -> None:
    """With its journeys, nodes and incidents."""
    manifest = load(OURS)
    assert manifest.data.primary == "postgres"
    assert manifest.journeys[manifest.data.writes].method == "POST"
    assert {"read-replica-down", "memory-exhaustion"} <= manifest.incidents.keys()
    assert manifest.journeys["orders"].timeout == 3.0


def test_a_manifest_from_elsewhere_is_read_as_a_file_is() -> None:
    """A team's own fixture may make it of anything; what it makes is plain values."""
    document = tomllib.loads(OURS.read_text("utf-8"))
    document["runbook"] = tomllib.loads((OURS.parent / document["runbook"]).read_text("utf-8"))
    read = Manifest.of(document)
    assert read == load(OURS)
    assert Manifest.model_validate(document) == read


def test_mistakes_from_elsewhere_are_told_by_key() -> None:
    """All of them, in our words: there is no file and no line."""
    entry = {"service": "web", "port": 0}
    with pytest.raises(PlanError) as caught:
        Manifest.of({"stack": {"name": 7, "entry": entry}, "journeys": {}})
    assert "".join(traceback.format_exception(caught.value)).partition("PlanError: ")[2] == (
        "stack.name: expected a text, found 7\nstack.entry.port: expected more than 0, found 0\n"
    )


@pytest.mark.parametrize("document", [None, [], "stack"])
def test_what_is_no_table_is_no_manifest(document: Any) -> None:
    """Such as an empty file that was read as YAML."""
    with pytest.raises(PlanError, match=r"^expected a table, found "):
        Manifest.of(document)


def test_a_minimal_manifest_loads(tmp_path: Path) -> None:
    """So that each of the mistakes below is the only one."""
    manifest = load(changed(tmp_path, "stack.name", "other"))
    assert manifest.stack.name == "other"
    assert manifest.journeys["orders"].rate == 10


def test_a_tag_names_the_incident() -> None:
    """None for none, and two are a mistake that names both."""
    manifest = load(OURS)
    assert manifest.incident(frozenset({"read-replica-down", "P2"}))[0] == "read-replica-down"
    assert manifest.incident(frozenset({"P2"})) == ("", None)
    with pytest.raises(PlanError, match="memory-exhaustion, read-replica-down"):
        manifest.incident(frozenset({"read-replica-down", "memory-exhaustion"}))


def test_the_redactor_is_told_every_password(tmp_path: Path) -> None:
    """The customers' and the observers'."""
    secrets = load(changed(tmp_path, "stack.name", "erp")).secrets()
    assert secrets == ["login-password", "node-password"]


@pytest.mark.parametrize("section", ["login", "data", "monitoring", "incidents"])
def test_what_a_manifest_does_not_name_is_not_there(tmp_path: Path, section: str) -> None:
    """And is no mistake: a stack may have no login, keep nothing, and have no pager."""
    assert load(changed(tmp_path, section, None)).stack.name == "erp"


def test_the_smallest_manifest_has_nobody_to_wait_for(tmp_path: Path) -> None:
    """No primary, no replica, no pager, no incident, no secret."""
    file = tmp_path / "drills.toml"
    file.write_bytes(b"\xef\xbb\xbf" + SMALLEST.encode())  # with a BOM, as some editors write
    manifest = load(file)
    assert (manifest.data.primary, manifest.data.replicas, manifest.secrets()) == ("", [], [])
    assert (manifest.login, manifest.monitoring.pager, manifest.incidents) == (None, None, {})
    (journey,) = manifest.journeys.values()
    assert journey.lane("home", ("127.0.0.1", 80), {}, 1).headers == {}


def test_nodes_are_known_by_their_role(tmp_path: Path) -> None:
    """Who must hold everything, and who follows."""
    manifest = load(OURS)
    assert (manifest.data.primary, manifest.data.replicas) == ("postgres", ["postgres-replica"])
    assert load(changed(tmp_path, "stack.name", "erp")).data.replicas == []


def test_braces_in_a_password_are_its_own(tmp_path: Path) -> None:
    """Only {host} and {port} are filled in."""
    dsn = "postgresql://observer:{p}%{w}{}@{host}:{port}/erp"
    node = load(changed(tmp_path, "data.nodes.postgres.dsn", dsn)).data.nodes["postgres"]
    assert node.at("127.0.0.1", 5433) == "postgresql://observer:{p}%{w}{}@127.0.0.1:5433/erp"


@pytest.mark.parametrize(
    ("more", "headers", "body"),
    [
        ({"body": '{"id": "{id}", "q": {"n": 1}}'}, {"Content-Type": JSON}, None),
        ({"form": {"id": "{id}", "a b": "ü&{x}"}}, {"Content-Type": FORM}, FORMED),
        ({"body": '<o id="{id}"/>', "headers": XML}, XML, None),
        ({"body": "a\tb", "headers": {"content-type": "text/csv"}}, None, None),
        ({"headers": {"X-Key": "Key {env:SHOP_KEY}"}}, {"X-Key": "Key 5e{}cret"}, ""),
        ({"form": {"key": "{env:SHOP_KEY}"}}, {"Content-Type": FORM}, "key=5e%7B%7Dcret"),
    ],
    ids=["JSON", "form", "XML", "any case", "environment", "environment in a form"],
)
def test_a_journey_sends_what_it_says(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    more: dict[str, Any],
    headers: dict[str, str] | None,
    body: str | None,
) -> None:
    """JSON by default, a form, or whatever its headers say; braces and quotes are left alone."""
    monkeypatch.setenv("SHOP_KEY", "5e{}cret")
    journey = {"path": "/orders", "method": "PUT", "authenticated": False, **more}
    manifest = load(changed(tmp_path, "journeys.orders", journey))
    lane = manifest.journeys["orders"].lane("orders", ("127.0.0.1", 80), {}, 5)
    assert lane.headers == (more["headers"] if headers is None else headers)
    assert lane.body == (more["body"] if body is None else body)
    assert ("5e{}cret" in manifest.secrets()) is ("SHOP_KEY" in str(more))


def test_a_login_may_be_a_form(tmp_path: Path) -> None:
    """As OAuth's password grant is; username and password alone are JSON."""
    form = {"grant_type": "password", "username": "drill"}
    login = load(changed(tmp_path, "login", {"path": "/token", "form": form})).login
    assert login is not None
    assert login.sent_headers() == {"Content-Type": FORM}
    assert login.sent_body() == "grant_type=password&username=drill"
    usual = load(changed(tmp_path, "stack.name", "erp")).login
    assert usual is not None
    assert usual.sent_headers() == {"Content-Type": JSON}
    assert usual.sent_body() == '{"username": "drill", "password": "login-password"}'


def test_what_a_write_says_is_taken_from_its_body(tmp_path: Path) -> None:
    """Under the names that the manifest gives, as canonical forms, of JSON and of a form."""
    journey = {"path": "/", "body": '{"id": "{id}", "item": {"no": 7.0}, "ref": "r-{id}"}'}
    file = changed(tmp_path, "journeys.orders", journey)
    file.write_text(file.read_text().replace('"final_read"', '"content" = ["x"], "final_read"'))
    with pytest.raises(PlanError, match=r"orders sends \(id, item, ref\), found 'x'"):
        load(file)
    names = ("item.no", "ref")
    lane = load(changed(tmp_path, "journeys.orders", journey)).journeys["orders"]
    assert lane.lane("orders", ("h", 1), {}, 1, names).content == ("7", "r-{id}")
    form = {"path": "/", "form": {"no": "7.00"}}
    lane = load(changed(tmp_path, "journeys.orders", form)).journeys["orders"]
    assert lane.lane("orders", ("h", 1), {}, 1, ("no",)).content == ("7",)


def test_a_write_is_held_to_a_size_only_where_it_says_so(tmp_path: Path) -> None:
    """An acknowledgement that came short is one; calling it none would hide a loss."""
    write = {"path": "/orders/{id}", "method": "PUT"}
    for more, size in (({}, 0.0), ({"size": "any"}, 0.0), ({"size": "90 %"}, 0.9)):
        manifest = load(changed(tmp_path, "journeys.orders", write | more))
        assert manifest.journeys["orders"].lane("orders", ("h", 1), {}, 1).size == size
    read = load(changed(tmp_path, "stack.name", "erp")).journeys["orders"]
    assert read.lane("orders", ("h", 1), {}, 1).size is None


def test_a_journey_is_asked_as_it_says(tmp_path: Path) -> None:
    """With the customer's token, unless it needs none; a body is JSON."""
    manifest = load(changed(tmp_path, "journeys.orders.body", '{"id": "{id}"}'))
    lane = manifest.journeys["orders"].lane(
        "orders", ("127.0.0.1", 80), {"Authorization": "Bearer token"}, 5
    )
    assert lane.headers == {"Authorization": "Bearer token", "Content-Type": "application/json"}
    assert (lane.rate, lane.port, lane.path) == (5, 80, "/orders")
    open_ = load(changed(tmp_path, "journeys.orders.authenticated", False)).journeys["orders"]
    assert open_.lane("orders", ("127.0.0.1", 80), CUSTOMER, 5).headers == {}


def test_the_manifest_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the compose file, or where the environment says."""
    monkeypatch.delenv("DRILL_MANIFEST", raising=False)
    assert find(tmp_path) == tmp_path / "compose" / "drills.toml"
    monkeypatch.setenv("DRILL_MANIFEST", "/elsewhere/drills.toml")
    assert find(tmp_path) == Path("/elsewhere/drills.toml")
