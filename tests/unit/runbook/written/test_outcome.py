"""How a command ended, and why."""

from __future__ import annotations

from typing import Any

import pytest

from drills.runbook.written.command import Command
from drills.runbook.written.outcome import Outcome, Verdict, judged, unrun
from drills.stack.console import Asked, Ran

BEFORE = {"app-1": ("running", "a 1")}
AFTER = {"app-1": ("running", "a 2")}


def command(text: str, **more: Any) -> Command:
    return Command(line=1, last_line=1, text=text, section=("X",), section_line=1, **more)


def of(text: str, ran: Ran, *, changed: bool = False, disturbed: bool = False) -> Verdict:
    after = AFTER if changed else BEFORE
    return judged(command(text), ran, BEFORE, after, disturbed=disturbed)


def acted(*words: str) -> tuple[Asked, ...]:
    return (Asked(words, 0, acts=True),)


def test_what_ended_well_and_said_something_worked() -> None:
    """Nothing has to be said of it."""
    assert of("docker compose ps", Ran(0, b"app")) == Verdict(Outcome.WORKED)


@pytest.mark.parametrize(
    ("text", "ran", "why"),
    [
        ("systemctl status nginx", Ran(127, errors=b"systemctl: command not found"), "systemd"),
        ("nginx -t", Ran(127, errors=b"exec: nginx: not found"), "no such program: nginx"),
        ("tail /x", Ran(1, errors=b"tail: cannot open '/x' for reading: No such file"), "file: /x"),
        ("docker compose logs a", Ran(1, errors=b"no such service: a"), "no such service: a"),
        (
            "pg_dump x",
            Ran(1, errors=b"ERROR:  invalid page in block 0 of relation base/5/7\nCOPY"),
            "block 0 of base/5/7 is damaged",
        ),
        ("psql", Ran(2, errors=b'FATAL:  role "root" does not exist'), "no such role: root"),
        ("curl https://example.com", Ran(6, errors=b"curl: (6) ..."), "world (example.com)"),
        ("docker exec a x", Ran(137), "out of memory"),
        ("date", Ran(0, b"x", over=True), "did not end in time"),
        ("ls a | wc", Ran(0, b"0", b"ls: a: No such", (2, 0)), "part 1 of the pipe ended with 2"),
        ("pg_dump x > a.sql", Ran(0, files={"/runbook/a.sql": 0}), "a.sql with 0 bytes"),
        ("curl -s localhost/x | jq .a", Ran(0, b"null"), "jq says null"),
        ("curl -I localhost", Ran(0, b"", answers=("HTTP/1.1 405 Not Allowed",)), "405"),
        ("docker compose ps", Ran(0), "did nothing"),
    ],
)
def test_what_failed_says_why(text: str, ran: Ran, why: str) -> None:
    """Where that is known; an exit code of 0 is not enough."""
    found = of(text, ran)
    assert found.outcome is Outcome.FAILED
    assert why in found.why


def test_a_closed_pipe_is_no_failure() -> None:
    """``| head`` ends whoever still writes."""
    assert of("docker compose logs | head", Ran(0, b"x", parts=(141, 0))).outcome is Outcome.WORKED


def test_what_should_act_is_compared_before_and_after() -> None:
    """Nothing changed is a finding, but where it was to be so already."""
    restart = Ran(0, asked=acted("docker", "restart", "app"))
    assert of("docker restart app", restart, changed=True).outcome is Outcome.WORKED
    assert of("docker restart app", restart).outcome is Outcome.CHANGED_NOTHING
    start = Ran(0, asked=acted("docker", "start", "app"))
    assert of("docker start app", start).outcome is Outcome.NOTHING_TO_DO


def test_a_migration_says_whether_there_was_one() -> None:
    """The containers are the same either way."""
    asked = (Asked(("docker-compose", "exec"), 0),)
    text = "docker-compose exec app alembic upgrade head"
    assert of(text, Ran(0, b"", b"INFO", asked=asked)).outcome is Outcome.NOTHING_TO_DO
    done = Ran(0, b"", b"Running upgrade 1 -> 2", asked=asked)
    assert of(text, done).outcome is Outcome.WORKED


def test_what_shows_the_machine_shows_the_console() -> None:
    """However well it works."""
    assert of("df -h", Ran(0, b"x")).outcome is Outcome.CONSOLE
    assert of("du -sh /* | head", Ran(0, b"x", parts=(1, 0))).outcome is Outcome.CONSOLE


def test_what_destroys_is_dangerous_and_named() -> None:
    """It hit the console alone, whatever came of it there."""
    assert of("rm -rf /tmp/*", Ran(0, removed=("/runbook/a",))).outcome is Outcome.DANGEROUS
    refused = (Asked(("docker", "system", "prune"), 0, refused="it would", harmful=True),)
    assert of("docker system prune", Ran(0, b"x", asked=refused)).why.startswith("it would")


def test_what_ended_every_process_is_dangerous_whatever_its_words_are() -> None:
    """The console's own program was among them."""
    found = of("./tidy-up.sh", Ran(137, ended_all=True))
    assert found.outcome is Outcome.DANGEROUS
    assert found.why.startswith("it ends every process that it may")


def test_a_check_that_ends_with_0_while_its_system_is_not_well_cannot_fail() -> None:
    """In the incident; on a healthy stack a bad answer is a failure."""
    ran = Ran(0, b"x", answers=("HTTP/1.1 502 Bad Gateway",))
    assert of("curl localhost:8000/x", ran, disturbed=True).outcome is Outcome.CANNOT_FAIL
    assert of("curl localhost:8000/x", ran).outcome is Outcome.FAILED


def test_what_is_asked_with_a_wrong_token_has_to_be_refused() -> None:
    """401 is then the right answer."""
    ran = Ran(0, b"x", answers=("HTTP/1.1 401 Unauthorized",))
    assert of("curl -H 'Authorization: Bearer invalid' x", ran).outcome is Outcome.WORKED


def test_what_is_not_run_is_told_beforehand() -> None:
    """People, placeholders, and what waits at a terminal."""
    people = unrun(command("Call", people=True))
    assert people is not None
    assert people.outcome is Outcome.PEOPLE
    assert unrun(command("x <POD>", refused="<POD> is a placeholder")) == Verdict(
        Outcome.FAILED, "not run: <POD> is a placeholder"
    )
    waits = unrun(command("vi x"))
    assert waits is not None
    assert "interactive" in waits.why
    assert unrun(command("date")) is None
