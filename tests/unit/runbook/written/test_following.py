"""Following a runbook: one command after the other, each judged by its effect."""

from __future__ import annotations

from collections.abc import Callable

from drills.runbook.written.command import Command
from drills.runbook.written.following import SHOWING, Follower, Tried, together
from drills.runbook.written.outcome import Outcome, Verdict
from drills.stack.console import Asked, Ran
from drills.testing import FakeRuntime, ManualClock


class Scripted:
    """A console that answers with what ``act`` gives, and notes what it was asked."""

    def __init__(self, act: Callable[[str], Ran]) -> None:
        self.asked: list[tuple[str, float]] = []
        self._act = act

    def run(self, text: str, seconds: float) -> Ran:
        self.asked.append((text, seconds))
        return self._act(text)


def command(text: str, *, people: bool = False) -> Command:
    return Command(line=1, last_line=1, text=text, section=("X",), section_line=1, people=people)


def runtime() -> FakeRuntime:
    return FakeRuntime(ManualClock(), {"app": 1})


def test_each_is_run_by_itself_and_kept_as_it_ends() -> None:
    """What is for people is told, and not run."""
    console, kept, under = Scripted(lambda _text: Ran(0, b"x")), list[Tried](), runtime()
    follower = Follower(console, under, under.clock, kept.append, seconds=9)
    found = list(
        follower.follow([command("docker ps"), command("Call", people=True), command("id")])
    )
    assert console.asked == [("docker ps", 9), ("id", 9)]
    assert [each.verdict.outcome for each in found] == [
        Outcome.WORKED, Outcome.PEOPLE, Outcome.CONSOLE,
    ]  # fmt: skip
    assert kept == found


def test_what_goes_on_is_only_looked_at() -> None:
    """Nobody waits a minute for it."""
    console, under = Scripted(lambda _text: Ran(124, b"x", over=True)), runtime()
    (found,) = Follower(console, under, under.clock).follow([command("docker stats")])
    assert console.asked == [("docker stats", SHOWING)]
    assert found.verdict.outcome is Outcome.WORKED


def test_the_state_before_and_after_is_compared() -> None:
    """Whoever restarted something settles, and whoever restarted nothing is found out."""
    under = runtime()
    restart = Ran(0, asked=(Asked(("docker-compose", "restart"), 0, acts=True),))

    def act(text: str) -> Ran:
        if text.endswith("app"):
            under.restart(under.containers()[0])
        return restart

    settled: list[str] = []
    follower = Follower(Scripted(act), under, under.clock, settle=lambda: settled.append("now"))
    lines = [command("docker-compose restart app"), command("docker-compose restart")]
    found = [each.verdict.outcome for each in follower.follow(lines)]
    assert found == [Outcome.WORKED, Outcome.CHANGED_NOTHING]
    assert settled == ["now"]


def test_what_moves_a_cursor_is_no_evidence() -> None:
    """Compose writes it into pipes, too."""
    tried = Tried(command("x"), Verdict(Outcome.WORKED), Ran(0, b"\x1b[2Kapp-1 | up", b"warned"))
    assert tried.said == "warned\napp-1 | up"


def test_what_both_states_tell_becomes_one_outcome() -> None:
    """What worked, and cannot fail in the incident, is a finding; what failed there is told."""
    worked, failed = Verdict(Outcome.WORKED), Verdict(Outcome.FAILED, "exit 1")
    blind = Verdict(Outcome.CANNOT_FAIL, "curl ...")
    assert together(worked, None, "") == worked
    assert together(worked, None, "curl ends with 0").why == "mind: curl ends with 0"
    assert together(worked, blind, "") == blind
    assert together(worked, failed, "").why == "in the incident it fails: exit 1"
    assert together(failed, worked, "") == failed
    assert together(worked, worked, "it hides", "Verify failover").outcome is Outcome.CANNOT_FAIL
    assert together(worked, worked, "it hides", "Look at logs").outcome is Outcome.WORKED
    assert together(worked, worked, "", "Verify failover").outcome is Outcome.WORKED
    assert together(None, failed, "") == failed
