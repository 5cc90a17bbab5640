"""A dry run reads a compose file as compose does; there need be no engine for that."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from drills.config.composed import source_of
from drills.config.document import load
from drills.stack.engines.isolation import isolated
from drills.stack.engines.needs import Need
from drills.stack.engines.preview import preview
from drills.stack.engines.source import Source
from tests.contract.test_foreign import FOREIGN

pytestmark = pytest.mark.engine  # for compose is installed with it


@pytest.fixture(autouse=True)
def _no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asked one would find none."""
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent/engine.sock")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the teams' files lie."""
    return Path(shutil.copytree(FOREIGN, tmp_path / "foreign"))


def test_a_file_is_told_as_it_is(folder: Path) -> None:
    """How much of it runs, what must and what must not be there, what compose warns of."""
    seen = preview(Source(folder / "shop" / "compose.yaml"))
    assert seen.problems == ()
    assert seen.services == {"api": 1, "migrate": 1, "my.app_1": 2}
    assert seen.notes == (
        "compose.yaml as compose resolves it: 4 containers, free ports of the host",
        "joins the external network shop-outside, which has to be there",
        "container shop-api: nothing of that name may be there",
        'compose warns: The "API_PORT" variable is not set. Defaulting to a blank string.',
    )


def test_everything_that_is_wrong_is_told_at_once(folder: Path) -> None:
    """Services, ports, profiles, folders that would be written to."""
    needs = [Need("stack.entry", "my.app_1", 80), Need("blast_radius", "extra"), Need("x", "apy")]
    seen = preview(Source(folder / "shop" / "compose.yaml", needs=needs))
    places = [problem.split(":")[0] for problem in seen.problems]
    assert places == ["stack.entry", "blast_radius", "x"]
    (folded,) = preview(Source(folder / "owned" / "compose.yaml")).problems
    assert folded.startswith("db writes into ./data of your project at /data")


def test_writes_that_are_permitted_and_names_are_told(folder: Path) -> None:
    """Nobody is surprised by what a drill leaves in a folder."""
    file = folder / "owned" / "compose.yaml"
    environment = {"PREFIX": "shop"}
    seen = preview(Source(file, environment=environment, writes_to=["data"]))
    assert seen.problems == ()
    assert "writes go into ./data of your project (service db)" in seen.notes
    assert "volume shop-store: nothing of that name may be there" in seen.notes
    seen = preview(Source(file, environment=environment, writes_to=["data"], own_names=True))
    assert "volume shop-store gets a name of the drill's own" in seen.notes


def test_what_reaches_the_host_is_told(tmp_path: Path) -> None:
    """As compose resolves it, so wherever it was written; the drill is planned all the same."""
    file = tmp_path / "compose.yaml"
    file.write_text(
        """
        x-agent: &agent {pid: host, cap_add: [SYS_PTRACE], devices: [/dev/fuse]}
        services:
          agent: {<<: *agent, image: x, volumes: ["/var/run:/r:ro"]}
          web: {image: x, network_mode: host}
        """
    )
    seen = preview(Source(file))
    assert seen.problems == ()
    ways = [note.split(")")[0] for note in seen.notes if "reaches this host" in note]
    agent, web = ways
    assert agent.startswith("agent reaches this host (pid: host; cap_add: SYS_PTRACE; devices: /")
    assert agent.endswith("mounts /var/run, where the engine's socket is, read-only")
    assert web == "web reaches this host (network_mode: host"


def test_the_manifest_knows_the_services_of_the_reference_stack() -> None:
    """Name by name, with as many instances as run; for who plans without compose."""
    folder = Path(__file__).parents[2] / "compose"
    manifest = load(folder / "drills.toml")
    seen = preview(source_of(manifest, folder))
    assert seen.problems == ()
    assert seen.services == manifest.stack.services


def test_a_profile_is_active_where_the_manifest_says_so(folder: Path) -> None:
    """Or where the team's own environment file does."""
    file = folder / "shop" / "compose.yaml"
    needs = [Need("blast_radius", "extra")]
    assert "extra" in preview(Source(file, profiles=["extra"], needs=needs)).services
    (file.parent / ".env").write_text("COMPOSE_PROFILES=extra\n")
    assert preview(Source(file, needs=needs)).problems == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_in_any_encoding_that_compose_takes(tmp_path: Path, encoding: str) -> None:
    """Nobody but compose reads it."""
    file = tmp_path / "compose.yaml"
    file.write_text("services:\n  web: {image: grün}\n", encoding)
    assert preview(Source(file)).problems == ()


def test_one_that_compose_does_not_take_is_told_in_its_words(tmp_path: Path) -> None:
    """Whatever it is that is wrong."""
    file = tmp_path / "compose.yaml"
    for text, word in ((b"a: \xe9\n", "UTF-8"), (b"services: {w: {prots: []}}", "prots")):
        file.write_bytes(text)
        (problem,) = preview(Source(file)).problems
        assert problem.startswith(f"{file}: compose does not take this file:\n")
        assert word in problem


def test_compose_understands_a_drills_own_file_as_it_did_the_teams(tmp_path: Path) -> None:
    """Nothing is lost on the way there and back but what a drill changes."""
    file = Path(__file__).parents[2] / "compose" / "compose.yaml"
    before = Source(file).command("drill-d1", "d1", tmp_path).resolve()
    own = tmp_path / "compose.json"
    own.write_text(isolated(before, "d1", {}), "utf-8")
    after = Source(own).command("drill-d1", "d1", tmp_path).resolve()
    assert changed(json.loads(before.text), json.loads(after.text)) == {"build", "published"}


def changed(one: object, other: object, key: str = "") -> set[str]:
    """The keys of what differs in two documents."""
    if isinstance(one, dict) and isinstance(other, dict):
        keys = one.keys() | other.keys()
        found = [changed(one.get(key), other.get(key), str(key)) for key in keys]
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        found = [changed(*both, key) for both in zip(one, other, strict=True)]
    else:
        return {key} if one != other else set()
    return {key for some in found for key in some}
