"""The scenarios that are sabotaged: one that is shipped, and the same on paper."""

from __future__ import annotations

import re

from tests.paper.project import ROOT
from tests.sabotage.case import Bench, Case, Place

SHIPPED = ROOT / "features"
FAULT = '    When the "postgres-replica" service suffers <fault>\n'
EXAMPLES = "\n    Examples:"
PAPER = """@P2 @read-replica-down
Feature: The ERP keeps working when it loses its read replica

  Scenario: The read replica suffers a sudden death
    Given the ERP is in steady state
    And customers place 20 orders and run 10 exports a second
    When the "replica" service suffers a sudden death
    Then the drill meets every success criterion
      | criterion                 | metric                     | limit               |
      | we notice                 | time to detect             | at most 5 min       |
      | readers recover           | time to fail over of reads | at most 15 min      |
      | service is restored       | time to recover            | at most 15 min      |
      | reads go on               | availability of reads      | at least 80 %       |
      | exports go on             | availability of exports    | at least 80 %       |
      | nobody loses data         | lost orders                | exactly 0           |
      | nobody's order changes    | altered orders             | exactly 0           |
      | nothing is stored twice   | duplicated orders          | exactly 0           |
      | redundancy is restored    | replication lag            | at most 5 s         |
      | the replica catches up    | stale orders               | exactly 0           |
      | the incident is documented| missing record fields      | exactly 0           |
"""
PAPER_FAULT = '    When the "replica" service suffers a sudden death\n'
STEADY = "    Given the ERP is in steady state\n"
SABOTAGE = "sabotage: "


def feature_of(case: Case) -> str:
    """The scenario with the sabotage as one more step, in its place."""
    if case.bench is Bench.STACK:
        name = f"{case.feature or 'replica_failure'}.feature"
        shipped = (SHIPPED / name).read_text("utf-8")
        text = placed(shipped, case, smoke_fault(shipped) if case.feature else FAULT, EXAMPLES)
    else:
        text = placed(PAPER, case, PAPER_FAULT, "")
    return case.rewrite(text)


def smoke_fault(text: str) -> str:
    """The line with which the fault of a feature's smoke test begins.

    Where rows of an outline are the smoke test, it stands before their tag.
    """
    before, _, after = text.partition("@smoke\n")
    rows = after.lstrip().startswith("Examples")
    lines = re.findall(r"^    When .*\n", before if rows else after, re.MULTILINE)
    return str(lines[-1 if rows else 0])


def placed(text: str, case: Case, fault: str, end: str) -> str:
    """The text with one step more where the case acts; the text itself where it does not."""
    if not case.acts:
        return text
    step = f"{SABOTAGE}{case.name}\n"
    if case.place is Place.FIRST:
        before, first, after = text.partition("    Given ")
        assert first, "expected a step that is given, found none"
        return f"{before}{first}{step}    And {after}"
    if case.place is Place.BEFORE:
        return replaced(text, fault, f"    Given {step}{fault}")
    if case.place is Place.AFTER:
        return replaced(text, fault, f"{fault}    And {step}")
    if not end:
        return f"{text}    And {step}"
    return replaced(text, end, f"    And {step}{end}")


def replaced(text: str, old: str, new: str) -> str:
    """The text with its one ``old`` replaced: a sabotage that breaks nothing is an error."""
    assert text.count(old) == 1, f"expected {old!r} once, found it {text.count(old)} times"
    return text.replace(old, new)
