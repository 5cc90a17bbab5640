"""What a command is meant to do."""

from __future__ import annotations

import pytest

from drills.runbook.written.nature import nature_of


@pytest.mark.parametrize(
    "text",
    ["docker system prune -f", "sudo rm -rf /tmp/*", "journalctl --vacuum-time=1d", "reboot",
     "dd if=/dev/zero of=/dev/sda", "docker volume rm data", "find / -name x -delete",
     "kill -9 -1", "sudo kill -KILL -1; echo done", "kill 1", "kill -9 1", "kill -s KILL -- -1",
     "killall5 -9", "init 6", "pkill -9 .", ":(){ :|:& };:", "bomb() { bomb | bomb & }; bomb"],
)  # fmt: skip
def test_what_destroys_is_known(text: str) -> None:
    """On the team's machine it would remove what nobody looked at."""
    assert nature_of(text).destroys


@pytest.mark.parametrize(
    "text",
    ["rm notes.txt", "docker compose down", "docker logs app", "ls /", "kill -1 1234", "kill 11",
     "kill -9 $(pgrep worker)", "pkill -9 nginx", "f() { a | b & }"],
)  # fmt: skip
def test_what_is_usual_does_not_destroy(text: str) -> None:
    """It acts or looks, on what it names."""
    assert not nature_of(text).destroys


@pytest.mark.parametrize("text", ["df -h", "netstat -tulpn | grep :8000", "free -h >> mem.txt"])
def test_what_shows_the_machine_is_known(text: str) -> None:
    """A pipe of filters does not change that."""
    assert nature_of(text).machine


@pytest.mark.parametrize(
    "text",
    ["docker stats", "docker-compose logs -f app", "tail -f x.log", "docker compose up", "top"],
)
def test_what_goes_on_until_somebody_ends_it_is_known(text: str) -> None:
    """It is looked at for a while, and ended."""
    assert nature_of(text).shows


@pytest.mark.parametrize(
    "text", ["docker stats --no-stream", "docker compose up -d", "docker logs app --tail=20"]
)
def test_what_ends_by_itself_is_known(text: str) -> None:
    """The same words, with what makes them end."""
    assert not nature_of(text).shows


@pytest.mark.parametrize(
    "text",
    ["vi /etc/hosts", "docker compose exec app bash", "docker exec -it db psql", "sudo su -"],
)
def test_what_waits_for_a_person_is_known(text: str) -> None:
    """Without a terminal it would end at once, having done nothing."""
    assert nature_of(text).waits


@pytest.mark.parametrize(
    "text",
    ['docker-compose exec postgres psql -c "SELECT 1;"', 'python -c "\nprint(1)\n"', "bash x.sh"],
)
def test_what_is_given_its_work_does_not_wait(text: str) -> None:
    """As an argument, or a file."""
    assert not nature_of(text).waits


def test_whom_it_asks_beyond_the_system_is_known() -> None:
    """The machine itself is not beyond it."""
    assert nature_of("curl -I https://example.com/x").outside == "example.com"
    assert nature_of("nslookup example.com").outside == "example.com"
    assert nature_of("curl http://localhost:8000/health").outside == ""


def test_an_exit_code_that_tells_nothing_is_known() -> None:
    """A question without --fail, a pipe whose last part is content with anything."""
    assert "curl" in nature_of("curl http://localhost/x").hides
    assert "pipe" in nature_of("docker compose logs app | tail -5").hides
    assert nature_of("curl -fsS http://localhost/x").hides == ""
    assert nature_of("docker ps | grep app").hides == ""
