"""Faults in the words of scenarios."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from drills.errors import PlanError
from drills.faults import Freeze, MemoryLeak, Partition, VolumeFilled
from drills.faults.catalogue import CATALOGUE, parse_fault
from drills.faults.fault import Fault
from drills.faults.network.handled import Handled
from drills.faults.phrase import find_fault, said
from drills.faults.postgres.database import OfDatabase
from drills.journal.redaction import Redactor
from drills.units import MIB


@dataclass(frozen=True)
class Everything:
    """A fault with a parameter of every kind."""

    share: float
    time: float
    many: int
    size: int
    whom: str
    phrase: ClassVar[str] = (
        "{share:share} of {many:number} calls to {whom:quoted} {time:duration} late at {size:size}"
    )

    def __post_init__(self) -> None:
        if self.many == 0:
            raise ValueError("expected at least one call")


EVERYTHING: Any = (Everything,)
WORDS = '30 % of 7 calls to "db" 250 ms late at 8 MiB'


def test_every_kind_of_parameter_is_read() -> None:
    """A share is 0 to 1, a time in seconds, a size in bytes."""
    assert find_fault(WORDS, EVERYTHING) == Everything(0.3, 0.25, 7, 8 * MIB, "db")  # type: ignore[comparison-overlap]


@pytest.mark.parametrize(
    ("now", "then", "expected"),
    [
        ("30 %", "30", "expected a percentage such as"),
        ("250 ms", "250", "expected a duration such as"),
        ("7 calls", "seven calls", "expected a whole number such as"),
        ("8 MiB", "8 MB", "expected a size such as"),
        ("7 calls", "0 calls", "'30 % of 0 calls .*: expected at least one call"),
    ],
)
def test_a_parameter_that_is_none_is_told_as_such(now: str, then: str, expected: str) -> None:
    """And not as words that nobody knows."""
    with pytest.raises(PlanError, match=expected):
        find_fault(WORDS.replace(now, then), EVERYTHING)


def test_words_that_mean_no_fault_are_an_error_with_the_nearest() -> None:
    """As a scenario would say them, with examples of their parameters."""
    with pytest.raises(PlanError, match=r"such as 'a freeze'.*got 'a freez'.*`drills faults`"):
        parse_fault("a freez")
    with pytest.raises(PlanError, match="'a memory leak of 8 MiB a second'"):
        parse_fault("a memory leak")


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("a freeze", Freeze()),
        ("a memory leak of 4 MiB a second", MemoryLeak(rate=4 * MIB)),
        ('a partition from "postgres"', Partition("postgres")),
        ('a full "data" volume with 1 MiB left', VolumeFilled("data", MIB)),
    ],
)
def test_faults_are_found_by_their_words(words: str, fault: Fault) -> None:
    """As scenarios say them."""
    assert parse_fault(words) == fault


@pytest.mark.parametrize("fault", CATALOGUE.faults, ids=lambda fault: fault.__name__)
def test_every_fault_is_found_by_its_own_words(fault: type[Fault]) -> None:
    """No other's phrase takes them, and none has " for ", with which a duration begins."""
    assert type(parse_fault(said(fault.phrase))) is fault
    assert " for " not in said(fault.phrase)


@pytest.mark.parametrize("fault", CATALOGUE.faults, ids=lambda fault: fault.__name__)
def test_nothing_of_a_fault_s_name_is_masked(fault: type[Fault]) -> None:
    """What follows "secret:" is one to whoever masks; the name of a target is none."""
    for name in (fault.kind, fault.label):
        text = f"{name}: app #1"
        assert Redactor()(text) == text


@pytest.mark.parametrize("half", [Handled, OfDatabase])
def test_a_fault_that_does_not_say_what_it_does_cannot_be_made(half: type[object]) -> None:
    """Before a drill begins, and not in the middle of it."""
    with pytest.raises(TypeError, match="abstract"):
        half()
