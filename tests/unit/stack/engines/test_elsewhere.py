"""What of a compose file cannot be so on another machine's engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from drills.stack.engines.address import Address
from drills.stack.engines.elsewhere import elsewhere, places
from drills.stack.engines.needs import Need
from tests.unit.stack.engines.composed import composed

TLS, SSH = Address("tcp://10.0.0.5:2376", "/certs"), Address("ssh://ann@10.0.0.5")
OWN = Path("/tmp/drills-drill-1-x")  # noqa: S108 - never made


def told(services: dict[str, Any], engine: Address = TLS, **sections: Any) -> list[str]:
    found = composed(Path("/team/compose.yaml"), services, **sections)
    return [*elsewhere(found, [Need("stack.entry", "web", 8080)], engine, OWN)]


@pytest.mark.parametrize("read_only", [True, False])
def test_each_folder_of_this_machine_is_named_with_what_helps(read_only: bool) -> None:
    """There it would be an empty one, or somebody else's, be it only read."""
    mount = {"type": "bind", "source": "/team/etc", "target": "/etc/web", "read_only": read_only}
    (line,) = told({"web": {"image": "w", "volumes": [mount]}})
    assert line.startswith("web mounts ./etc at /etc/web, and on the engine's machine (10.0.0.5)")
    assert "configs:" in line


def test_the_drill_s_copy_of_the_configuration_is_called_so() -> None:
    """Its own path says nothing to anybody."""
    mount = {"type": "bind", "source": str(OWN / "config"), "target": "/etc/web"}
    (line,) = told({"web": {"image": "w", "volumes": [mount]}})
    assert line.startswith("web mounts the drill's copy of the configuration at /etc/web")


def test_a_volume_a_secret_and_a_config_may_be_folders_too() -> None:
    """Of this machine, each by its own name; what compose writes by itself is none."""
    lines = told(
        {"web": {"image": "w"}},
        volumes={
            "data": {
                "name": "p_data",
                "driver_opts": {"type": "none", "o": "rw,bind", "device": "/team/data"},
            },
            "nfs": {"name": "p_nfs", "driver_opts": {"type": "nfs", "device": ":/exported"}},
            "plain": {"name": "p_plain"},
        },
        secrets={"key": {"name": "k", "file": "/team/key"}, "env": {"environment": "KEY"}},
        configs={"web": {"name": "c", "file": "/team/c"}, "text": {"content": "a = 1"}},
    )
    assert [line.partition(", and")[0] for line in lines] == [
        "the volume p_data is /team/data",
        "the secret key is in ./key",
        "the config web is in ./c",
    ]
    assert lines[1].endswith("Hint: environment: in its stead")
    assert lines[2].endswith("Hint: content: in its stead")


def test_a_port_at_the_loopback_is_reached_by_ssh_alone() -> None:
    """Over TCP nobody gets there; named before anything is created."""
    service = {"image": "w", "ports": [{"target": 8080, "host_ip": "127.0.0.1"}]}
    (line,) = told({"web": service})
    assert line.startswith("stack.entry: web publishes its port 8080 at 127.0.0.1")
    assert told({"web": service}, SSH) == []
    assert told({"web": {"image": "w", "ports": [{"target": 8080}]}}) == []


def test_the_folders_of_this_machine_are_known_once() -> None:
    """What is written there needs no second word about permission."""
    mount = {"type": "bind", "source": "/team/etc", "target": "/etc/web"}
    options = {"type": "none", "o": "bind", "device": "/team/data"}
    services = {"web": {"image": "w", "volumes": [mount]}}
    volumes = {"data": {"name": "d", "driver_opts": options}}
    found = composed(Path("/team/compose.yaml"), services, volumes=volumes)
    assert places(found) == {"/team/etc", "/team/data"}
