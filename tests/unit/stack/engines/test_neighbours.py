"""What a stack would collide with on an engine, which is on paper here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest

from drills.errors import UnknownTarget
from drills.stack.engines.docker import PROJECT_LABEL
from drills.stack.engines.engine import Engine
from drills.stack.engines.neighbours import Neighbours
from drills.stack.runtime import DRILL_LABEL
from tests.unit.stack.engines.composed import DEFAULT, PROJECT, bind, composed

FILE = Path("/team/compose.yaml")


class PaperEngine:
    """Answers with what it was given, as an engine's own client does."""

    def __init__(self, **rows: list[dict[str, Any]]) -> None:
        self._rows = rows
        self.images = {"x"}

    @contextmanager
    def asked(self, question: str) -> Iterator[PaperEngine]:
        assert question
        yield self

    def containers(self, *, all: bool) -> list[dict[str, Any]]:  # noqa: A002 - the client's word
        assert all
        return self._rows.get("containers", [])

    def networks(self) -> list[dict[str, Any]]:
        return self._rows.get("networks", [])

    def volumes(self) -> dict[str, Any]:
        return {"Volumes": self._rows.get("volumes")}

    def inspect_image(self, name: str) -> None:
        if name not in self.images:
            raise UnknownTarget(name)


def problems(engine: PaperEngine, service: dict[str, Any], **sections: Any) -> list[str]:
    found = composed(FILE, {"db": {"image": "x", **service}}, **sections)
    return [*Neighbours(cast(Engine, engine)).problems(found, {"built"})]


def container(name: str, state: str = "running", **more: Any) -> dict[str, Any]:
    attached: dict[str, Any] = {"Networks": {}}
    return {"Id": name, "Names": [f"/{name}"], "State": state, "NetworkSettings": attached, **more}


def test_nothing_is_in_the_way_of_a_stack_with_names_of_its_own() -> None:
    """Beside whatever there is."""
    engine = PaperEngine(
        containers=[container("shop-db")],
        networks=[{"Name": "shop_default", "IPAM": {"Config": [{"Subnet": "172.18.0.0/16"}]}}],
        volumes=[{"Name": "shop-db", "Labels": None}],
    )
    assert problems(engine, {}, volumes={"v": {"name": f"{PROJECT}_v"}}) == []


@pytest.mark.parametrize(
    ("labels", "whose"),
    [
        (None, "of no compose project"),
        ({PROJECT_LABEL: "shop", DRILL_LABEL: "none"}, "of the compose project shop"),
        ({PROJECT_LABEL: "drill-d2", DRILL_LABEL: "d2"}, "of the drill d2; if that is dead, `dril"),
    ],
)
def test_a_name_that_is_taken_is_told_with_whose_it_is(
    labels: dict[str, str] | None, whose: str
) -> None:
    """A project's, another drill's, or nobody's."""
    engine = PaperEngine(
        containers=[container("shop", "exited", Labels=labels)],
        networks=[{"Name": "shop", "Labels": labels}],
        volumes=[{"Name": "shop", "Labels": labels}],
    )
    fixed = {"x": {"name": "shop"}}
    found = problems(engine, {"container_name": "shop"}, networks=fixed, volumes=fixed)
    assert [f"({whose}" in problem for problem in found] == [True] * 3
    assert all("own_names = true" in problem for problem in found)


def test_an_external_one_has_to_be_there() -> None:
    """With the command that makes it; then it is no problem."""
    theirs = {"x": {"name": "shop", "external": True}}
    volume, network = problems(PaperEngine(), {}, networks=theirs, volumes=theirs)
    assert volume.endswith("Hint: docker volume create shop")
    assert network.endswith("Hint: docker network create shop")
    there = PaperEngine(networks=[{"Name": "shop"}], volumes=[{"Name": "shop"}])
    assert problems(there, {}, networks=theirs, volumes=theirs) == []


def test_an_image_is_asked_for_once_with_the_command_that_brings_it() -> None:
    """Built where the file says how, pulled where it does not."""
    (pulled,) = problems(PaperEngine(), {"image": "db:1"})
    assert pulled.startswith("db: there is no image db:1 here")
    assert pulled.endswith("Hint: docker compose -f /team/compose.yaml pull db")
    found = composed(FILE, {"db": {"image": "own"}, "built": {"image": "own"}})
    (built,) = Neighbours(cast(Engine, PaperEngine())).problems(found, {"built"})
    assert built.startswith("db, built: there is no image own here")
    assert built.endswith("compose.yaml build built")


@pytest.mark.parametrize(
    ("subnet", "taken"),
    [("172.29.5.0/24", True), ("172.30.0.0/16", False), ("fd00::/64", False), ("", False)],
)
def test_addresses_that_another_network_has(subnet: str, taken: bool) -> None:
    """The engine would refuse them when half of the stack is made."""
    engine = PaperEngine(
        networks=[
            {"Name": "shop", "IPAM": {"Config": [{"Subnet": "172.29.0.0/16"}]}},
            {"Name": "host", "IPAM": {"Config": None}},
        ]
    )
    wanted = {"n": {**DEFAULT["default"], "ipam": {"config": [{"subnet": subnet}]}}}
    found = problems(engine, {}, networks=wanted)
    assert [("172.29.0.0/16, which the network shop has" in each) for each in found] == [
        True
    ] * taken


@pytest.mark.parametrize(
    ("state", "writing", "read_only", "told"),
    [
        ("running", True, False, True),
        ("exited", True, False, False),
        ("running", False, False, False),
        ("running", True, True, False),
    ],
)
def test_a_folder_that_somebody_else_writes_into(
    state: str, writing: bool, read_only: bool, told: bool
) -> None:
    """Two databases in one folder spoil both, permitted or not."""
    theirs = {"Type": "bind", "Source": "/team/data", "RW": writing}
    engine = PaperEngine(containers=[container("shop-db", state, Mounts=[theirs])])
    found = problems(engine, {"volumes": [bind("/team/data", read_only=read_only)]})
    assert [each.startswith("db would write into /team/data while shop-db") for each in found] == [
        True
    ] * told


def test_what_the_drill_did_not_make_is_found_afterwards() -> None:
    """By its label; what is external, or not there, is no matter."""
    mine = {DRILL_LABEL: "d1"}
    engine = PaperEngine(
        networks=[{"Name": "mine", "Labels": mine}, {"Name": "theirs", "Labels": {}}],
        volumes=[{"Name": "store", "Labels": {PROJECT_LABEL: "shop"}}],
    )
    found = composed(
        FILE,
        {"db": {"image": "x"}},
        networks={"a": {"name": "mine"}, "b": {"name": "theirs", "external": True}},
        volumes={"v": {"name": "store"}, "w": {"name": "gone"}},
    )
    others = Neighbours(cast(Engine, engine)).not_made_by("d1", found)
    assert others == ["volume store (of the compose project shop)"]
