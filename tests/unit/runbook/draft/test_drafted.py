"""Seven runbooks of different make become policies; every value names the line it came from."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from drills.config.runbook import RunbookSection
from drills.runbook.document import parse, read
from drills.runbook.draft import Draft, draft
from drills.runbook.policy import Policy

ROOT = Path(__file__).parents[4]
OURS = ROOT / "compose" / "runbook.md"
MADE = Path(__file__).parent / "runbooks"
ALL = [OURS, *sorted(MADE.glob("*.md"))]
PLACED = re.compile(r"^ *(?:(?P<key>\w+) = )?(?P<value>.*?),? # (?P<file>[\w.-]+):(?P<line>\d+)$")
# What is said in our words: spans, dates, actions, the record's own names.
OUR_WORDS = {
    "response",
    "every",
    "next",
    "updated",
    "action",
    "record",
    "external",
    "changes",
}


def drafted(name: str) -> tuple[Draft, Policy]:
    found = draft(read(MADE / f"{name}.md"))
    return found, policy(found)


def policy(found: Draft) -> Policy:
    read_: Policy = RunbookSection.model_validate(tomllib.loads(found.toml())).value()
    return read_


def left(found: Draft) -> list[tuple[int, str]]:
    return [(each.line, each.why) for each in found.unplaced()]


def folded(text: str) -> str:
    return re.sub(r"[^\w]+", "", text).casefold()


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_every_value_stands_on_the_line_that_it_names(path: Path) -> None:
    """But for those that are said in the words of this framework, which have a line as well."""
    document = read(path)
    lines = draft(document).toml().splitlines()
    strangers = []
    key = ""
    for line in lines:
        found = PLACED.fullmatch(line)
        key = line.split(" = ")[0] if " = " in line else key
        if found is None:
            assert (
                not line
                or line.startswith(("[", "]", "text = "))
                or line.endswith(" = [")
                or (line == "alerts = []")
            ), line
            continue
        value, said = found["value"], document.lines[int(found["line"]) - 1]
        texts = tomllib.loads(f"x = {value}")["x"]
        for text in texts if isinstance(texts, list) else [texts]:
            known = folded(str(text)) in folded(said)
            if key not in OUR_WORDS and not known and key not in ("says", "required", "word"):
                strangers.append((line, said))
    assert strangers == []


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_every_draft_is_a_policy_or_says_what_it_lacks(path: Path) -> None:
    """And each line of the document is placed, or listed."""
    found = draft(read(path))
    policy(found)
    listed = {each.line for each in found.unplaced()} | found.placed
    document = found.document
    unseen = {item.line for item in document.items} | {
        one.line for one in document.labels if one.value
    }
    unseen |= {row.line for table in document.tables for row in table.rows}
    assert unseen - listed == set()


def test_the_reference_runbook_is_read_as_the_committed_policy_has_it() -> None:
    """Its severities, roles, contacts, record, drills and dates."""
    found = draft(read(OURS))
    read_ = policy(found)
    file = tomllib.loads((OURS.parent / "runbook.toml").read_text("utf-8"))
    committed: Policy = RunbookSection.model_validate(file).value()
    assert {n: s.limit for n, s in read_.severities.items()} == {
        n: s.limit for n, s in committed.severities.items()
    }
    assert [s.means for s in read_.severities.values()] == [
        s.means for s in committed.severities.values()
    ]
    assert {n: (r.first.lower(), r.deputy, r.duties) for n, r in read_.roles.items()} == {
        n: (r.first.lower(), r.deputy, r.duties) for n, r in committed.roles.items()
    }
    assert read_.contacts == committed.contacts
    assert read_.record.impacts == committed.record.impacts
    assert read_.record.services == committed.record.services
    assert read_.record.ticks == committed.record.ticks
    assert read_.record.after == committed.record.after
    assert set(read_.record.required) <= set(committed.record.required)
    assert read_.drills.keys() == committed.drills.keys()
    for name, drill in read_.drills.items():
        assert [c.says for c in drill.criteria] == [c.says for c in committed.drills[name].criteria]
        assert drill.next == committed.drills[name].next == date(2026, 2, 28)
    assert (read_.review.updated, read_.review.next) == (date(2026, 1, 31), date(2026, 4, 30))
    assert len(read_.incidents) == 9


def test_broken_characters_change_nothing(tmp_path: Path) -> None:
    """Pictures before headings, all of it read in a wrong code once, is the same policy."""
    pictured, shell = [], False
    for line in OURS.read_text("utf-8").split("\n"):
        shell ^= line.startswith("```")
        heading = line.startswith("#") and not shell
        pictured.append(re.sub(r"^(#+) ", "\\1 🔥 ⚠️ ", line) if heading else line)
    broken = "".join(
        bytes([b]).decode("cp1252", "ignore") or chr(b) for b in "\n".join(pictured).encode()
    )
    (tmp_path / "runbook.md").write_text(broken, "utf-8")
    document = read(tmp_path / "runbook.md")
    assert len(document.repairs) > 50
    assert draft(document).toml() == draft(read(OURS)).toml()


@pytest.mark.parametrize(
    "text",
    ["", "---\n---\n", "# \n\n1. ls\n2.\n", "## Drills\n\n- [ ]\n- [ ] x\n", "|a|\n|-|\n", "```\n"],
)
def test_what_says_nothing_is_a_policy_that_says_little(text: str) -> None:
    """Headings, boxes, tables and blocks without a word."""
    policy(draft(parse(text, Path("r.md"))))


def test_a_command_is_an_action_only_where_that_does_surely_the_same() -> None:
    """What hides in a comment, a condition or an edit, is no command of its own."""
    incidents = policy(draft(read(OURS))).incidents
    replica = [(each.action, each.says) for each in incidents["read-replica-down"].procedure]
    assert replica == [
        ("check", "Ask for the replica"),
        ("people", "Let the primary serve the reads, by hand"),
        ("point", "Edit the configuration: READ_REPLICA_URL -> DATABASE_URL"),
        ("restart", "Carry out: sudo docker-compose restart app"),
        ("people", "See that it does: curl http://localhost:8000/health/database"),
    ]
    down = incidents["database-connection-failures"].procedure
    assert {each.action for each in down} == {"people"}
    assert down[2].says == "Where postgres is down: sudo docker-compose restart postgres"


def test_a_wiki_page_is_one_incident() -> None:
    """Its quote says which alert and severity, its tables the rest; no time is no response."""
    found, read_ = drafted("wiki")
    incident = read_.incidents["checkout-is-slow"]
    assert (incident.alerts, incident.severity) == (("CheckoutLatencyHigh",), "SEV-2")
    assert [each.action for each in incident.procedure] == ["people", "run", "restart"]
    assert read_.severities["SEV-2"].response == "30 min"
    assert read_.severities["SEV-1"].limit is None
    assert (15, "no span of time") in left(found)
    assert read_.roles["incident-commander"].deputy == "Tom"
    assert read_.contacts["payments-on-call"].known
    assert not read_.contacts["card-provider"].known


def test_a_numbered_list_is_a_procedure() -> None:
    """Commands in its items and below them; a condition is for people; a review in months."""
    found, read_ = drafted("numbered")
    steps = read_.incidents["mail-queue-is-stuck"].procedure
    assert [each.action for each in steps] == ["run", "people", "restart", "people"]
    assert read_.incidents["mail-queue-is-stuck"].alerts == ("MailQueueGrowing",)
    assert read_.review.every == "4 months"
    assert left(found) == [(7, "")]


def test_a_table_of_commands_is_a_procedure_a_heading() -> None:
    """What may change something says so; a flag is no command."""
    found, read_ = drafted("table")
    full = read_.incidents["cache-is-full"].procedure
    assert [(s.action, s.says, s.changes) for s in full] == [
        ("run", "How full it is", False),
        ("run", "Empty it", True),
        ("people", "Count what is large: redis-cli --scan | head", False),
    ]
    assert read_.incidents["search-is-down"].procedure[0].action == "start"
    assert (16, "") in left(found)


def test_a_german_runbook_is_read() -> None:
    """Its times, roles, contacts and dates."""
    _, read_ = drafted("deutsch")
    assert [s.response for s in read_.severities.values()] == ["15 min", "4 h", "2 business days"]
    assert read_.roles["einsatzleitung"].people == "Frau Öz (deputy: Herr Groß)"
    assert read_.roles["einsatzleitung"].record == "Incident commander"
    assert read_.contacts["rechenzentrum"].use == "rund um die Uhr"
    assert (read_.review.updated, read_.review.next) == (date(2026, 2, 3), date(2026, 8, 31))
    steps = read_.incidents["datenbank-antwortet-nicht"].procedure
    assert [each.action for each in steps] == ["people", "restart", "people"]


def test_a_runbook_without_code_is_for_people() -> None:
    """Its incident is the page; a severity that nobody explains is told, not guessed."""
    found, read_ = drafted("prose")
    incident = read_.incidents["when-the-website-is-down"]
    assert {each.action for each in incident.procedure} == {"people"}
    assert (3, "no severity of that name") in left(found)
    assert read_.contacts["maria"].reach == "extension 12"
    drill = read_.drills["the-light-turns-red"]
    assert drill.criteria[0].says == "Somebody notices within 10 minutes"
    assert drill.next == date(2026, 6, 1)


def test_a_page_of_a_kubernetes_team_is_named_after_its_alerts() -> None:
    """What needs a cluster, a pod's name or a variable is for people; alternatives stay so."""
    found, read_ = drafted("kubernetes")
    assert {n: i.alerts for n, i in read_.incidents.items()} == {
        "kubepodcrashlooping": ("KubePodCrashLooping",),
        "kubenodenotready": ("KubeNodeNotReady",),
    }
    actions: set[Any] = {s.action for i in read_.incidents.values() for s in i.procedure}
    assert actions == {"people"}
    assert read_.incidents["kubepodcrashlooping"].severity == "P2"
    assert (32, "a block of code") in left(found)
