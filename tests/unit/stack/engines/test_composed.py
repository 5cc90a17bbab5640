"""Compose's answer is read as it is meant, and a drill's own file is made from it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from drills.errors import StackError
from drills.stack.engines.composed import environments, read
from drills.stack.engines.isolation import isolated
from drills.stack.runtime import DRILL_LABEL
from tests.unit.stack.engines.composed import DEFAULT, PROJECT, answer, composed

FILE = Path("/team/compose.yaml")
PORT = {"mode": "ingress", "target": 80, "published": "8080", "protocol": "tcp"}


def own(services: dict[str, Any], *, own_names: bool = False, **sections: Any) -> dict[str, Any]:
    """The drill's own file, read again."""
    found = composed(FILE, services, **sections)
    text = isolated(found, "d1", {"built": "team-built"}, own_names=own_names)
    document: dict[str, Any] = json.loads(text)
    return document


class TestRead:
    def test_a_doubled_dollar_is_one(self) -> None:
        """Compose doubles it, so that its answer can be read again."""
        found = composed(FILE, {"web": {"image": "x", "environment": {"PW": "a$$b", "C": 5}}})
        assert found.services["web"].environment == {"PW": "a$b", "C": "5"}

    @pytest.mark.parametrize(
        ("service", "instances"),
        [({}, 1), ({"scale": 3}, 3), ({"deploy": {"replicas": 0}}, 0), ({"deploy": None}, 1)],
    )
    def test_how_many_run(self, service: dict[str, Any], instances: int) -> None:
        """By either key; one where none is there."""
        found = composed(FILE, {"web": {"image": "x", **service}})
        assert found.services["web"].instances == instances

    @pytest.mark.parametrize("said", [b"", b"[]", b"\xff", b'{"services": 5, "name": "x"}'])
    def test_what_is_no_answer_is_told(self, said: bytes) -> None:
        """With what compose has to be."""
        with pytest.raises(StackError, match=r"v2\.20 or later") as told:
            read(said, FILE)
        assert "pydantic" not in str(told.value)

    def test_sections_that_hold_nothing_are_empty(self) -> None:
        """Compose writes null for them."""
        text = '{"name": "p", "services": {"a": {"image": "x", "networks": {"default": null}}}}'
        found = read(text.replace("}}}}", '}}}, "volumes": null}').encode(), FILE)
        assert found.services["a"].networks["default"].aliases == ()
        assert found.volumes == {}

    def test_environments_are_what_a_container_gets(self, tmp_path: Path) -> None:
        """Also what compose takes from its own, and what its secrets hold."""
        (tmp_path / "pw.txt").write_text("in-a-file-4711\n")
        found = composed(
            FILE,
            {"web": {"image": "x", "environment": {"A": "1", "HOME": None, "GONE": None}}},
            secrets={
                "file": {"name": "f", "file": str(tmp_path / "pw.txt")},
                "variable": {"name": "v", "environment": "PW"},
                "missing": {"name": "m", "file": str(tmp_path / "none")},
            },
        )
        assert environments(found, {"HOME": "/root", "PW": "in-a-variable-4712"}) == {
            "web": {"A": "1", "HOME": "/root", "GONE": ""},
            "": {
                "SECRET_file": "in-a-file-4711",
                "SECRET_variable": "in-a-variable-4712",
                "SECRET_missing": "",
            },
        }


class TestIsolated:
    def test_only_what_publishes_ports_is_changed(self) -> None:
        """At the same address, each at any free port; a setting that looks like one stays."""
        port = {**PORT, "host_ip": "127.0.0.1"}
        settings = {"SMTP_PORT": "25", "PW": "a$$b"}
        web = {"image": "x", "ports": [port, PORT], "environment": settings}
        made = own({"web": web})["services"]["web"]
        assert made["ports"] == [{**port, "published": "0"}, {**PORT, "published": "0"}]
        assert made["environment"] == settings

    def test_a_range_becomes_one_port_and_none_stands_twice(self) -> None:
        """Compose refuses a list with two that are the same."""
        web = {"image": "x", "ports": [{**PORT, "published": "8000-8010"}, PORT]}
        assert own({"web": web})["services"]["web"]["ports"] == [{**PORT, "published": "0"}]

    def test_everything_that_is_created_carries_the_drills_id(self) -> None:
        """Whatever the file says there; what is external is not touched."""
        made = own(
            {"web": {"image": "x", "labels": {DRILL_LABEL: "none", "a": "b"}}},
            networks={**DEFAULT, "out": {"name": "out", "external": True}},
            volumes={"v": {"name": f"{PROJECT}_v"}, "theirs": {"name": "theirs", "external": True}},
        )
        assert made["services"]["web"]["labels"] == {DRILL_LABEL: "d1", "a": "b"}
        assert made["networks"]["default"]["labels"] == {DRILL_LABEL: "d1"}
        assert made["volumes"]["v"]["labels"] == {DRILL_LABEL: "d1"}
        assert made["networks"]["out"] == {"name": "out", "external": True}
        assert made["volumes"]["theirs"] == {"name": "theirs", "external": True}

    def test_nothing_is_built_or_pulled_and_every_service_runs(self) -> None:
        """Of the active ones; who waits for another one does not."""
        waits = {"web": {"condition": "service_started"}, "idle": {"required": False}}
        made = own(
            {
                "web": {"image": "x", "profiles": ["p"], "pull_policy": "build", "build": {"x": 1}},
                "built": {"build": {"context": "."}, "depends_on": waits},
            }
        )["services"]
        assert made["web"] == {
            "image": "x",
            "pull_policy": "never",
            "labels": {DRILL_LABEL: "d1"},
        }
        assert made["built"]["image"] == "team-built"
        assert made["built"]["depends_on"] == {"web": {"condition": "service_started"}}

    def test_fixed_names_become_the_drills_own_on_demand(self) -> None:
        """A neighbour finds a container by its old name; what is external keeps its name."""
        web = {
            "image": "x",
            "container_name": "shop",
            "networks": {"default": None, "o": {"aliases": ["w"]}},
        }
        sections: dict[str, Any] = {
            "networks": {"default": {"name": "n"}, "o": {"name": "o", "external": True}},
            "volumes": {"v": {"name": "shop-db"}},
        }
        made = own({"web": web}, own_names=True, **sections)
        assert "container_name" not in made["services"]["web"]
        assert made["services"]["web"]["networks"] == {
            "default": {"aliases": ["shop"]},
            "o": {"aliases": ["w", "shop"]},
        }
        assert made["networks"]["default"]["name"] == f"{PROJECT}_default"
        assert made["networks"]["o"]["name"] == "o"
        assert made["volumes"]["v"]["name"] == f"{PROJECT}_v"
        assert own({"web": web}, **sections)["volumes"]["v"]["name"] == "shop-db"

    @pytest.mark.parametrize("text", ["é", "😀", "\u2028", "\x7f", "\ufeff", 'a\nb\t"\\'])
    def test_it_is_text_that_every_reader_of_yaml_takes(self, text: str) -> None:
        """JSON's pairs of surrogates are none of YAML's characters, nor is what cannot be seen."""
        found = composed(FILE, {"web": {"image": "x", "command": [text]}})
        made = isolated(found, "d1", {})
        assert made.isascii()
        assert json.dumps(text)[1:-1] in made or "\\U0001f600" in made


def test_answers_of_the_tests_are_answers_of_compose() -> None:
    """The doubling of dollars is left to whoever writes one."""
    assert json.loads(answer({}))["name"] == PROJECT
