"""What is wrong in a manifest is told by file, line and key, all of it, in our words."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from drills.config.composed import needs_of
from drills.config.document import Manifest, load
from drills.errors import PlanError
from drills.stack.engines.needs import Need
from tests.unit.config.manifests import MINIMAL, SMALLEST, changed

FOREIGN = re.compile(r"pydantic|https?://|Value error|Input should|Field required|type=")
CHECK = {"action": "check", "says": "Look", "path": "/", "field": "status"}


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("stack.nmae", "x", "stack.nmae: expected one of the keys name, compose_file, entry, "),
        ("stack.name", 7, "stack.name: expected a text, found 7"),
        ("stack.entry.service", "", "stack.entry.service: expected a text that is not empty, f"),
        ("stack.name", "", "stack.name: expected a text that is not empty, found "),
        ("stack.entry.port", True, "stack.entry.port: expected a whole number, found "),
        ("stack.entry.port", 0, "stack.entry.port: expected more than 0, found 0"),
        ("monitoring.pager.port", 70000, "monitoring.pager.port: expected less than 65536, "),
        ("data.final_read", None, "data.final_read: expected a text, found nothing"),
        (
            "blast_radius.services",
            [],
            "services: expected at least 1 in the list, found an empty list",
        ),
        ("blast_radius.containers_at_once", 0, "containers_at_once: expected at least 1, found 0"),
        ("journeys.orders.timeout", "soon", "journeys.orders.timeout: expected a duration such as"),
        ("journeys.orders.timeout", 0, "journeys.orders.timeout: expected more than 0, found 0"),
        ("journeys.orders.at", {"service": "app", "port": 0}, "journeys.orders.at.port: expected"),
        ("journeys.orders.rate", -1, "journeys.orders.rate: expected more than 0, found -1"),
        ("journeys.orders.method", "put", "journeys.orders.method: expected a text that matches"),
        ("journeys.orders.body", "{id", "journeys.orders.body: expected JSON (Expecting property"),
        ("journeys.orders.body", "<order/>", 'Hint: what is no JSON says so with headers = { "Con'),
        ("journeys.orders", {"path": "/", "body": "1", "form": {"a": "b"}}, "got both"),
        ("journeys.orders.size", "huge", "expected a share such as '50 %', or 'any', found 'h"),
        ("journeys.orders.expect", {"pattern": "("}, "expected a regular expression: missing )"),
        ("journeys.orders.expect", {"rows_of": "items"}, "orders.expect.rows_of: needs rows"),
        (
            "journeys.orders",
            {"path": "/", "method": "HEAD", "expect": {"has": ["a"], "rows": 1}},
            "a HEAD has no body: expected no has, rows",
        ),
        (
            "journeys.orders.headers",
            {"X-Key": "{env:NOBODY_SET_THIS}"},
            "journeys.orders.headers.X-Key: expected NOBODY_SET_THIS in the environment, found",
        ),
        (
            "login.form",
            {"a": "b"},
            "login.form: expected username and password, or a body, or a form",
        ),
        ("data.content", ["qty"], "data.content.0: expected a field that orders sends (no fi"),
        ("journeys.orders.fail_over_to", "primary", "journeys.orders.fail_over_to: needs route"),
        ("data.writes", "oders", "(orders), found 'oders'; did you mean 'orders'?"),
        ("data.nodes", {}, "data.nodes: expected one node with role = 'primary', found none"),
        ("data.nodes.postgres.role", "replica", "data.nodes: expected one node with role = 'pri"),
        (
            "data.nodes.other",
            {"role": "primary", "service": "x", "dsn": "postgresql://"},
            "data.nodes: expected one node with role = 'primary', found postgres, other",
        ),
        (
            "incidents.down.alerts",
            None,
            "expected alerts, or services under unhealthy",
        ),
        (
            "incidents.down.procedure.0.action",
            "reboot",
            "incidents.down.procedure.0.action: expected one of 'check', 'po",
        ),
        ("incidents.down.procedure.0.field", None, "procedure.0.action: 'check' needs field"),
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
    (line,) = str(caught.value).splitlines()
    assert re.match(rf"{file}:[1-9]: \w+", line)
    assert told in line
    assert FOREIGN.search(line) is None


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("blast_radius.containers_at_once", True, "a whole number, found true"),
        ("blast_radius.containers_at_once", 1.0, "a whole number, found 1.0"),
        ("blast_radius.containers_at_once", "1", "a whole number, found '1'"),
        ("blast_radius.services", "web", "a list, found 'web'"),
        ("stack.services.web", True, "a whole number, found true"),
        ("stack.own_names", 1, "true or false, found 1"),
        ("stop.lost_writes", True, "a whole number, found true"),
        ("stop.after", True, "a number, found true"),
        ("stop.failed_share", True, "a number, found true"),
        ("journeys.orders.rate", True, "a number, found true"),
        ("journeys.orders.rate", "3", "a number, found '3'"),
        ("journeys.orders.always", "yes", "true or false, found 'yes'"),
        ("journeys.orders.expect.status", [201.0], "a whole number, found 201.0"),
        ("data.max_lag", True, "a number, found true"),
        ("incidents.down.procedure.0.tried", 0, "true or false, found 0"),
    ],
)
def test_no_value_is_taken_for_one_of_another_kind(
    tmp_path: Path, key: str, value: object, expected: str
) -> None:
    """However alike a computer finds them: true is no number, and 1.0 no count."""
    with pytest.raises(PlanError, match=re.escape(f": expected {expected}")) as caught:
        load(changed(tmp_path, key, value))
    assert f" {key}" in str(caught.value)


@pytest.mark.parametrize(
    ("key", "value"), [("journeys.orders.rate", 3), ("stop.after", 60), ("stop.after", "1 min")]
)
def test_a_whole_number_is_a_number(tmp_path: Path, key: str, value: object) -> None:
    """And a duration in words is one of seconds."""
    load(changed(tmp_path, key, value))


WRONG = """\
[stack]
nmae = "shop"
entry = { service = "web", prot = 80 }

[blast_radius]
services = ["web", 7]

[journeys.home]
path = "/"
rate = "fast"
authenticated = "no way"
timeout = "soon"
expect.status = [200,
  "ok"]

[login]
path = "/login"
password = 4711

[incident.down]
title = "Down"
"""
FOUND = """\
2: stack.nmae: expected one of the keys name, compose_file, entry, configuration, ready, services, \
profiles, writes_to, own_names, diagnostics, attach; found 'nmae'; did you mean 'name'?
3: stack.entry.prot: expected one of the keys service, port, ca, server_name; found 'prot'; \
did you mean 'port'?
6: blast_radius.services.1: expected a text, found 7
10: journeys.home.rate: expected a number, found 'fast'
11: journeys.home.authenticated: expected true or false, found 'no way'
12: journeys.home.timeout: expected a duration such as '5 minutes', '15 min', '2 s' or '250 ms', \
got 'soon'
14: journeys.home.expect.status.1: expected a whole number, found 'ok'
18: login.password: expected a text, found a whole number
20: incident: expected one of the keys stack, blast_radius, roles, zones, stop, login, \
journeys, data, monitoring, incidents, record, runbook, export, history; found 'incident'; \
did you mean 'incidents'?
"""


def told(file: Path) -> str:
    """What is said of a manifest, without its path."""
    with pytest.raises(PlanError) as caught:
        load(file)
    return str(caught.value).replace(f"{file}:", "")


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    """In the order of the file, each by line and key, with what was expected and found.

    A misspelt key and the one that is missing for it are one mistake; no secret is shown.
    """
    file = tmp_path / "drills.toml"
    file.write_text(WRONG)
    assert told(file) == FOUND.rstrip("\n")


def test_every_name_that_nothing_has_is_told_at_once(tmp_path: Path) -> None:
    """Once the sections are right in themselves: what one names and another does not give."""
    file = tmp_path / "drills.toml"
    file.write_text(
        MINIMAL
        + """
[stack.services]
wbe = 1
[journeys.replication]
path = "/"
[journeys."Big orders"]
path = "/a b"
[incidents.P2]
title = "Two"
alerts = ["x"]
[incidents.no-incident]
title = "None"
unhealthy = ["x"]
"""
    )
    said = told(file)
    assert "blast_radius.services.0: expected one of stack.services (wbe), found 'app'" in said
    assert "journeys.replication: expected another name: replication is what the re" in said
    assert 'journeys."Big orders": name: expected [a-z0-9-]+' in said
    assert "journeys.\"Big orders\".path: expected / and then no blanks, found '/a b'" in said
    assert "incidents.P2: expected another name for an incident: @P2 is read as a sev" in said
    assert "incidents.no-incident: expected another name for an incident: @no-in" in said
    assert "incidents.no-incident.unhealthy.0: expected one of stack.services (wbe), fou" in said
    assert FOREIGN.search(said) is None


@pytest.mark.parametrize("name", ["P2", "p-2", "sev1", "no-incident", "skip", "xfail", "a b", ""])
def test_an_incident_is_not_called_what_a_tag_means_already(tmp_path: Path, name: str) -> None:
    """Its name is a tag: nobody could say which of the two a scenario means."""
    said = told(changed(tmp_path, "incidents", {name: {"title": "It", "alerts": ["X"]}}))
    assert "expected another name for an incident: " in said


@pytest.mark.parametrize("name", ["database-down", "P2-database", "sevres", "skipped-jobs"])
def test_other_names_are_an_incident_s(tmp_path: Path, name: str) -> None:
    """Also those that only look a little like one of ours."""
    incidents = {name: {"title": "It", "alerts": ["X"]}}
    assert name in load(changed(tmp_path, "incidents", incidents)).incidents


@pytest.mark.parametrize("text", [b"[stack", b"\xff\xfe", None], ids=["torn", "binary", "missing"])
def test_what_is_no_toml_is_told_by_file(tmp_path: Path, text: bytes | None) -> None:
    """Also a file that is not there."""
    file = tmp_path / "drills.toml"
    if text is not None:
        file.write_bytes(text)
    expected = {b"[stack": ":1: expected TOML: Expected ']'", b"\xff\xfe": ":1: expected UTF-8"}
    missing = ": expected a stack manifest there, found nothing"
    with pytest.raises(PlanError, match=re.escape(f"{file}{expected.get(text or b'', missing)}")):
        load(file)


def test_a_manifest_that_is_not_there_is_looked_for_nearby(tmp_path: Path) -> None:
    """And it is said how one names another."""
    there = tmp_path / "compose" / "drills.toml"
    there.parent.mkdir()
    there.write_text(MINIMAL)
    for missing in (tmp_path / "drills.toml", tmp_path / "compose" / "drill.toml"):
        with pytest.raises(PlanError) as caught:
            load(missing)
        said = f"{missing}: expected a stack manifest there, found nothing; did you mean {there}?"
        assert str(caught.value).startswith(said)
        assert "--drill-manifest FILE, or else $DRILL_MANIFEST, says where it is" in str(
            caught.value
        )
    with pytest.raises(
        PlanError, match=r"compose: expected a stack manifest: Is a dir.*--drill-man"
    ):
        load(there.parent)


class TestServicesThatOnlyTheComposeFileKnows:
    """A manifest that does not list them is held to them once compose has told which there are."""

    def test_each_that_is_none_of_them_is_told_with_its_line(self, tmp_path: Path) -> None:
        """All at once, as any other mistake of a manifest; no traceback, whoever asks."""
        path = tmp_path / "drills.toml"
        path.write_text(SMALLEST.replace('services = ["web"]', 'services = ["wbe", "db"]'))
        manifest = load(path)
        with pytest.raises(PlanError) as told:
            manifest.with_services({"app": 1, "db": 1})
        expected = "expected one of stack.services (app, db)"
        assert str(told.value).splitlines() == [
            f"{path}:6: blast_radius.services.0: {expected}, found 'wbe'",
            f"{path}:4: stack.entry: {expected}, found 'web'",
        ]

    def test_what_the_stack_needs_has_its_place_too(self, tmp_path: Path) -> None:
        """So does what compose's file lacks, in a dry run and in a real one."""
        path = tmp_path / "drills.toml"
        path.write_text(SMALLEST)
        assert Need(f"{path}:4: stack.entry", "web", 80) in list(needs_of(load(path)))

    def test_a_manifest_that_came_from_elsewhere_has_only_keys(self) -> None:
        """There is no file to look into."""
        manifest = Manifest.of(tomllib.loads(SMALLEST))
        with pytest.raises(PlanError, match=r"^blast_radius\.services\.0: expected one of"):
            manifest.with_services({"app": 1})


@pytest.mark.parametrize(
    ("written", "line", "told"),
    [
        (
            '[login]\npath = "/"\nusername = "u"\npassword = "{env:NOBODY_SET_THIS}"',
            4,
            "login.password: expected NOBODY_SET_THIS in the environment, found",
        ),
        (
            '[login]\n[login.headers]\nA = "b"\nAuthorization = "Bearer {env:NOBODY_SET_THIS}"',
            4,
            "login.headers.Authorization: expected NOBODY_SET_THIS in the environment",
        ),
        (
            '[journeys.x]\nin = "q"\ncommand = [\n  "a",\n  "{env:NOBODY_SET_THIS}",\n]',
            5,
            "journeys.x.command.1: expected NOBODY_SET_THIS in the environment",
        ),
        (
            '[data.nodes.db]\nservice = "db"\ndsn = "postgresql://a:{env:NOBODY_SET_THIS}@x/y"',
            3,
            "data.nodes.db.dsn: expected NOBODY_SET_THIS in the environment",
        ),
        (
            '[data.nodes.db]\nservice = "db"\ndsn = "postgresql://x"\ncommand = ["a"]',
            4,
            "data.nodes.db.command: expected a dsn, or a command that prints",
        ),
        (
            '[journeys.x]\nforbidden = true\npath = "/"\n[journeys.x.expect]\nstatus = [200]',
            5,
            "journeys.x.expect.status: what is forbidden expects to be refused",
        ),
        (
            '[journeys.x]\npath = "/"\nbody = "{}"\nform = {a = "b"}',
            4,
            "journeys.x.form: expected a body or a form, got both",
        ),
        (
            '[login]\npath = "/"\nusername = "u"\ntoken = "t"\ncookie = "c"',
            5,
            "login.cookie: expected token or cookie",
        ),
        (
            '[[incidents.down.procedure]]\nsays = "Look"\naction = "run"',
            3,
            "incidents.down.procedure.0.action: 'run' needs service, command",
        ),
    ],
)
def test_what_is_wrong_is_told_on_the_line_of_its_key(
    tmp_path: Path, written: str, line: int, told: str
) -> None:
    """Not on that of the table around it."""
    file = tmp_path / "drills.toml"
    file.write_text(written + "\n")
    with pytest.raises(PlanError) as raised:
        load(file)
    found = [said for said in str(raised.value).splitlines() if told in said]
    assert [said.partition(": ")[0] for said in found] == [f"{file}:{line}"]
