"""Every sabotage, by name: the table that the suite runs over and the documentation shows."""

from __future__ import annotations

from tests.sabotage.case import Case
from tests.sabotage.incident_cases import INCIDENT_CASES
from tests.sabotage.paper_cases import PAPER_CASES
from tests.sabotage.read_back_cases import READ_BACK_CASES
from tests.sabotage.stack_cases import STACK_CASES
from tests.sabotage.verdict_cases import VERDICT_CASES

ALL = (*STACK_CASES, *INCIDENT_CASES, *PAPER_CASES, *READ_BACK_CASES, *VERDICT_CASES)
CASES: dict[str, Case] = {case.name: case for case in ALL}
