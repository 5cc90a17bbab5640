"""An operator's console: it reaches its drill's stack, and nothing else that there is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from drills.clock import SystemClock
from drills.errors import EngineError
from drills.stack.console import Console, Ran
from drills.stack.engines.compose import ComposeStack
from drills.stack.engines.engine import Engine
from drills.stack.engines.sweep import leftovers, sweep
from drills.stack.runtime import DRILL_LABEL, Runtime
from tests.contract.neighbours import Neighbours
from tests.contract.stacks import tiny_stack

pytestmark = pytest.mark.engine


@dataclass
class Beside:
    """A stack that is up, and a console beside it."""

    stack: ComposeStack
    runtime: Runtime
    console: Console

    def run(self, text: str, seconds: float = 20.0) -> Ran:
        return self.console.run(text, seconds)

    def said(self, text: str) -> str:
        return self.run(text).output.decode().strip()


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Beside]:
    stack = tiny_stack(tmp_path_factory.mktemp("tiny"))
    try:
        runtime = stack.up()
        with stack.console(runtime, 300) as console:
            yield Beside(stack, runtime, console)
    finally:
        stack.down()


def test_what_would_destroy_hits_the_console_alone(beside: Beside, tmp_path: Path) -> None:
    """The words of the founding runbook, and worse, with neighbours of every kind looking on."""
    kept = tmp_path / "of-the-team.txt"
    kept.write_text("kept")
    with Neighbours(uuid4().hex[:8]) as others:
        name = f"other-{others.token}"
        others.volume(name)
        others.network(name)
        others.container(name, anonymous=True)
        before = others.picture()
        for text in (
            "sudo docker system prune -f",
            "sudo docker system prune --all --volumes --force",
            "sudo docker volume prune -af; docker network prune -f; docker container prune -f",
            f"docker rm -f {name}; docker stop {name}; docker kill {name}; docker pause {name}",
            f"docker volume rm {name}; docker network rm {name}; docker exec {name} rm -rf /store",
            f"docker-compose -p {name} down -v; docker compose --project-name {name} kill",
            "sudo rm -rf /tmp/*",
            f"sudo rm -rf {tmp_path}",
            "sudo journalctl --vacuum-time=1d",
            "docker run --rm -v /:/host debian:trixie-slim rm -rf /host/tmp",
            "sudo shutdown now; sudo reboot; dd if=/dev/zero of=/dev/sda count=1",
        ):
            beside.run(text)
        assert others.picture() == before
    assert kept.read_text() == "kept"
    states = [beside.runtime.state(each).status for each in beside.runtime.containers()]
    assert states == ["running"] * 3
    assert beside.said("echo and the console goes on") == "and the console goes on"


def test_it_has_no_network_no_engine_and_no_privilege(beside: Beside) -> None:
    """Nor anything of the host's; what it has is bounded, and it ends by itself."""
    drill = beside.runtime.containers()[0].labels[DRILL_LABEL]
    with Engine().asked("look at the console") as client:
        (row,) = [
            row
            for row in client.containers(filters={"label": f"{DRILL_LABEL}={drill}"})
            if row["Image"].startswith("incident-drills/console")
        ]
        found = client.inspect_container(row["Id"])
    host = found["HostConfig"]
    assert (host["NetworkMode"], host["Privileged"], host["ReadonlyRootfs"]) == (
        "none",
        False,
        True,
    )
    assert (host["CapDrop"], host["CapAdd"]) == (["ALL"], None)
    assert "no-new-privileges:true" in host["SecurityOpt"]
    assert (found["Mounts"], host["Binds"], host["PidMode"], host["IpcMode"]) == (
        [], None, "", "private",
    )  # fmt: skip
    assert min(host["Memory"], host["PidsLimit"]) > 0
    first = found["Config"]["Entrypoint"]
    assert (first[:2], first[-1]) == (["python3", "-I"], "300")  # which lasts so many seconds
    assert host["AutoRemove"]
    assert beside.run("curl -sS -m 5 https://example.com").code == 6
    assert beside.said("ls /var/run/docker.sock /run/docker.sock 2>/dev/null") == ""


def test_docker_there_is_the_drills_own_stack(beside: Beside) -> None:
    """By either name, what it lists and what it runs."""
    names = sorted(each.name for each in beside.runtime.containers())
    assert sorted(beside.said("docker ps --format '{{.Names}}'").split()) == names
    assert beside.said("sudo docker-compose ps --services").split() == ["web", "worker"]
    assert beside.said("docker compose exec worker printenv GREETING") == "none"
    assert beside.said("echo told | docker compose exec -T web cat") == "told"
    assert beside.said("docker compose exec web cat < /dev/null; echo then this") == "then this"


def test_what_acts_acts_on_the_drills_own_stack(beside: Beside) -> None:
    """And is told to have been meant to."""
    ran = beside.run("docker-compose restart -t 0 web")
    assert (ran.code, ran.asked[0].acts) == (0, True), ran.errors
    assert beside.run("docker-compose restart nobody").code != 0


def test_one_command_follows_another(beside: Beside) -> None:
    """With its folder and variables; a pipe keeps the status of each part, a file its size."""
    beside.run("cd /tmp && PLACE=here; false")
    assert beside.said("echo $PLACE in $PWD; cd") == "here in /tmp"
    ran = beside.run("false | cat > empty.txt; echo 12345 > five.txt; false | true")
    assert (ran.code, ran.parts) == (0, (1, 0))
    assert dict(ran.files) == {"/runbook/empty.txt": 0, "/runbook/five.txt": 6}
    assert beside.run("echo $NOBODY").code == 1


@pytest.mark.parametrize(
    "text",
    ["kill -9 -1", "kill -9 1; kill 1; kill -INT 1", ":(){ :|:& };:", "reboot -f; halt -p"],
)
def test_what_ends_every_process_ends_neither_console_nor_drill(beside: Beside, text: str) -> None:
    """Variables, folder and files of the lines before it are still there."""
    beside.run("KEPT=kept; echo kept > file; mkdir -p inner; cd inner")
    ran = beside.run(text, 10)
    assert ran.ended_all == ("-1" in text)
    assert beside.said("echo $KEPT $(cat ../file) $(basename $PWD)") == "kept kept inner"
    assert "worker" in beside.said("docker ps")
    assert int(beside.said("ls -d /proc/[0-9]* | wc -l")) < 20
    states = [beside.runtime.state(each).status for each in beside.runtime.containers()]
    assert states == ["running"] * 3


def test_nothing_hangs(beside: Beside) -> None:
    """Neither what waits for input, which there is none of, nor what goes on for ever."""
    assert beside.run("cat").code == 0
    ran = beside.run("sleep 100 & sleep 100", 0.5)
    assert (ran.code, ran.over) == (124, True)
    logs = beside.run("docker compose logs -f", 1.5)
    assert logs.over
    assert beside.said("echo goes on") == "goes on"


def test_a_port_that_nobody_listens_at_is_refused(beside: Beside) -> None:
    """As on the machine of the team; it is told whose it is."""
    ran = beside.run("curl -sS -m 5 http://localhost:18080/")
    assert ran.code in (52, 56), ran
    beside.run("docker-compose stop -t 0 web")
    ran = beside.run("curl -sS -m 5 http://localhost:18080/")
    assert ran.code in (52, 56), ran
    assert ran.answers == ("localhost:18080 (web): refused",)
    beside.run("docker-compose start web")


def test_one_that_is_left_is_swept_with_its_drill(tmp_path: Path) -> None:
    """It carries the drill's label, as everything of a drill does; whoever waits for it is told."""
    stack = tiny_stack(tmp_path)
    try:
        runtime = stack.up()
        drill = runtime.containers()[0].labels[DRILL_LABEL]
        with stack.console(runtime, 300) as console:
            sweep(Engine(), drill, SystemClock())
            assert leftovers(drill) == []
            with pytest.raises(EngineError, match="console is gone"):
                console.run("date", 5)
    finally:
        stack.down()
