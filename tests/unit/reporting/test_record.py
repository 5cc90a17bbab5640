"""The incident record as Markdown, after the runbook's template."""

from __future__ import annotations

import json
import re

import pytest

from drills.judgement.result import RecordField
from drills.reporting.markdown import escape
from drills.reporting.record import record_json, render_incident
from tests.unit.reporting import example

TEMPLATE = (
    "INCIDENT ID:",
    "SEVERITY:",
    "START TIME:",
    "END TIME:",
    "DURATION:",
    "DESCRIPTION",
    "IMPACT",
    "AFFECTED SERVICES",
    "ROOT CAUSE",
    "RESOLUTION ACTIONS",
    "WORKAROUNDS USED",
    "INCIDENT COMMANDER:",
    "TECHNICAL LEAD:",
    "COMMUNICATIONS:",
    "POST-INCIDENT ACTIONS",
    "PREVENTION MEASURES",
)


@pytest.mark.parametrize("variant", example.VARIANTS)
def test_the_template_is_kept(variant: str) -> None:
    """Every field of the runbook's record is there, in its order, whatever happened."""
    text = render_incident(example.VARIANTS[variant]()).upper()
    places = [re.search(rf"^(?:- \*\*|## ){name}", text, re.MULTILINE) for name in TEMPLATE]
    found = [place.start() for place in places if place]
    assert len(found) == len(TEMPLATE)
    assert found == sorted(found)


def test_boxes_are_ticked_as_the_record_says() -> None:
    """Severity, impact, services and later actions are boxes; the right ones are ticked."""
    text = render_incident(example.result())
    assert "- **SEVERITY:** [ ] P1 [x] P2 [ ] P3 [ ] P4\n" in text
    for line in (
        "- [x] Features degraded",
        "- [ ] System down completely",
        "- [x] Inventory Management",
        "- [ ] Load Balancer",
        "- [ ] Team retrospective scheduled",
    ):
        assert f"\n{line}\n" in text


@pytest.mark.parametrize(
    ("field", "line"),
    [
        (RecordField(name="Affected services", value="none", source="journal"), "none *(journal)*"),
        (RecordField(name="Affected services", value="", source="open"), "*open, to be filled"),
    ],
)
def test_where_there_is_no_box_the_field_stands_alone(field: RecordField, line: str) -> None:
    """As in the record of a team that lists no service."""
    changes = {"fields": [field], "affected_services": {}, "affected_by": {}}
    text = render_incident(example.result(record=example.record().model_copy(update=changes)))
    assert f"## Affected services\n\n{line}" in text


def test_actions_are_numbered() -> None:
    """The resolution actions are a numbered list in the order in which they were done."""
    lines = render_incident(example.result()).splitlines()
    assert [line[:2] for line in lines if re.match(r"\d\. ", line)] == ["1.", "2.", "3."]


def test_a_field_says_what_it_was_filled_from() -> None:
    """A reader can tell what the journal filled in from what a person said."""
    fields = [RecordField(name="Technical lead", value="A. Person", source="person")]
    record = example.record().model_copy(update={"fields": fields})
    text = render_incident(example.result(record=record))
    assert "- **TECHNICAL LEAD:** A. Person *(person)*" in text


def test_open_fields_name_who_fills_them() -> None:
    """What only people know is open, with the runbook's role that has to fill it in."""
    text, fills = render_incident(example.result()), example.record().fills
    for role in ("Incident commander", "Communications"):
        assert f"- **{role.upper()}:** *open, to be filled in by the {fills[role]}*" in text


def test_an_open_field_may_say_itself_who_fills_it() -> None:
    """The record's own word on an open field is kept."""
    fields = [RecordField(name="Communications", value="ask the owner", source="open")]
    record = example.record().model_copy(update={"fields": fields})
    assert "*open, ask the owner*" in render_incident(example.result(record=record))


def test_an_empty_record_is_open_everywhere() -> None:
    """A record that nothing filled is still the whole template, and nothing in it is made up."""
    record = example.record().model_copy(
        update={
            "fields": [],
            "root_cause": [],
            "resolution_actions": [],
            "workarounds": [],
            "prevention": [],
        }
    )
    text = render_incident(example.result(record=record))
    assert text.count("*open, to be filled in by") == 8
    assert "- **INCIDENT ID:** INC-2026-11-23-001" in text


def test_fields_of_ones_own_are_kept() -> None:
    """A field that the template does not know stands at the end instead of vanishing."""
    fields = [RecordField(name="Detection", value="ReplicaDown at +1.62 s", source="journal")]
    record = example.record().model_copy(update={"fields": fields})
    text = render_incident(example.result(record=record))
    assert "## Further notes\n\n- **Detection:** ReplicaDown at +1.62 s *(journal)*" in text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("READ_REPLICA_URL", "READ_REPLICA_URL"),
        ("_stressed_ *bold* `code`", r"\_stressed\_ \*bold\* \`code\`"),
        ("[x](javascript:alert(1))", r"\[x\](javascript:alert(1))"),
        ("<img onerror=x>", r"\<img onerror=x>"),
        ("# heading", r"\# heading"),
        ("- item", r"\- item"),
        ("7. item", r"7\. item"),
        ("7.1 s", "7.1 s"),
        ("one\n\n## two", "one ## two"),
        ("http://x.example", r"http\://x.example"),
        ("a | b", r"a \| b"),
        ("\x1b[31mred\x1b[0m\x00", "red\\\\x00"),
    ],
)
def test_markdown_of_others_is_text(text: str, shown: str) -> None:
    """What Markdown would act on is escaped; what it would leave alone stays readable."""
    assert escape(text) == shown


def test_hostile_text_adds_no_structure() -> None:
    """A service's text makes no heading, no list, no table and no HTML of its own."""
    calm = render_incident(example.result()).splitlines()
    hostile = render_incident(example.hostile("x\n# heading\n- [x] box <b> | y")).splitlines()
    headings = [line for line in calm if line.startswith("## ")]
    assert [line for line in hostile if line.startswith("## ")] == headings
    assert not any(re.search(r"(?<!\\)[<|]", line) for line in hostile)


def test_what_earlier_drills_left_is_told_with_its_state() -> None:
    """Open or closed, since when, and the id by which it is attested; one line each."""
    text = render_incident(example.result(follow_ups=example.follow_ups(2)))
    assert (
        "## Left by earlier drills of this incident\n\n"
        "- still open since 2026-10-02 (drill d1, f-000000): step 0 \\*\n"
        "- attested by Ann, was open since 2026-10-02 (drill d1, f-000001): step 1 \\*\n"
    ) in text


def test_a_finding_of_this_drill_has_its_id_beside_it() -> None:
    """So that somebody can attest that it was put right."""
    own = [one.model_copy(update={"text": "it fails"}) for one in example.follow_ups(1)]
    found = example.record().model_copy(update={"findings": ["it fails", "another"]})
    text = render_incident(example.result(left=own, record=found))
    assert "\n- it fails *(f-000000)*\n- another\n" in text


def test_the_record_for_machines_is_what_the_result_says() -> None:
    """Each part as drill.json has it, with what is to be done, by whom and until when."""
    result = example.result(left=example.follow_ups(1), follow_ups=example.follow_ups(2))
    told = json.loads(record_json(result))
    whole = result.model_dump(mode="json")
    assert told == {name: whole[name] for name in told}
    assert told["record"]["id"] == result.record.id
    assert (len(told["left"]), len(told["follow_ups"])) == (1, 2)
