"""What the manifest needs of a compose file, and what a drill may not have of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from drills.config.composed import needs_of, source_of
from drills.config.document import Manifest
from drills.stack.engines.needs import (
    Need,
    fixed_names,
    joined,
    misplaced,
    missing_sources,
    permitted,
    refused,
    unmet,
    writes,
)
from tests.doubles.world import MANIFEST
from tests.unit.stack.engines.composed import PROJECT, bind, composed


@pytest.fixture
def team(tmp_path: Path) -> Path:
    """The team's compose file, with a folder beside it."""
    (tmp_path / "team" / "data").mkdir(parents=True)
    return tmp_path / "team" / "compose.yaml"


SERVICES: dict[str, Any] = {
    "web": {
        "image": "x",
        "ports": [{"target": 80, "published": "0"}, {"target": 53, "protocol": "udp"}],
    },
    "idle": {"image": "x", "scale": 0},
}


class TestUnmet:
    def test_what_is_there_and_published_is_met(self, team: Path) -> None:
        """Nothing else is asked for."""
        needs = [Need("stack.entry", "web"), Need("stack.entry", "web", 80)]
        assert list(unmet(composed(team, SERVICES), needs, {})) == []

    @pytest.mark.parametrize(
        ("need", "said"),
        [
            (Need("stack.entry", "wep", 80), "stack.entry: expected a service of compose.yaml"),
            (Need("stack.entry", "wep", 80), "got 'wep'. Did you mean 'web'?"),
            (Need("blast_radius", "job"), "in the profile jobs, which is not active. Hint: prof"),
            (Need("blast_radius", "idle"), "blast_radius: idle runs no instance in compose.yaml"),
            (Need("data.nodes.p", "web", 53), "expected web to publish its port 53, it publishes"),
            (Need("data.nodes.p", "web", 53), 'it publishes 80. Hint: ports: ["127.0.0.1::53"]'),
        ],
    )
    def test_what_is_not_is_told_with_a_way_out(self, team: Path, need: Need, said: str) -> None:
        """Where it is named, what was expected, what is there, and what to do."""
        (problem,) = unmet(composed(team, SERVICES), [need], {"job": ["jobs"]})
        assert said in problem

    @pytest.mark.parametrize(
        ("mode", "hint"),
        [
            ("host", "Leave network_mode out"),
            ("none", "Leave network_mode out"),
            ("container:other", "Leave network_mode out"),
            ("service:idle", "Name idle there, and publish the port under it"),
        ],
    )
    def test_a_port_that_the_engine_never_publishes_is_told(
        self, team: Path, mode: str, hint: str
    ) -> None:
        """Whatever ``ports:`` says: without a network of its own a service publishes nothing."""
        services = {**SERVICES, "web": {**SERVICES["web"], "network_mode": mode}}
        needs = [Need("stack.entry", "web", 80), Need("stack.ready.web", "web", 80)]
        (problem,) = unmet(composed(team, services), needs, {})
        assert problem.startswith("stack.entry, stack.ready.web: expected web to publish its port")
        assert f"with network_mode: {mode} the engine publishes none" in problem
        assert hint in problem

    def test_such_a_service_may_be_there_where_no_port_is_needed(self, team: Path) -> None:
        """It may be a target, say."""
        services = {**SERVICES, "web": {**SERVICES["web"], "network_mode": "host"}}
        assert list(unmet(composed(team, services), [Need("blast_radius", "web")], {})) == []

    @pytest.mark.parametrize(("other", "problems"), [(True, 1), (False, 0)])
    def test_nothing_is_published_out_of_internal_networks_only(
        self, team: Path, other: bool, problems: int
    ) -> None:
        """One network that is not internal is enough."""
        web = {**SERVICES["web"], "networks": {"inner": None, "other": None}}
        networks = {
            "inner": {"name": "p_inner", "internal": True},
            "other": {"name": "p_other", "internal": other},
        }
        stack = composed(team, {"web": web}, networks=networks)
        found = list(unmet(stack, [Need("stack.entry", "web", 80)], {}))
        assert ["internal (inner, other)" in each for each in found] == [True] * problems

    def test_a_service_is_told_once_with_every_place_that_names_it(self, team: Path) -> None:
        """Not a line for each."""
        needs = [Need("stack.entry", "x"), Need("stack.entry", "x", 1), Need("stack.ready.a", "x")]
        (problem,) = unmet(composed(team, SERVICES), needs, {})
        assert problem.startswith("stack.entry, stack.ready.a: expected")

    def test_the_manifest_needs_every_service_and_port_it_names(self) -> None:
        """Entry, pager, questions, databases, blast radius and the steps of procedures."""
        needs = {*needs_of(Manifest.of(MANIFEST))}
        assert {
            Need("stack.entry", "nginx", 80),
            Need("stack.ready.customers", "nginx", 80),
            Need("monitoring.pager", "pager", 8080),
            Need("monitoring.evidence.health", "nginx", 80),
            Need("data.nodes.primary", "primary", 5432),
            Need("blast_radius.services.0", "app"),
        } <= needs


class TestMisplaced:
    @pytest.mark.parametrize(
        ("service", "said"),
        [
            ({"volumes": [{"type": "volume", "target": "d:/d"}]}, "d: is read as a drive"),
            ({"volumes": [{"type": "bind", "source": "/x", "target": "data"}]}, "at 'data'"),
            ({"tmpfs": ["run:size=1m"]}, "at 'run', expected an absolute path"),
        ],
    )
    def test_a_mount_at_no_absolute_path_is_told(
        self, team: Path, service: dict[str, Any], said: str
    ) -> None:
        """The engine would refuse it, today and tomorrow."""
        (problem,) = misplaced(composed(team, {"web": {"image": "x", **service}}))
        assert problem.startswith("web mounts something at")
        assert said in problem

    def test_a_mount_at_an_absolute_path_is_none(self, team: Path) -> None:
        """With or without options."""
        service = {"image": "x", "volumes": [bind("/x")], "tmpfs": ["/run:size=1m", "/scratch"]}
        assert list(misplaced(composed(team, {"web": service}))) == []


class TestWrites:
    def test_what_is_mounted_read_only_or_is_the_drills_own_is_none(
        self, team: Path, tmp_path: Path
    ) -> None:
        """Nor is a volume that the drill makes."""
        mounts = [
            bind(str(team.parent / "data"), read_only=True),
            bind(str(tmp_path / "own" / "config")),
            {"type": "volume", "source": "v", "target": "/v"},
            {"type": "volume", "target": "/anonymous"},
            {"type": "tmpfs", "target": "/t"},
        ]
        found = composed(
            team, {"db": {"image": "x", "volumes": mounts}}, volumes={"v": {"name": "v"}}
        )
        assert writes(found, tmp_path / "own") == []

    @pytest.mark.parametrize(
        ("mount", "volume", "place", "line"),
        [
            (bind("{team}/data"), {}, "./data of your project", '"./data"'),
            (bind("/srv/data"), {}, "/srv/data", '"/srv/data"'),
            (
                {"type": "volume", "source": "v"},
                {"name": "shop-db", "external": True},
                "the external volume shop-db",
                '"shop-db"',
            ),
            (
                {"type": "volume", "source": "v"},
                {"name": "v", "driver_opts": {"o": "bind", "device": "{team}/data"}},
                "./data of your project",
                '"./data"',
            ),
        ],
    )
    def test_a_place_of_the_teams_has_to_be_permitted(
        self, team: Path, mount: dict[str, Any], volume: dict[str, Any], place: str, line: str
    ) -> None:
        """A folder, a volume of theirs, a volume that stands for a folder; each with its line."""
        mount = {k: v.replace("{team}", str(team.parent)) for k, v in mount.items()}
        options = volume.get("driver_opts", {})
        filled = {k: v.replace("{team}", str(team.parent)) for k, v in options.items()}
        found = composed(
            team,
            {"db": {"image": "x", "volumes": [mount]}},
            volumes={"v": {"name": "v", **volume, "driver_opts": filled}},
        )
        (write,) = writes(found, Path("/own"))
        (problem,) = refused([write], (), found)
        assert problem.startswith(f"db writes into {place} at ")
        assert f"writes_to = [{line}] under [stack]" in problem
        allowed = [line.strip('"')]
        assert list(refused([write], allowed, found)) == []
        assert list(permitted([write], allowed, found)) == [f"writes go into {place} (service db)"]

    def test_a_folder_stands_for_what_is_in_it_and_for_nothing_beside_it(self, team: Path) -> None:
        """``./data`` permits ``./data/db`` and not ``./database``."""
        for source, count in (("data/db", 0), ("database", 1), ("..", 1)):
            mount = bind(str(team.parent / source))
            found = composed(team, {"db": {"image": "x", "volumes": [mount]}})
            assert len([*refused(writes(found, Path("/own")), ["./data"], found)]) == count

    def test_what_is_not_there_would_be_created_by_the_engine(self, team: Path) -> None:
        """As root's, and left behind; where writing is permitted, so is that."""
        mount = bind(str(team.parent / "gone"))
        sections = {"secrets": {"pw": {"name": "s", "file": str(team.parent / "pw.txt")}}}
        found = composed(team, {"db": {"image": "x", "volumes": [mount]}}, **sections)
        assert [*missing_sources(found, Path("/own"), ())] == [
            "db mounts ./gone, which is not there: the engine would create it and leave it behind",
            "the secret pw is in ./pw.txt, which is not there",
        ]
        assert len([*missing_sources(found, Path("/own"), ["./gone"])]) == 1
        assert len([*missing_sources(found, team.parent, ())]) == 1

    def test_nobody_lives_in_a_container_of_others(self, team: Path) -> None:
        """Its network, processes and volumes are not the drill's."""
        found = composed(
            team,
            {
                "a": {"image": "x", "network_mode": "container:vpn"},
                "b": {"image": "x", "volumes_from": ["container:db", "a", "container:x:ro"]},
                "c": {"image": "x", "network_mode": "service:a", "pid": "container:p"},
            },
        )
        assert [problem.split()[0] for problem in joined(found)] == ["a", "b", "c"]


def test_names_that_can_be_taken(team: Path) -> None:
    """Those that do not begin with the project's; what is external is not the drill's."""
    found = composed(
        team,
        {"web": {"image": "x", "container_name": "shop-web"}},
        networks={"a": {"name": f"{PROJECT}_a"}, "b": {"name": "shop-net"}},
        volumes={"v": {"name": "shop-db"}, "e": {"name": "theirs", "external": True}},
    )
    assert fixed_names(found) == ["network shop-net", "volume shop-db", "container shop-web"]


class TestConfiguration:
    def manifest(self, **stack: Any) -> Manifest:
        incidents: dict[str, Any] = {}
        document = {**MANIFEST, "stack": {**MANIFEST["stack"], **stack}, "incidents": incidents}
        return Manifest.of(document)

    def test_a_team_that_has_none_needs_none(self, tmp_path: Path) -> None:
        """A folder that happens to be called so counts only with an environment file in it."""
        (tmp_path / "compose.yaml").touch()
        assert source_of(self.manifest(), tmp_path).configuration is None
        (tmp_path / "config").mkdir()
        assert source_of(self.manifest(), tmp_path).configuration is None
        (tmp_path / "config" / "app.env").touch()
        assert source_of(self.manifest(), tmp_path).configuration == tmp_path / "config"

    def test_one_that_is_named_or_edited_has_to_be_there(self, tmp_path: Path) -> None:
        """By the manifest, or by a step of a procedure."""
        (tmp_path / "compose.yaml").touch()
        named = self.manifest(configuration="conf")
        edited = Manifest.of(MANIFEST)
        assert source_of(named, tmp_path).configuration == tmp_path / "conf"
        assert source_of(edited, tmp_path).configuration == tmp_path / "config"
