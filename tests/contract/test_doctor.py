"""`drills doctor` on projects as teams have them: what is in the way, with what mends it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from docker import APIClient

from drills.cli import main
from drills.stack.engines.marked import HELPER_LABEL
from tests.contract.neighbours import IMAGE

pytestmark = pytest.mark.engine

RUNNING = f"""
services:
  web:
    image: incident-drills/erp:{os.environ.get("DRILLS_IMAGE_TAG", "latest")}
    command: [python3, -m, http.server, "8080", --directory, /tmp]
    init: true
    ports: ["127.0.0.1::8080"]
"""
ASKED = """
[stack]
attach = "{project}"
entry = {{ service = "web", port = 8080 }}
[blast_radius]
services = ["web"]
[login]
path = "/nobody/is/let/in"
username = "ann"
password = "of-the-test"
drill_only = true
[journeys]
home = {{ path = "/", authenticated = false }}
gone = {{ path = "/gone", authenticated = false }}
door = {{ connect = {{ service = "web", port = 8080 }} }}
works = {{ command = ["true"], in = "web" }}
fails = {{ command = ["sh", "-c", "echo no such queue; exit 3"], in = "web" }}
orders = {{ path = "/", method = "POST" }}
jobs = {{ command = ["touch", "/tmp/{{id}}"], in = "web" }}
"""
MANIFEST = """
[stack]
name = "shop"
compose_file = "compose.yaml"
entry = { service = "web", port = 8080 }
[blast_radius]
services = ["web"]
[journeys.home]
path = "/"
"""
COMPOSE = """
services:
  web:
    image: {image}
    restart: unless-stopped
    ports: ["{port}"]
  worker: {{image: {worker}}}
"""


def examined(
    folder: Path, capsys: pytest.CaptureFixture[str], **more: str
) -> tuple[int, list[dict[str, str]]]:
    """Exit code and findings, for a compose file with these words."""
    words = {"image": IMAGE, "port": "8080", "worker": IMAGE, **more}
    (folder / "compose.yaml").write_text(COMPOSE.format(**words))
    (folder / "drills.toml").write_text(MANIFEST)
    code = main(["doctor", "--manifest", str(folder / "drills.toml"), "--json"])
    return code, json.loads(capsys.readouterr().out)


def helpers() -> set[str]:
    client = APIClient()
    only: dict[str, Any] = {"label": HELPER_LABEL}
    found = {row["Id"] for row in client.containers(all=True, filters=only)}
    client.close()
    return found


def test_a_project_with_nothing_in_its_way(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """All areas answer; what is worth knowing is a note; nothing is left on the engine."""
    before = helpers()
    _, found = examined(tmp_path, capsys)
    assert [each for each in found if each["state"] == "wrong"] == []
    areas = {each["area"].partition(":")[0] for each in found}
    assert areas >= {"engine", "compose", "stack", "services", "ability", "permissions", "disk"}
    notes = [each["says"] for each in found if each["state"] == "note"]
    assert any(note.startswith("nothing starts worker again") for note in notes)
    assert helpers() <= before


def test_everything_in_its_way_is_told_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A port that is not published, and an image that is not here, with the command for it."""
    code, found = examined(tmp_path, capsys, port="9090", worker="nobodys/worker:1")
    wrong = {each["says"]: each["mend"] for each in found if each["state"] == "wrong"}
    assert code == 1
    assert len(wrong) == 2
    (port,) = [says for says in wrong if "publish its port 8080, it publishes 9090" in says]
    assert wrong[port].startswith('ports: ["127.0.0.1::8080"]')
    (image,) = [says for says in wrong if "there is no image nobodys/worker:1 here" in says]
    assert wrong[image] == f"docker compose -f {tmp_path / 'compose.yaml'} pull worker"


def test_a_running_project_is_asked_as_a_drill_would_ask_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each journey that writes nothing, and the log-in; what is wrong is told with its answer."""
    project = f"team-{uuid4().hex[:8]}"
    (tmp_path / "compose.yaml").write_text(RUNNING)
    (tmp_path / "drills.toml").write_text(ASKED.format(project=project))
    line = ["docker", "compose", "-p", project, "-f", str(tmp_path / "compose.yaml")]
    subprocess.run([*line, "up", "-d"], check=True, capture_output=True)
    try:
        code = main(["doctor", "--manifest", str(tmp_path / "drills.toml"), "--json"])
    finally:
        subprocess.run([*line, "down", "-t", "0"], check=True, capture_output=True)
    found = [each for each in json.loads(capsys.readouterr().out) if "ability" not in each["area"]]
    said = {each["says"].partition(":")[0]: each for each in found if each["area"] == "journey"}
    assert {name: said[name]["state"] for name in ("home", "door", "works", "gone", "fails")} == {
        **dict.fromkeys(("home", "door", "works"), "well"),
        **dict.fromkeys(("gone", "fails"), "wrong"),
    }
    assert "404" in said["gone"]["says"]
    assert "exit code 3: no such queue" in said["fails"]["says"]
    assert said["not asked, for they write"]["says"].endswith("orders, jobs")
    (login,) = [each for each in found if each["area"] == "log-in"]
    assert login["state"] == "wrong"
    assert "of-the-test" not in json.dumps(found)
    assert code == 1
