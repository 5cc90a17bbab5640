"""A pause of replay on a real standby: effect, undo, and the restart that undoes it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from drills.errors import PlanError
from drills.faults import ReplayPaused
from drills.faults.postgres.client import psql
from drills.faults.postgres.replay import PAUSE_STATE
from drills.stack.runtime import Container
from drills.wait import until
from tests.contract.faulted import Faulted
from tests.contract.postgres_pair import PRIMARY, STANDBY

pytestmark = pytest.mark.engine


class Database(Faulted):
    """One PostgreSQL of the reference stack, and what injects into it."""

    def up(self, image: str) -> Container:
        """Start it; it replays (or not) without any other node."""
        container = self.add("db", (), image=image)
        until(lambda: self.state(container), awaited="the database answers", within=30)
        return container

    def state(self, container: Container) -> str:
        """What it says of its replay; "" where it does not answer."""
        done = psql(self.runtime, container, "postgres", "postgres", PAUSE_STATE)
        return done.output.decode().strip() if done.exit_code == 0 else ""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """All of it is removed afterwards."""
    with closing(Database(tmp_path / "journal", "db")) as database:
        yield database


def test_a_standby_is_paused_and_replays_again(database: Database) -> None:
    """As it says itself, within an interval that is known."""
    standby = database.up(STANDBY)
    assert database.state(standby) == "not paused"
    database.inject(ReplayPaused(), "db")
    assert database.state(standby) == "paused"
    database.effect()
    database.undo()
    assert database.state(standby) == "not paused"


@pytest.mark.parametrize("how", ["restart", pytest.param("stop", marks=pytest.mark.thorough)])
def test_a_server_that_ended_meanwhile_has_no_pause_left(database: Database, how: str) -> None:
    """It runs afterwards as before, and is proven by asking it."""
    standby = database.up(STANDBY)
    database.inject(ReplayPaused(), "db")
    getattr(database.runtime, how)(standby, 5)
    database.undo()
    assert database.state(standby) == "not paused"


def test_a_container_that_is_gone_took_it_along(database: Database) -> None:
    """There is nothing to resume."""
    standby = database.up(STANDBY)
    database.inject(ReplayPaused(), "db")
    database.remove(standby)
    database.undo()


@pytest.mark.parametrize(
    ("image", "fault", "why"),
    [
        (PRIMARY, ReplayPaused(), "expected a standby"),
        (STANDBY, ReplayPaused(role="observer"), "observer may pause replay, it may not"),
        (STANDBY, ReplayPaused(role="nobody"), 'role "nobody" does not exist'),
    ],
)
def test_what_cannot_be_paused_is_refused(
    database: Database, image: str, fault: ReplayPaused, why: str
) -> None:
    """Before anything is done or armed."""
    database.up(image)
    with pytest.raises(PlanError, match=why):
        database.inject(fault, "db")
    assert database.intended() == []
