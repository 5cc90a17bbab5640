"""The closed table of undo operations, and undos as data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from types import SimpleNamespace
from typing import ClassVar, cast

import pytest

from drills.errors import PlanError
from drills.faults import Freeze
from drills.faults.catalogue import CATALOGUE, OPERATIONS, Catalogue, operation_of
from drills.faults.undo import Operation, Place, Undo, merged
from drills.journal.timeline import Json
from drills.stack.runtime import Container

ONE, OTHER = Container("1", "d-app-1", "app"), Container("2", "d-db-1", "db")


def test_nobody_adds_to_it() -> None:
    """A watchdog has the same table, and would not know what was added to the drill's."""
    with pytest.raises(TypeError):
        OPERATIONS["rm -rf"] = OPERATIONS["start"]  # type: ignore[index]


def test_one_name_is_one_familys() -> None:
    """Of two operations of one name a journal would name either."""
    operation = Operation(lambda *_: None, lambda *_: True, "undone", "")
    with pytest.raises(PlanError, match="two families of faults claim the operation 'start'"):
        dict(merged({"start": operation}, {"start": operation}))


def test_an_undo_that_nobody_could_carry_out_is_an_error_with_those_there_are() -> None:
    """So nothing of that kind is ever armed."""
    with pytest.raises(PlanError, match=r"carry out \(.*unpause\), got 'rm -rf'; nothing was done"):
        operation_of(Undo("rm -rf", Place(ONE)))


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (Place(ONE), "d-app-1"),
        (Place(ONE, peers=(OTHER,)), "the link between d-app-1 and d-db-1"),
        (Place(ONE, database="erp"), "the database erp of d-app-1"),
        (Place(ONE, volume="d_data"), "the volume d_data of d-app-1"),
    ],
)
def test_every_place_survives_the_journal(place: Place, words: str) -> None:
    """And is called by what it is."""
    undo = Undo("start", place, {"mark": "d-1"}, {"status": "running"})
    assert Undo.from_data(cast("Json", json.loads(json.dumps(undo.data())))) == undo
    assert str(place) == words


def test_an_undo_of_an_older_journal_is_read() -> None:
    """It knows of containers only."""
    old: Json = {
        "operation": "unpause",
        "container_id": "1",
        "container": "d-app-1",
        "service": "app",
        "arguments": {},
        "before": {"status": "running", "paused": "false"},
    }
    undo = Undo.from_data(old)
    assert undo == Undo("unpause", Place(ONE), {}, {"status": "running", "paused": "false"})
    assert undo.data() == old


def test_a_line_to_type_has_the_names_of_the_place() -> None:
    """What is not known of an old undo is shown as what it is, and breaks nothing."""
    operation = Operation(lambda *_: None, lambda *_: True, "", "mend {container} {peers} {mark}")
    assert operation.line(Undo("x", Place(ONE, (OTHER,))), "p-") == "mend p-d-app-1 p-d-db-1 <mark>"


class Brought:
    """An entry point of somebody's package; what it loads, or raises."""

    def __init__(self, what: object, name: str = "theirs") -> None:
        self.name, self.value, self._what = name, "their.faults", what

    def load(self) -> object:
        if isinstance(self._what, Exception):
            raise self._what
        return self._what


class Nap(Freeze):
    """A fault of somebody's package."""

    phrase: ClassVar[str] = "a nap"


WAKE = {"wake": OPERATIONS["unpause"]}


def catalogue(*brought: Brought) -> Catalogue:
    return Catalogue(cast("Iterator[EntryPoint]", iter(brought)))


def test_a_package_brings_a_family() -> None:
    """Its faults stand beside ours, and its undos in the table that the watchdog has as well."""
    found = catalogue(Brought(SimpleNamespace(FAULTS=(Nap,), OPERATIONS=WAKE)))
    assert found.families["theirs"] == (Nap,)
    assert Nap in found.faults
    assert found.operations.keys() - OPERATIONS.keys() == {"wake"}
    assert found.broken == {}


@pytest.mark.parametrize(
    ("brought", "why"),
    [
        (Brought(ImportError("no module named numpy")), "ImportError: no module named numpy"),
        (Brought(SimpleNamespace()), "expected a module with FAULTS"),
        (Brought(SimpleNamespace(FAULTS=(Nap,), OPERATIONS=OPERATIONS)), "claim the operation"),
        (Brought(SimpleNamespace(FAULTS=(Freeze,), OPERATIONS={})), "the words 'a freeze'"),
        (Brought(SimpleNamespace(FAULTS=(Nap, Nap), OPERATIONS={})), "the words 'a nap'"),
        (Brought(SimpleNamespace(FAULTS=(int,), OPERATIONS={})), "'phrase'"),
        (Brought(SimpleNamespace(FAULTS=(Nap,), OPERATIONS={"a b": WAKE["wake"]})), "'a b'"),
        (Brought(SimpleNamespace(FAULTS=(Nap,), OPERATIONS=WAKE), "disk"), "are called 'disk'"),
    ],
)
def test_a_broken_family_is_left_out_whole_and_told_of(brought: Brought, why: str) -> None:
    """What others bring, and what is ours, is there all the same."""
    found = catalogue(brought)
    assert list(found.families) == list(CATALOGUE.families)
    assert found.operations == OPERATIONS
    ((name, told),) = found.broken.items()
    assert name == f"{brought.name} (their.faults)"
    assert why in told
