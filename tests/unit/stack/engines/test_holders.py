"""Who keeps a network or a volume of a drill: a container that is not the drill's, by name."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest
from docker import APIClient

from drills.clock import SystemClock
from drills.errors import StackError
from drills.lifecycle.watchdog.heal import on_docker
from drills.lifecycle.watchdog.registry import project_of
from drills.stack.engines.engine import Engine
from drills.stack.engines.sweep import leftovers, sweep
from drills.stack.runtime import DRILL_LABEL
from tests.doubles.smallstack import IMAGE, POLITE

pytestmark = pytest.mark.engine


@pytest.fixture
def drill_id() -> Iterator[str]:
    """A drill with a network and a volume; nothing of it is left afterwards."""
    chosen = secrets.token_hex(4)
    client = APIClient()
    client.create_network(f"drill-{chosen}_default", labels={DRILL_LABEL: chosen})
    client.create_volume(f"drill-{chosen}_data", labels={DRILL_LABEL: chosen})
    yield chosen
    client.close()
    on_docker().clear(project_of(chosen), chosen)


@pytest.fixture
def debugger(drill_id: str) -> Iterator[str]:
    """Somebody's own container on the drill's network, with the drill's volume mounted."""
    client, name = APIClient(), f"debug-{drill_id}"
    created = client.create_container(
        IMAGE,
        ["sh", "-c", POLITE],
        name=name,
        volumes=["/data"],
        host_config=client.create_host_config(
            network_mode=f"drill-{drill_id}_default", binds=[f"drill-{drill_id}_data:/data"]
        ),
    )
    client.start(created["Id"])
    yield name
    client.remove_container(name, force=True)
    client.close()


def test_what_is_held_is_told_with_who_holds_it(drill_id: str, debugger: str) -> None:
    """And what to type; the stranger itself is not touched."""
    with pytest.raises(StackError) as caught:
        sweep(Engine(), drill_id, SystemClock(), within=0.5)
    said = str(caught.value)
    assert f"docker network disconnect --force drill-{drill_id}_default {debugger}" in said
    assert f"drill-{drill_id}_data is held by the container {debugger}" in said
    client = APIClient()
    assert client.inspect_container(debugger)["State"]["Running"]
    client.disconnect_container_from_network(debugger, f"drill-{drill_id}_default", force=True)
    client.close()
    with pytest.raises(StackError):
        sweep(Engine(), drill_id, SystemClock(), within=0.5)
    assert leftovers(drill_id) == [f"volume drill-{drill_id}_data"]
