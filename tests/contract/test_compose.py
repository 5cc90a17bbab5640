"""A real stack comes up by itself, beside another one, and always goes away completely."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from docker import APIClient

from drills.errors import PlanError, StackError
from drills.stack.engines.compose import ComposeStack
from drills.stack.engines.ground import DockerGround
from drills.stack.engines.sweep import leftovers, sweep
from drills.wait import until
from tests.contract.stacks import command_in_between, tiny_stack

pytestmark = pytest.mark.engine


def anonymous_volumes(stack: ComposeStack) -> list[str]:
    """Volumes without a name of their own that the stack's containers use."""
    client = APIClient()
    rows = client.containers(
        all=True, filters={"label": f"com.docker.compose.project={stack.project}"}
    )
    mounts = [mount for row in rows for mount in row["Mounts"] if mount["Type"] == "volume"]
    client.close()
    return [mount["Name"] for mount in mounts if re.fullmatch("[0-9a-f]{64}", mount["Name"])]


def all_volumes() -> set[str]:
    client = APIClient()
    rows = client.volumes()["Volumes"] or []
    client.close()
    return {row["Name"] for row in rows}


class TestUp:
    def test_two_at_once_do_not_touch_each_other(self, tmp_path: Path) -> None:
        """Each has its containers, its port and its configuration; one's end leaves the other."""
        one, other = tiny_stack(tmp_path), tiny_stack(tmp_path)
        try:
            first, second = one.up(), other.up()
            assert [c.name for c in first.containers()] == [
                f"{one.project}-{name}" for name in ("web-1", "worker-1", "worker-2")
            ]
            assert first.port("web", 8080)[0] == "127.0.0.1"
            assert first.port("web", 8080) != second.port("web", 8080)
            assert one.environment_file() != other.environment_file()
            one.down()
            assert leftovers(one.project) == []
            states = [second.state(container).status for container in second.containers()]
            assert states == ["running"] * 3
        finally:
            one.down()
            other.down()
        assert leftovers(other.project) == []

    def test_gives_the_applications_their_private_environment_file(self, tmp_path: Path) -> None:
        """What a drill writes into the file is seen inside, and the original stays untouched."""
        stack = tiny_stack(tmp_path, GREETING="hello")
        try:
            runtime = stack.up()
            stack.environment_file().write_text("COLOUR=red\n")
            web, worker = runtime.containers("web")[0], runtime.containers("worker")[0]
            assert runtime.execute(web, ["cat", "/config/web.env"]).output == b"COLOUR=red\n"
            assert runtime.execute(worker, ["printenv", "GREETING"]).output == b"hello\n"
            file = stack.environment_file()
        finally:
            stack.down()
        assert (tmp_path / "config" / "web.env").read_text() == "COLOUR=blue\n"
        assert not file.parent.parent.exists()

    def test_is_described_by_versions_and_images(self, tmp_path: Path) -> None:
        """The report can say exactly what was under drill."""
        stack = tiny_stack(tmp_path)
        try:
            stack.up()
            described = stack.describe()
        finally:
            stack.down()
        assert re.match(r"\d+\.\d+", described["engine"])
        assert re.match(r"v?\d+\.\d+", described["compose"])
        assert re.fullmatch("sha256:[0-9a-f]{64}", described["image:web"])
        assert described["image:web"] == described["image:worker"]

    def test_that_fails_says_why_in_the_engines_words(self, tmp_path: Path) -> None:
        """What it will refuse tomorrow too is an error of the plan, and what was made goes."""
        stack = tiny_stack(tmp_path)
        file = tmp_path / "compose.yaml"
        file.write_text(file.read_text().replace("init: true", "cap_add: [NONE_SUCH]"))
        try:
            with pytest.raises(PlanError, match=r"the engine does not take .*NONE_SUCH"):
                stack.up()
        finally:
            stack.down()
        assert leftovers(stack.project) == []


class TestDown:
    def test_leaves_nothing_whatever_state_the_containers_are_in(self, tmp_path: Path) -> None:
        """Frozen, stopped, deaf: containers, networks, named and anonymous volumes are gone."""
        stack = tiny_stack(tmp_path)
        try:
            runtime = stack.up()
            volumes = anonymous_volumes(stack)
            assert volumes
            web, deaf, frozen = runtime.containers()
            runtime.stop(web, grace=0)
            runtime.pause(frozen)
            assert runtime.state(deaf).running
            assert len(leftovers(f"of-{stack.project}")) > len(volumes)
        finally:
            stack.down()
        assert leftovers(stack.project) == leftovers(f"of-{stack.project}") == []
        assert not all_volumes() & set(volumes)

    def test_does_not_need_the_compose_file(self, tmp_path: Path) -> None:
        """A compose file that is gone or broken by now does not keep the containers alive."""
        stack = tiny_stack(tmp_path)
        try:
            stack.up()
            volumes = anonymous_volumes(stack)
            (tmp_path / "compose.yaml").write_text("services: [broken")
        finally:
            stack.down()
        assert leftovers(stack.project) == []
        assert not all_volumes() & set(volumes)

    def test_that_cannot_remove_something_names_it(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A network that somebody else holds on to is in the error, and goes with the next down."""
        stack = tiny_stack(tmp_path)
        client = APIClient()
        monkeypatch.setattr("drills.stack.engines.compose.DOWN_SECONDS", 1.0)
        network = f"{stack.project}_default"
        stranger = ""
        try:
            stack.up()
            stranger = client.create_container("debian:trixie-slim", ["sleep", "600"])["Id"]
            client.connect_container_to_network(stranger, network)
            client.start(stranger)
            with pytest.raises(StackError, match=f"left: network {network}"):
                stack.down()
        finally:
            if stranger:
                client.remove_container(stranger, force=True)
            client.close()
            stack.down()
        assert leftovers(stack.project) == []


class TestScale:
    def test_adds_instances_that_go_with_the_stack(self, tmp_path: Path) -> None:
        """Who is there goes on as it is; who comes has the label, and what it is swept by."""
        stack = tiny_stack(tmp_path)
        try:
            runtime = stack.up()
            before = {one.id: runtime.state(one).started_at for one in runtime.containers()}
            stack.scale("worker", 3)
            now = runtime.containers()
            assert [one.name for one in now[-3:]] == [
                f"{stack.project}-worker-{n}" for n in (1, 2, 3)
            ]
            assert {
                one.id: runtime.state(one).started_at for one in now if one.id in before
            } == before
            (added,) = (one for one in now if one.id not in before)
            assert added.labels["incident-drills.drill"] == f"of-{stack.project}"
            assert runtime.state(added).running
        finally:
            stack.down()
        assert leftovers(stack.project) == leftovers(f"of-{stack.project}") == []
        with pytest.raises(StackError, match="expected a stack that is up"):
            stack.scale("worker", 3)

    @pytest.mark.parametrize(
        ("script", "who"),
        [
            ('sleep 600; exec "$REAL" "$@"', "a healer"),
            ('"$REAL" "$@"; sleep 600', "down"),
            pytest.param('sleep 600; exec "$REAL" "$@"', "down", marks=pytest.mark.thorough),
            pytest.param('"$REAL" "$@"; sleep 600', "a healer", marks=pytest.mark.thorough),
        ],
    )
    def test_that_is_under_way_is_ended_by_who_takes_it_down(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, who: str, script: str
    ) -> None:
        """Nothing comes up behind it, be it the drill itself or whoever finishes a dead one's."""
        begun = tmp_path / "begun"
        place = command_in_between(tmp_path, "--scale", f"touch {begun}; {script}")
        monkeypatch.setenv("PATH", f"{place}{os.pathsep}{os.environ['PATH']}")
        stack = tiny_stack(tmp_path)
        scaling = Thread(target=_scaled, args=(stack,))
        try:
            stack.up()
            scaling.start()
            until(begun.exists, awaited="compose is called", within=20)
            if who == "a healer":
                DockerGround().clear(stack.project, f"of-{stack.project}")
                scaling.join(20)
                assert leftovers(stack.project) == leftovers(f"of-{stack.project}") == []
        finally:
            stack.down()
        scaling.join(20)
        assert not scaling.is_alive()
        assert leftovers(stack.project) == leftovers(f"of-{stack.project}") == []


def _scaled(stack: ComposeStack) -> None:
    with suppress(StackError):  # it is taken down meanwhile
        stack.scale("worker", 4)


INTERRUPT = 'kill -INT "$PPID"'


class TestInterrupt:
    @pytest.fixture(autouse=True)
    def _ctrl_c(self) -> Iterator[None]:
        """A shell starts what runs in its background with SIGINT ignored; here it must count."""
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        yield
        signal.signal(signal.SIGINT, before)

    @pytest.mark.parametrize(
        "script",
        [
            pytest.param(
                f'{INTERRUPT}; exec "$REAL" "$@"',
                id="before-anything-is-there",
                marks=pytest.mark.thorough,
            ),
            pytest.param(f'"$REAL" "$@"; {INTERRUPT}; sleep 600', id="when-all-is-there"),
            pytest.param(
                f'"$REAL" "$@" --no-start; {INTERRUPT}; exec "$REAL" "$@"', id="between-both"
            ),
        ],
    )
    def test_of_up_ends_it_and_down_removes_what_was_made(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
    ) -> None:
        """Ctrl-C at any moment of up() arrives as KeyboardInterrupt, and nothing goes on behind."""
        place = command_in_between(tmp_path, "up", script)
        monkeypatch.setenv("PATH", f"{place}{os.pathsep}{os.environ['PATH']}")
        stack = tiny_stack(tmp_path)
        try:
            with pytest.raises(KeyboardInterrupt):
                stack.up()
        finally:
            stack.down()
        assert leftovers(stack.project) == leftovers(f"of-{stack.project}") == []

    def test_of_up_twice_still_lets_down_come_last(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A second Ctrl-C leaves up() at once; down() first awaits the end of what is under way."""
        pid = tmp_path / "pid"
        stubborn = f"trap '' INT; echo $$ > {pid}; {INTERRUPT}; sleep 0.5; {INTERRUPT}; sleep 60"
        place = command_in_between(tmp_path, "up", stubborn)
        monkeypatch.setattr("drills.stack.engines.compose_command._CANCEL_SECONDS", 1.5)
        monkeypatch.setenv("PATH", f"{place}{os.pathsep}{os.environ['PATH']}")
        stack = tiny_stack(tmp_path)
        try:
            with pytest.raises(KeyboardInterrupt):
                stack.up()
        finally:
            stack.down()
        with pytest.raises(ProcessLookupError):
            os.kill(int(pid.read_text()), 0)
        assert leftovers(stack.project) == leftovers(f"of-{stack.project}") == []

    def test_of_down_comes_after_its_end(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Impatience while the stack is taken down does not leave half of it behind."""
        stack = tiny_stack(tmp_path)
        stack.up()

        def interrupted(*args: Any, **options: Any) -> None:
            os.kill(os.getpid(), signal.SIGINT)
            sweep(*args, **options)

        monkeypatch.setattr("drills.stack.engines.compose.sweep", interrupted)
        with pytest.raises(KeyboardInterrupt):
            stack.down()
        left = leftovers(stack.project)
        monkeypatch.undo()
        stack.down()
        assert left == []

    def test_of_up_is_followed_by_another_up(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """After an interrupted attempt and a down, the same stack can be brought up."""
        place = command_in_between(tmp_path, "up", f'{INTERRUPT}; exec "$REAL" "$@"')
        monkeypatch.setenv("PATH", f"{place}{os.pathsep}{os.environ['PATH']}")
        stack = tiny_stack(tmp_path)
        try:
            with pytest.raises(KeyboardInterrupt):
                stack.up()
            stack.down()
            (place / "docker").unlink()
            monkeypatch.undo()
            assert len(stack.up().containers()) == 3
        finally:
            stack.down()
        assert leftovers(stack.project) == []
