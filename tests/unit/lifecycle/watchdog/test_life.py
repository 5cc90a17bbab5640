"""A drill is somebody's as long as its engine shows it, wherever its process runs."""

from __future__ import annotations

import secrets
import socket
from pathlib import Path

import pytest

from drills.cli import main
from drills.errors import EngineError, PlanError
from drills.lifecycle.watchdog import registry
from drills.lifecycle.watchdog.life import WATCH_SECONDS, Life, signs
from drills.stack.engines.lease import LEASE_SECONDS, RENEWAL_SECONDS, Remains
from drills.units import NS
from tests.doubles.dead import DRILL, WHO, Paper
from tests.unit.lifecycle.watchdog.test_heal import is_finished

NEIGHBOUR = secrets.token_hex(4)
OLD = 3600.0


def remains(youngest: float | None = OLD, *leases: float) -> Remains:
    """Of a drill whose stack was made so long ago, with leases of these ages."""
    ages = {f"lease-{number}": age for number, age in enumerate(leases)}
    return Remains(["container x-app-1", *(f"volume {name}" for name in ages)], youngest, ages)


class TestSigns:
    def test_a_lease_shows_life_until_it_is_too_old(self) -> None:
        """By the engine's clock alone; the youngest one counts."""
        assert "renewed 15 s ago" in signs(remains(OLD, 200, 15)).sign
        assert signs(remains(OLD, LEASE_SECONDS)) == Life()
        assert WATCH_SECONDS > RENEWAL_SECONDS

    def test_what_is_younger_than_a_lease_is_not_taken_for_dead(self) -> None:
        """Its lease may have been removed by hand; when to ask again is told."""
        life = signs(remains(20))
        assert life.again == LEASE_SECONDS - 20
        assert "Ask again in 40 s" in life.sign

    @pytest.mark.parametrize("age", [-1.0, -OLD])
    def test_a_date_in_the_future_shows_nothing(self, age: float) -> None:
        """The engine's clock was set back, and nobody knows by how much; so it is watched."""
        assert signs(remains(age, age)) == Life()


class TestNeighbours:
    def test_a_running_drill_of_another_machine_is_left_and_told(self, paper: Paper) -> None:
        """Entered nowhere here, no process seen, and still somebody's."""
        paper.ground.remains = [{NEIGHBOUR: remains(OLD, 9)}]
        (healed,) = paper.healer().clear_orphans()
        assert paper.ground.cleared == []
        assert (healed.problems, healed.done) == ([], [])
        assert str(healed) == (
            f"drill {NEIGHBOUR} is left as it is: it is somebody's: "
            "its lease on the engine was renewed 9 s ago"
        )

    def test_one_without_a_lease_that_is_young_is_asked_for_again(self, paper: Paper) -> None:
        """Not removed, not called healed either."""
        paper.ground.remains = [{NEIGHBOUR: remains(5)}]
        (healed,) = paper.healer().clear_orphans()
        assert paper.ground.cleared == []
        assert healed.ask_in == LEASE_SECONDS - 5

    def test_a_lease_that_ran_out_and_is_renewed_shows_life(self, paper: Paper) -> None:
        """The engine hung, or the machine slept, and whoever cares for the drill is back."""
        looks = [{NEIGHBOUR: remains(OLD, age)} for age in (300, 300, 302, 304, 1)]
        paper.ground.remains = [*looks]
        said: list[str] = []
        healer = paper.healer()
        healer._tell = said.append
        (healed,) = healer.clear_orphans()
        assert paper.ground.cleared == []
        assert "renewed 1 s ago" in healed.left
        assert said == [f"watching for 20 s whether anybody renews the lease of {NEIGHBOUR}"]

    def test_one_that_nobody_renews_while_it_is_watched_is_removed(self, paper: Paper) -> None:
        """Not sooner than the next renewal would have been."""
        began = paper.clock.monotonic_ns()
        paper.ground.remains = [{NEIGHBOUR: remains(OLD, 300)}]
        (healed,) = paper.healer().clear_orphans()
        assert paper.ground.cleared == [(registry.project_of(NEIGHBOUR), NEIGHBOUR)]
        assert "entered nowhere, so removed: container x-app-1" in str(healed)
        assert (paper.clock.monotonic_ns() - began) / NS >= RENEWAL_SECONDS

    def test_a_lease_that_outlived_its_stack_is_removed_alone(self, paper: Paper) -> None:
        """Its watchdog was killed at the very end."""
        paper.ground.remains = [{NEIGHBOUR: remains(None, 300)}]
        (healed,) = paper.healer().clear_orphans()
        assert healed.problems == []
        assert paper.ground.cleared == [(registry.project_of(NEIGHBOUR), NEIGHBOUR)]


def moved(paper: Paper, old: str, new: str) -> registry.Entry:
    """The entry of the drill that died, as it is read elsewhere."""
    path = paper.died().path
    path.write_text(path.read_text().replace(old, new))
    return registry.read(path)


class TestEntries:
    def test_a_free_lock_proves_nothing_on_another_machine(self, paper: Paper) -> None:
        """The state directory is on a network; the lease tells, and it is alive."""
        moved(paper, registry.boot_id(), "another")
        paper.ground.remains = [{DRILL: remains(OLD, 9)}]
        (healed,) = paper.healer().heal_all(WHO)
        assert "renewed 9 s ago" in healed.left
        with pytest.raises(PlanError, match=r"runs, or may do so: .* renewed 9 s ago"):
            paper.healer().heal_one(DRILL, WHO)
        assert paper.ground.cleared == []

    def test_nor_does_that_of_a_copy(self, paper: Paper) -> None:
        """A state directory that was kept from another run of CI."""
        path = paper.died().path
        copy = path.with_name("copy")  # there beside the original, so its number is another
        copy.write_bytes(path.read_bytes())
        copy.replace(path)
        paper.ground.remains = [{DRILL: remains(OLD, 9)}]
        (healed,) = paper.healer().heal_all(WHO)
        assert "renewed 9 s ago" in healed.left
        assert paper.ground.cleared == []

    def test_what_nobody_renews_is_healed_there_too(self, paper: Paper) -> None:
        """As after the machine started anew."""
        moved(paper, registry.boot_id(), "another")
        paper.ground.remains = [{DRILL: remains(OLD, 300)}]
        (healed,) = paper.healer().heal_all(WHO)
        assert healed.problems == []
        assert is_finished(paper)

    def test_what_another_machine_runs_on_its_own_engine_is_healed_there(
        self, paper: Paper
    ) -> None:
        """The engine at the same address here is another one, and shows no lease."""
        moved(paper, registry.boot_id(), "another")
        path = registry.entries()[0].path
        path.write_text(path.read_text().replace(socket.gethostname(), "another-host"))
        (healed,) = paper.healer().heal_all(WHO)
        assert "begun on another-host, on the engine there. Heal it there" in healed.left
        assert paper.ground.cleared == []

    def test_an_engine_that_is_away_cannot_tell(self, paper: Paper) -> None:
        """So nothing is done, and that is said."""
        moved(paper, registry.boot_id(), "another")
        paper.ground.trouble = EngineError("no container engine answers")
        (healed,) = paper.healer().heal_all(WHO)
        assert healed.problems == ["no container engine answers"]
        assert registry.entries()

    def test_a_process_of_this_machine_shows_life_whatever_its_lock(self, paper: Paper) -> None:
        """The entry here is not the one that it holds."""
        held = paper.begin()
        held.entry.path.unlink()
        with pytest.raises(PlanError, match="a process of this machine runs it"):
            paper.healer().heal_one(str(paper.directory), WHO)
        assert paper.ground.cleared == []

    def test_by_its_directory_a_drill_that_is_somebodys_is_left(self, paper: Paper) -> None:
        """Its reports may be shared, too."""
        paper.died().path.unlink()
        paper.ground.remains = [{DRILL: remains(OLD, 9)}]
        with pytest.raises(PlanError, match="renewed 9 s ago"):
            paper.healer().heal_one(str(paper.directory), WHO)
        paper.ground.remains = [{DRILL: remains(9)}]
        assert paper.healer().heal_one(str(paper.directory), WHO).ask_in == LEASE_SECONDS - 9
        assert paper.ground.cleared == []

    def test_one_that_died_here_is_healed_at_once(self, paper: Paper) -> None:
        """This machine knows better than a lease that has not run out yet."""
        paper.died()
        paper.ground.remains = [{DRILL: remains(9, 9)}]
        assert paper.heal().problems == []
        assert is_finished(paper)


@pytest.mark.parametrize(("looks", "code"), [(remains(9), 75), (remains(OLD, 9), 0)])
def test_the_exit_code_says_whether_to_ask_again(
    looks: Remains,
    code: int,
    paper: Paper,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    """Somebody's running drill is no trouble; one that is only presumed alive may become some."""
    paper.ground.remains = [{NEIGHBOUR: looks}]
    monkeypatch.setattr("drills.lifecycle.watchdog.heal.on_docker", lambda *_: paper.ground)
    assert main(["heal"]) == code
    assert "is left as it is" in capsys.readouterr().out
