"""A drill whose engine is gone for good is given up, by a person and by nobody else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from drills.cli import main
from drills.errors import EngineError, PlanError
from drills.lifecycle.watchdog import registry
from drills.lifecycle.watchdog.giving_up import give_up
from drills.lifecycle.watchdog.heal import Healed
from tests.doubles.dead import DRILL, PROJECT, WHO, Paper

GONE = "unix:///nonexistent/engine.sock"


def given_up(paper: Paper, drill: str = DRILL) -> Healed:
    return give_up(drill, lambda *_: paper.ground)


@pytest.fixture
def gone(paper: Paper) -> Paper:
    """A drill that died under two faults, and its engine with it."""
    paper.died().log.write_text("the engine is away")
    paper.ground.trouble = EngineError("no container engine answers")
    return paper


def test_it_is_forgotten_and_told_what_may_be_left(gone: Paper, state: Path) -> None:
    """The faults that nobody proved undone, the label to look for, and what to type later."""
    said = str(given_up(gone))
    assert list(state.iterdir()) == []
    assert "given up: no container engine answers" in said
    assert said.count("not proven undone: ") == 2
    assert f"incident-drills.drill={DRILL} may be left" in said
    assert said.endswith("should it come back, this removes that: drills heal")


def test_an_engine_elsewhere_is_named_in_words_that_can_be_typed(
    gone: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the folder of its certificates, and that it is allowed."""
    entered = registry.named(DRILL)
    assert entered is not None
    there = replace(entered, engine="https://10.0.0.5:2376#/home/ann/my certs", allow_remote=True)
    monkeypatch.setattr(registry, "named", lambda _drill: there)
    said = str(given_up(gone))
    assert "may be left on https://10.0.0.5:2376;" in said
    assert said.endswith(
        "DOCKER_HOST=tcp://10.0.0.5:2376 DOCKER_TLS_VERIFY=1 "
        "DOCKER_CERT_PATH='/home/ann/my certs' drills heal --remote"
    )


def test_by_its_directory_too(gone: Paper, state: Path) -> None:
    """As healing does."""
    assert given_up(gone, str(gone.directory)).problems == []
    assert list(state.iterdir()) == []


def test_healing_never_gives_up_by_itself(gone: Paper) -> None:
    """It only says that a person may."""
    healed = gone.heal()
    assert healed.away
    assert healed.then.endswith(f"drills heal --give-up {DRILL}")
    assert registry.named(DRILL) is not None


def test_an_engine_that_answers_is_healed_on(paper: Paper) -> None:
    """What can be undone is not given up."""
    paper.died()
    with pytest.raises(PlanError, match=f"answers, so nothing is given up.*drills heal {DRILL}"):
        given_up(paper)
    assert paper.healer().heal_one(DRILL, WHO).problems == []


def test_a_drill_that_runs_is_not_given_up(paper: Paper) -> None:
    """Nor is one that shows life only by its sign."""
    held = paper.begin()
    paper.ground.trouble = EngineError("no container engine answers")
    with pytest.raises(PlanError, match="runs, or somebody is healing it"):
        given_up(paper)
    held.release()


def test_a_drill_of_another_machine_is_not_given_up(gone: Paper) -> None:
    """Nothing is known of it here."""
    entry = registry.named(DRILL)
    assert entry is not None
    text = entry.path.read_text().replace('"boot": "', '"boot": "another')
    entry.path.write_text(text.replace(f'"host": "{entry.host}"', '"host": "another-host"'))
    with pytest.raises(PlanError, match="begun on another-host: give it up there"):
        given_up(gone)


def test_reports_that_were_thrown_away_are_no_obstacle(tmp_path: Path) -> None:
    """The command says that nobody knows then; afterwards there is nothing left to heal."""
    registry.register(DRILL, tmp_path / "gone", PROJECT, engine=GONE).release()
    assert main(["heal", DRILL]) == 70
    assert main(["heal", "--give-up", DRILL]) == 0
    assert registry.entries() == []


@pytest.mark.parametrize("drills", [[], ["none-such"]])
def test_it_has_to_be_named(drills: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is given up wholesale, and a name that is nobody's is told."""
    assert main(["heal", "--give-up", *drills]) == 2
    assert "expected the id" in capsys.readouterr().err
