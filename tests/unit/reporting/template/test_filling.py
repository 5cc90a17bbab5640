"""A team's template of the record is filled in where it can do no harm, and take no time."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from drills.reporting.record import record_json
from drills.reporting.template.filling import Unfilled, fill_in
from drills.reporting.template.reading import mistakes
from drills.reporting.template.sandbox import answer
from tests.unit.reporting import example

DOCS = Path(__file__).parents[4] / "docs/runbook.md"

DATA: dict[str, Any] = {
    "id": "d1",
    "record": {
        "fields": [{"name": "Severity", "value": "P2"}, {"name": "Data", "value": "*a* <b>\n# c"}],
        "impact": {"Down": True, "Slow": False},
        "missing": [],
    },
}
TWICE = "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}"


def test_it_is_filled_in_with_what_the_record_holds() -> None:
    """Text of others is only read as text, on one line; what the template says itself stands."""
    text = (
        "# Drill {{ id }}\n"
        "{% for field in record.fields %}\n* {{ field.name }}: {{ field.value }}\n{% endfor %}\n"
        "{% for box, ticked in record.impact.items() %}\n"
        "- [{{ 'x' if ticked else ' ' }}] {{ box }}\n"
        "{% endfor %}\n{{ none }}{{ record.missing | length }}"
    )
    assert fill_in("record.md.j2", text, DATA) == (
        "# Drill d1\n"
        "* Severity: P2\n"
        r"* Data: \*a\* \<b> # c"
        "\n- [x] Down\n- [ ] Slow\n0\n"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TWICE + "x", "record.md.j2: it took more than 1 s of processor time"),
        ("{{ 'a' * 10 ** 10 }}", "record.md.j2: it took more than 512 MiB of memory"),
        ("{{ '%1000000000d' % 1 }}", "record.md.j2: it took more than 512 MiB of memory"),
        (
            "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
            "record.md.j2: it calls itself too often",
        ),
    ],
)
def test_what_takes_too_much_ends_by_itself(text: str, said: str) -> None:
    """Processor time, memory, depth: the process that fills it in ends, and this one goes on."""
    with pytest.raises(Unfilled) as raised:
        fill_in("record.md.j2", text, DATA, seconds=1)
    assert str(raised.value) == said


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("\n{{ id.__class__ }}", 2, "access to attribute '__class__' of 'str' object is unsafe"),
        ("{{ ''['__class__'] }}", 1, "is unsafe"),
        ("{{ id | attr('__class__') }}", 1, "is unsafe"),
        ("{{ '{0.__class__}'.format(1) }}", 1, "is unsafe"),
        ("{{ cycler.__init__.__globals__.os.popen('id').read() }}", 1, "is unsafe"),
        ("{{ record.missing.append(1) }}", 1, "is unsafe"),
        ("{{ record.update({}) }}", 1, "is unsafe"),
        ("\n\n{{ record.nothing }}", 3, "has no attribute 'nothing'"),
        ("{{ record.fields }}", 1, "expected a text or a number to print, found a list"),
        ("{{ record.items }}", 1, "expected a text or a number to print, found a builtin"),
        ("{{ id() }}", 1, "TypeError: 'str' object is not callable"),
        ("{{ record.items | string }}", None, "it prints an object of the program"),
        ("{{ record[record.items] }}", 1, "has no element an object"),
        ("{% for i in range(99999) %}{{ 'aaaaaaaaaaaaaaaa' }}{% endfor %}", None, "says more"),
        (" \n", None, "expected a record, it says nothing"),
        ("{% if %}", 1, "Expected an expression"),
    ],
)
def test_what_reaches_beyond_the_data_is_refused(text: str, line: int | None, said: str) -> None:
    """With the line where it stands; what is said of it is the same each time."""
    told = answer(text, DATA)
    assert "filled" not in told
    assert said in told["error"]
    assert told["line"] == line


def test_a_mistake_names_the_file_and_the_line() -> None:
    """As an editor takes it."""
    with pytest.raises(Unfilled, match=r"^record\.md\.j2:2: 'dict object' has no attribute 'no'$"):
        fill_in("record.md.j2", "\n{{ record.no }}", DATA)


def test_the_documented_template_is_one() -> None:
    """It is filled in with the record of a drill."""
    (text,) = re.findall(r"```jinja\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    assert mistakes(text) == []
    filled = fill_in("record.md.j2", text, json.loads(record_json(example.result())))
    assert "* SEVERITY: P2\n" in filled
    assert "- [x] Features degraded\n" in filled
