"""What an operator's words become: the drill's own project, or an answer of the console."""

from __future__ import annotations

from pathlib import PurePath

import pytest

from drills.stack.container import Container
from drills.stack.engines.console.words import Answer, Command, Place, understood

BASE = ("docker", "compose", "-f", "/private/compose.json", "--project-name", "drill-1")
PLACE = Place(
    "drill-1",
    PurePath("/team/compose.yaml"),
    PurePath("/private/compose.json"),
    BASE,
    ("docker",),
    lambda name: name == "other.yml",
)
CONTAINERS = [
    Container("0123456789ab", "drill-1-app-1", "app", 1),
    Container("0123456789cd", "drill-1-app-2", "app", 2),
    Container("0123456789ef", "drill-1-postgres-1", "postgres", 1),
]


def meant(line: str) -> Command | Answer:
    return understood(line.split(), PLACE, CONTAINERS)


def carried_out(line: str) -> tuple[str, ...]:
    found = meant(line)
    assert isinstance(found, Command), found
    return found.line


def answered(line: str) -> Answer:
    found = meant(line)
    assert isinstance(found, Answer), found
    return found


def test_compose_is_always_of_the_drills_own_project() -> None:
    """By either of its names, and with the team's own file named or not."""
    for line in ("docker-compose", "docker compose", "docker-compose -f compose.yaml"):
        assert carried_out(f"{line} logs app --tail=200") == (*BASE, "logs", "--tail=200", "app")


def test_a_command_inside_is_handed_on_whole_and_has_no_terminal() -> None:
    """Its own options are not compose's."""
    line = "docker-compose exec -it postgres psql -c SELECT -t"
    inside = ("postgres", "psql", "-c", "SELECT", "-t")
    assert carried_out(line) == (*BASE, "exec", "-T", "-i", *inside)


@pytest.mark.parametrize(
    ("line", "rest"),
    [
        ("docker-compose restart -t 5 app", ("restart", "-t", "5", "app")),
        ("docker-compose stop --timeout=5 app", ("stop", "--timeout=5", "app")),
        ("docker-compose logs -t app", ("logs", "-t", "app")),
        ("docker-compose exec -T -u root app id", ("exec", "-T", "-u", "root", "app", "id")),
        ("docker-compose logs --tail 5 app", ("logs", "--tail", "5", "app")),
    ],
)  # fmt: skip
def test_an_option_means_what_it_means_to_its_word(line: str, rest: tuple[str, ...]) -> None:
    """``-t`` is a terminal to one, a time or time stamps to others."""
    assert carried_out(line)[len(BASE) :] == rest


def test_nothing_is_pulled_or_built() -> None:
    """What is not here is not brought here by a drill."""
    line = carried_out("docker-compose up -d --scale app=3")
    assert line[len(BASE) :] == (
        "up", "--pull", "never", "--no-build", "-d", "--scale", "app=3",
    )  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        "docker-compose -p other ps",
        "docker-compose --project-name=other ps",
        "docker-compose --project-directory / ps",
        "docker-compose --env-file x ps",
        "docker-compose -f other.yml ps",
        "docker-compose -f ../compose.scale.yml up",
        "docker-compose cp app:/x /x",
        "docker-compose pull",
        "docker-compose build",
        "docker-compose down --rmi all",
        "docker-compose run -v /:/host app sh",
        "docker-compose exec --privileged app sh",
        "docker-compose up --scale app=900",
        "docker-compose scale app=900",
        "docker run -v /:/host alpine",
        "docker exec --privileged app sh",
        "docker exec somebody-elses-1 sh",
        "docker stop somebody-elses",
        "docker cp a:/x /x",
        "docker system prune -af",
        "docker container prune",
        "docker rm -f app",
        "docker container rm app",
        "docker rmi app",
        "docker volume rm data",
        "docker network rm net",
        "docker swarm leave",
        "docker plugin install x",
        "docker --host tcp://10.0.0.1 ps",
        "docker -H tcp://10.0.0.1 ps",
        "docker --context prod ps",
        "docker update app",
        "docker load",
    ],
)
def test_what_is_not_on_the_list_reaches_nothing(line: str) -> None:
    """Another project, another file, the host, the network, what is everybody's."""
    assert answered(line).why


@pytest.mark.parametrize("line", ["docker system prune -f", "docker rm -f app", "docker rmi app"])
def test_what_would_have_hit_everybody_is_named(line: str) -> None:
    """And answered as by an engine that has nothing."""
    assert answered(line).harmful


def test_a_pruned_console_has_nothing() -> None:
    """It ends with 0, as it would for the operator."""
    found = answered("docker system prune -f")
    assert (found.code, found.output) == (0, "Total reclaimed space: 0B\n")


def test_an_option_of_docker_means_what_it_means_to_its_word() -> None:
    """As with compose."""
    assert carried_out("docker restart -t 5 postgres") == (
        "docker", "restart", "-t", "5", "drill-1-postgres-1",
    )  # fmt: skip
    assert carried_out("docker exec -it postgres psql -t") == (
        "docker", "exec", "-i", "0123456789ef", "psql", "-t",
    )  # fmt: skip


def test_lists_are_of_the_drills_own_things() -> None:
    """What else runs on the machine is nobody's business here."""
    mine = ("--filter", "label=com.docker.compose.project=drill-1")
    assert carried_out("docker ps -a") == ("docker", "ps", *mine, "-a")
    names = tuple(one.name for one in CONTAINERS)
    assert carried_out("docker stats --no-stream") == ("docker", "stats", "--no-stream", *names)


@pytest.mark.parametrize(
    "name", ["drill-1-app-2", "0123456789cd", "erp-app-2", "erp_app_2", "incident-drills-app-2"]
)
def test_a_container_is_the_drills_own_of_that_service(name: str) -> None:
    """By its name, its id, or what it is called in the team's project."""
    assert carried_out(f"docker logs {name}") == ("docker", "logs", "drill-1-app-2")


def test_the_name_of_a_service_is_its_only_container() -> None:
    """Of several nobody knows which is meant."""
    assert carried_out("docker restart postgres")[-1] == "drill-1-postgres-1"
    assert "no such container: app" in answered("docker restart app").why


def test_what_acts_is_told_from_what_looks() -> None:
    """So that what changed nothing can be found out."""
    acting = {line: meant(line) for line in ("docker-compose restart app", "docker-compose ps")}
    assert [isinstance(each, Command) and each.acts for each in acting.values()] == [True, False]


def test_a_file_that_is_not_there_is_missed_as_compose_misses_it() -> None:
    """With its exit code."""
    found = answered("docker-compose -f docker-compose.scale.yml up -d")
    assert (found.code, "no such file" in found.errors) == (14, True)
