"""An undo as data: what the journal holds of it, what it is on, and what a person would type."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from drills.errors import PlanError
from drills.faults.undo import Operation, Place, Undo, condition, merged, typed
from drills.journal.timeline import Json
from drills.stack.runtime import Container, ContainerState

APP = Container("id-1", "shop-app-1", "app")
PRIMARY = Container("id-2", "shop-primary-1", "primary")
REPLICA = Container("id-3", "shop-replica-1", "replica")
LINK = Place(APP, peers=(PRIMARY, REPLICA))
WHOLE = Undo(
    "put-back",
    Place(APP, (PRIMARY, REPLICA), "shop", "data-1"),
    {"key": "value"},
    {"status": "running", "paused": "false"},
)


def operation(line: str = "do it") -> Operation:
    return Operation(lambda *_: None, lambda *_: True, "as it was", line)


class TestPlace:
    @pytest.mark.parametrize(
        ("place", "said"),
        [
            (Place(APP), "shop-app-1"),
            (LINK, "the link between shop-app-1 and shop-primary-1, shop-replica-1"),
            (Place(APP, volume="data-1"), "the volume data-1 of shop-app-1"),
            (Place(APP, database="shop"), "the database shop of shop-app-1"),
        ],
    )
    def test_is_named_by_what_the_fault_acts_on(self, place: Place, said: str) -> None:
        """Not only the container, where it is reached through one."""
        assert str(place) == said

    def test_holds_both_ends_of_a_link(self) -> None:
        """The blast radius counts all that a fault acts on."""
        assert LINK.containers == (APP, PRIMARY, REPLICA)
        assert WHOLE.container is APP


class TestJournal:
    def test_holds_all_that_an_undo_needs(self) -> None:
        """By the very keys that older journals have."""
        assert WHOLE.data() == {
            "operation": "put-back",
            "container_id": "id-1",
            "container": "shop-app-1",
            "service": "app",
            "arguments": {"key": "value"},
            "before": {"status": "running", "paused": "false"},
            "database": "shop",
            "volume": "data-1",
            "peers": [
                {"container_id": "id-2", "container": "shop-primary-1", "service": "primary"},
                {"container_id": "id-3", "container": "shop-replica-1", "service": "replica"},
            ],
        }

    def test_holds_nothing_of_what_a_place_does_not_have(self) -> None:
        """Neither database nor volume nor peers."""
        assert set(Undo("start", Place(APP)).data()) == {
            "operation",
            "container_id",
            "container",
            "service",
            "arguments",
            "before",
        }

    @pytest.mark.parametrize("undo", [WHOLE, Undo("start", Place(APP)), Undo("cut", LINK)])
    def test_gives_the_undo_back(self, undo: Undo) -> None:
        """Another process undoes what this one armed."""
        assert Undo.from_data(json.loads(json.dumps(undo.data()))) == undo

    @pytest.mark.parametrize("data", [None, {}, [], "start", {"peers": "x", "arguments": [1]}])
    def test_that_is_damaged_gives_an_undo_of_nothing(self, data: Json) -> None:
        """It is refused by its operation, and nothing is guessed."""
        assert Undo.from_data(data) == Undo("", Place(Container("", "", "")))

    def test_with_other_values_than_texts_gives_texts(self) -> None:
        """So a peer that is none is a container without a name."""
        data: dict[str, Any] = {"peers": [3], "arguments": {"seconds": 3}, "before": {"up": True}}
        assert Undo.from_data(data) == Undo(
            "",
            Place(Container("", "", ""), (Container("", "", ""),)),
            {"seconds": "3"},
            {"up": "True"},
        )


@pytest.mark.parametrize(
    ("status", "paused", "expected"),
    [
        ("running", False, {"status": "running", "paused": "false"}),
        ("paused", True, {"status": "paused", "paused": "true"}),
    ],
)
def test_what_has_to_be_again_is_status_and_pause(
    status: str, paused: bool, expected: Mapping[str, str]
) -> None:
    """As texts, for the journal keeps it."""
    state = ContainerState(
        status=status,
        running=True,
        paused=paused,
        exit_code=0,
        oom_killed=False,
        started_at="",
        health="",
    )
    assert condition(state) == expected


class TestLine:
    def test_has_the_names_of_the_place_and_the_arguments(self) -> None:
        """As a person would type it; the prefix is that of containers alone."""
        line = "x {container} {peers} {database} {volume} {key}"
        assert typed(line, WHOLE) == "x shop-app-1 shop-primary-1 shop-replica-1 shop data-1 value"
        assert operation(line).line(WHOLE, "lab-") == (
            "x lab-shop-app-1 lab-shop-primary-1 lab-shop-replica-1 shop data-1 value"
        )
        assert operation(line).line(WHOLE) == typed(line, WHOLE, "")

    def test_says_what_is_not_known(self) -> None:
        """The database that every server has; in brackets what a person has to fill in."""
        undo = Undo("start", Place(APP))
        assert typed("{database} {volume} {role}", undo) == "postgres <volume> <role>"


class TestMerged:
    def test_keeps_every_operation_of_every_family(self) -> None:
        """In their order."""
        one, two, three = operation("1"), operation("2"), operation("3")
        assert list(merged({"a": one, "b": two}, {"c": three})) == [
            ("a", one),
            ("b", two),
            ("c", three),
        ]

    def test_refuses_a_name_that_two_families_claim(self) -> None:
        """Nobody would know whose undo it is."""
        with pytest.raises(PlanError) as refused:
            dict(merged({"a": operation()}, {"b": operation(), "a": operation()}))
        assert str(refused.value) == "two families of faults claim the operation 'a'"
