"""A team's template of the record is read before a drill: its mistakes have lines."""

from __future__ import annotations

import pytest

from drills.reporting.template.reading import LARGEST, mistakes

GOOD = """# {{ record.id }}
{% set rows = record.fields | selectattr("value") | list %}
{% macro row(field) %}| {{ field.name }} | {{ field.value }} |
{% endmacro %}
{% for field in rows %}{{ row(field) }}{{ loop.index }}{% endfor %}
{% for box, ticked in record.impact.items() if ticked %}- {{ box }}
{% endfor %}
"""


def test_a_good_template_has_no_mistake() -> None:
    """What it names by itself, and what belongs to every mapping, is known."""
    assert mistakes(GOOD) == []


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("\n{% for x in %}", 2, "expected a template of jinja2: Expected an expression"),
        ("\n\n{{ recrd.id }}", 3, "found 'recrd'; did you mean 'record'?"),
        ("{{ record.impacts }}", 1, "found 'impacts'; did you mean 'impact'?"),
        ("{{ id | uper }}", 1, "expected one of the filters, found 'uper'; did you mean 'upper'?"),
        ("{{ id is strin }}", 1, "expected one of the tests, found 'strin'"),
        ("a\n{% include 'other' %}", 2, "expected one file: include reaches no other"),
        ("{% import 'other' as o %}", 1, "expected one file: import reaches no other"),
        ("{% extends 'other' %}", 1, "expected one file: extends reaches no other"),
        ("{{ lipsum() }}", 1, "found 'lipsum'"),
        ("{{ [1, 2] | random }}", 1, "found 'random'"),
        ("{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}", 1, "it is nested too deep"),
        ("{{ 1" + " + 1" * 5000 + " }}", 1, "it is nested too deep"),
        ("x" * (LARGEST + 1), 1, "expected at most 65,536 characters, found 65,537"),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str, line: int, said: str) -> None:
    """What was expected there, what was found, and what is nearly that."""
    ((found, told),) = mistakes(text)
    assert found == line
    assert said in told


def test_all_mistakes_are_told_at_once() -> None:
    """In the order of the lines."""
    found = mistakes("{{ nobody }}\n{{ id | nothing }}\n{{ record.nowhere }}")
    assert [line for line, _ in found] == [1, 2, 3]
