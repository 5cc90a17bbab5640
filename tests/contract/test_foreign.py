"""Compose files as teams have them, beside what teams have: they run, and nothing else changes."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from docker import APIClient

from drills.clock import SystemClock
from drills.errors import PlanError, StackError
from drills.stack.engines.compose import ComposeStack
from drills.stack.engines.needs import Need
from drills.stack.engines.source import Source
from drills.stack.engines.sweep import leftovers, sweep
from drills.stack.runtime import DRILL_LABEL
from tests.contract.neighbours import IMAGE, Neighbours

pytestmark = pytest.mark.engine

FOREIGN = Path(__file__).parent / "foreign"
Bring = Callable[..., ComposeStack]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the teams' files lie."""
    return Path(shutil.copytree(FOREIGN, tmp_path / "foreign"))


@pytest.fixture
def neighbours() -> Iterator[Neighbours]:
    """What others have on the engine; it is gone afterwards."""
    with Neighbours(f"team-{uuid4().hex[:8]}") as found:
        yield found


@pytest.fixture
def bring(folder: Path) -> Iterator[Bring]:
    """Makes the stack of a drill from one of the files; all of them are taken down afterwards."""
    made: list[ComposeStack] = []

    def make(name: str, environment: Mapping[str, str] | None = None, **more: Any) -> ComposeStack:
        project = f"drill-{uuid4().hex[:8]}"
        source = Source(folder / name / "compose.yaml", environment=environment or {}, **more)
        made.append(ComposeStack(source, project, f"of-{project}", SystemClock()))
        return made[-1]

    yield make
    for stack in made:
        stack.down()


def labels(stack: ComposeStack) -> set[str]:
    """What the drill's label says on everything of its project."""
    client = APIClient()
    only: dict[str, Any] = {"label": f"com.docker.compose.project={stack.project}"}
    rows = [*client.containers(all=True, filters=only), *client.networks(filters=only)]
    rows += client.volumes(filters=only)["Volumes"] or []
    client.close()
    assert rows
    return {(row["Labels"] or {}).get(DRILL_LABEL, "") for row in rows}


class TestRuns:
    def test_two_at_once_with_their_ports_set(self, bring: Bring) -> None:
        """By a plain variable, or in an included file; no setting changes with them."""
        environment = {"WEB_PORT": "18080", "PROM_PORT": "19090"}
        one, other = bring("two-files", environment), bring("two-files", environment)
        first, second = one.up(), other.up()
        ports = [run.port(*at)[1] for run in (first, second) for at in (("web", 80), ("prom", 90))]
        assert len({*ports}) == 4
        assert not {*ports} & {0, 18080, 19090}
        (web,) = first.containers("web")
        said = first.execute(web, ["sh", "-c", "echo $SMTP_PORT $DB_URL $BRACES"]).output
        assert said == b"25 postgresql://db:5432/x a{b}$c\n"

    def test_everything_carries_the_label_of_a_drill_that_the_file_does_not_know(
        self, bring: Bring
    ) -> None:
        """Containers, networks and volumes; so a fault may hit it, and it can be removed."""
        stack = bring("two-files", {"WEB_PORT": "18080"})
        assert {one.labels[DRILL_LABEL] for one in stack.up().containers()} == {
            f"of-{stack.project}"
        }
        assert labels(stack) == {f"of-{stack.project}"}
        stack.down()
        assert leftovers(stack.project) == leftovers(f"of-{stack.project}") == []

    def test_a_shop(self, bring: Bring, neighbours: Neighbours) -> None:
        """Extends, replicas, a job first, odd names, a network of somebody else's."""
        outside = neighbours.network(f"{neighbours.token}-outside")
        neighbours.container(f"{neighbours.token}-guest", network=outside)
        before = neighbours.picture()
        name = f"{neighbours.token}-api"
        stack = bring("shop", {"OUTSIDE": outside, "API_NAME": name, "API_PORT": "18091"})
        runtime = stack.up()
        services = [container.service for container in runtime.containers()]
        assert services == ["api", "migrate", "my.app_1", "my.app_1"]
        assert runtime.port("my.app_1", 8080)[1] not in (0, 18090)
        assert runtime.containers("api")[0].name == name
        assert stack.environments()["my.app_1"] == {
            "API_TOKEN": "t0ken-of-the-shop-4711",
            "SMTP_PASS": "pass-of-the-mail-4712",
        }
        stack.down()
        assert leftovers(stack.project) == leftovers(f"of-{stack.project}") == []
        assert neighbours.picture() == before

    def test_the_images_that_the_team_has_built(
        self, bring: Bring, neighbours: Neighbours, folder: Path
    ) -> None:
        """Where an image has no name of its own; who has none is told what builds it."""
        team = f"{neighbours.token}-builders"
        stack = bring("built", {"TEAM": team})
        with pytest.raises(PlanError) as caught:
            stack.up()
        file = folder / "built" / "compose.yaml"
        assert f"there is no image {team}-db here" in str(caught.value)
        assert f"Hint: docker compose -f {file} build db" in str(caught.value)
        client = APIClient()
        try:
            client.tag(IMAGE, f"{team}-db", "latest")
            assert [one.service for one in stack.up().containers()] == ["db"]
        finally:
            stack.down()
            with suppress(Exception):
                client.remove_image(f"{team}-db:latest", noprune=True)
            client.close()

    def test_what_secrets_hold_is_known(self, bring: Bring, folder: Path) -> None:
        """Be it in a file, or in a variable of the environment file beside the compose file."""
        team = folder / "secrets"
        team.mkdir()
        (team / "compose.yaml").write_text(
            "services:\n"
            f"  web: {{image: '{IMAGE}', command: [sleep, '600'], secrets: [one, two]}}\n"
            "secrets: {one: {environment: ONE}, two: {file: ./two.txt}}\n"
        )
        (team / ".env").write_text("ONE=first-of-the-team # rotated\n")
        (team / "two.txt").write_text("second-of-the-team\n")
        stack = bring("secrets")
        stack.up()
        assert stack.environments()[""] == {
            "SECRET_one": "first-of-the-team",
            "SECRET_two": "second-of-the-team",
        }


class TestRefuses:
    def test_every_name_that_is_taken_at_once_and_touches_nothing(
        self, bring: Bring, neighbours: Neighbours
    ) -> None:
        """A drill of a file with fixed names never uses, fills or removes what has one of them."""
        token = neighbours.token
        neighbours.volume(f"{token}-store", project="the-shop")
        neighbours.network(f"{token}-inside")
        neighbours.container(f"{token}-db", anonymous=True)
        before = neighbours.picture()
        stack = bring("owned", {"PREFIX": token}, writes_to=["./data"])
        with pytest.raises(PlanError) as caught:
            stack.up()
        said = str(caught.value)
        assert f"volume {token}-store is there already (of the compose project the-shop)" in said
        assert f"network {token}-inside is there already (of no compose project)" in said
        assert f"the container name {token}-db is taken (of no compose project, running)" in said
        assert "own_names = true" in said
        assert leftovers(stack.project) == []
        stack.down()
        assert neighbours.picture() == before

    def test_nothing_where_the_drill_has_names_of_its_own(
        self, bring: Bring, neighbours: Neighbours
    ) -> None:
        """Then it runs beside them, and is found by its neighbours under the old name."""
        token = neighbours.token
        neighbours.volume(f"{token}-store")
        neighbours.network(f"{token}-inside")
        neighbours.container(f"{token}-db")
        before = neighbours.picture()
        stack = bring("owned", {"PREFIX": token}, writes_to=["./data"], own_names=True)
        runtime = stack.up()
        (db,) = runtime.containers("db")
        assert db.name == f"{stack.project}-db-1"
        assert runtime.execute(db, ["getent", "hosts", f"{token}-db"]).exit_code == 0
        stack.down()
        assert leftovers(stack.project) == leftovers(f"of-{stack.project}") == []
        assert neighbours.picture() == before

    def test_a_second_drill_of_a_file_with_fixed_names(
        self, bring: Bring, neighbours: Neighbours
    ) -> None:
        """It says at once which drill has them, and the first one goes on."""
        environment = {"PREFIX": neighbours.token}
        one = bring("owned", environment, writes_to=["./data"])
        other = bring("owned", environment, writes_to=["./data"])
        runtime = one.up()
        with pytest.raises(PlanError, match=f"of the drill of-{one.project}"):
            other.up()
        other.down()
        assert [runtime.state(each).running for each in runtime.containers()] == [True]

    def test_a_folder_that_it_would_write_into(self, bring: Bring, folder: Path) -> None:
        """Unless it was permitted; the folder and the file in it stay as they were."""
        with pytest.raises(PlanError, match=r'permit it: writes_to = \["./data"\]'):
            bring("owned", {"PREFIX": "x"}).up()
        assert (folder / "owned" / "data" / "kept.txt").read_text() == "of the team\n"

    def test_an_external_network_that_is_not_there_or_answers_to_our_names(
        self, bring: Bring, neighbours: Neighbours
    ) -> None:
        """Requests of others must not reach a drill's container by chance."""
        outside = f"{neighbours.token}-outside"
        environment = {"OUTSIDE": outside, "API_NAME": outside, "API_PORT": "18091"}
        with pytest.raises(PlanError, match=f"Hint: docker network create {outside}"):
            bring("shop", environment).up()
        neighbours.network(outside)
        neighbours.container("my.app_1", network=outside)
        with pytest.raises(PlanError, match=r"my\.app_1 .* is called my\.app_1 in the external"):
            bring("shop", environment).up()

    def test_everything_that_the_manifest_names_and_the_file_has_not(self, bring: Bring) -> None:
        """A service, a port, one in a profile that is not active: all at once, nothing created."""
        needs = [Need("stack.entry", "wbe"), Need("monitoring.pager", "prom", 9090)]
        stack = bring("two-files", {"WEB_PORT": "18080"}, needs=needs)
        with pytest.raises(PlanError) as caught:
            stack.up()
        assert "stack.entry: expected a service of compose.yaml (prom, web), got 'wbe'" in str(
            caught.value
        )
        assert "Did you mean 'web'?" in str(caught.value)
        assert "expected prom to publish its port 9090, it publishes 90" in str(caught.value)
        assert leftovers(stack.project) == []

    def test_what_compose_does_not_take(self, bring: Bring, folder: Path) -> None:
        """In compose's words, as an error of the file: also where that is no text."""
        (folder / "two-files" / "compose.yaml").write_bytes(b"services:\n  web: {image: \xe9}\n")
        with pytest.raises(PlanError, match=r"compose\.yaml: compose does not take this file"):
            bring("two-files").up()
        (folder / "two-files" / "compose.yaml").unlink()
        with pytest.raises(PlanError, match="expected a compose file, found none"):
            bring("two-files").up()

    def test_what_was_made_by_somebody_else_meanwhile(
        self, bring: Bring, neighbours: Neighbours, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Between the look and the creation; it is left where it is."""
        monkeypatch.setattr("drills.stack.engines.compose.Neighbours.problems", lambda *_: [])
        store = neighbours.volume(f"{neighbours.token}-store", project="the-shop")
        before = neighbours.picture()
        stack = bring("owned", {"PREFIX": neighbours.token}, writes_to=["./data"])
        with pytest.raises(StackError, match=r"what (it did not|somebody else) ma"):
            stack.up()
        stack.down()
        assert leftovers(f"of-{stack.project}") == []
        assert store in before
        assert neighbours.picture() == before


def test_what_others_add_to_a_drills_project_is_not_the_drills(
    bring: Bring, neighbours: Neighbours
) -> None:
    """A volume with the label of its project, and of no drill, stays."""
    stack = bring("two-files", {"WEB_PORT": "18080"})
    stack.up()
    volume = neighbours.volume(f"{neighbours.token}-guest", project=stack.project)
    stack.down()
    assert leftovers(stack.project) == [f"volume {volume}"]


def test_nothing_is_removed_by_an_empty_name() -> None:
    """Whatever has no drill's id is nobody's leftover."""
    for nobody in ("", "none"):
        with pytest.raises(StackError, match="nothing is removed"):
            sweep(None, nobody, SystemClock())  # type: ignore[arg-type]


def test_compose_of_the_team_is_not_disturbed(
    bring: Bring, folder: Path, neighbours: Neighbours
) -> None:
    """The same file, run by the team beside a drill of it: it goes on, with its data."""
    project = neighbours.token
    line = ["docker", "compose", "-p", project, "-f", str(folder / "two-files" / "compose.yaml")]
    environment = {"WEB_PORT": "127.0.0.1:0", "PROM_PORT": "0"}

    def run(*words: str) -> str:
        done = subprocess.run(
            [*line, *words],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    try:
        run("up", "--detach", "--pull", "never")
        before = run("ps", "--all", "--format", "{{.ID}} {{.State}} {{.Ports}}")
        assert before.count("running") == 2
        stack = bring("two-files", {"WEB_PORT": "18080"})
        stack.up()
        stack.down()
        assert run("ps", "--all", "--format", "{{.ID}} {{.State}} {{.Ports}}") == before
    finally:
        run("down", "--timeout", "0")
