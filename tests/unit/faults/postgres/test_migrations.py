"""A schema that a migration was taken back of, and how it is as new as before again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from drills.errors import PlanError
from drills.faults import MigrationMissing
from drills.journal.facts import FaultIntended
from tests.doubles.databases import Databases

USERS = ("public", "users")
MISSING = MigrationMissing("users", "is_active", "active", "0001", database="sme_erp")


def test_the_column_and_the_revision_are_the_older_ones_and_then_as_before(
    databases: Databases,
) -> None:
    """Both or none."""
    catalog = databases.postgres.catalog
    databases.inject(MISSING)
    assert catalog.columns(databases.db)[USERS] == {"username", "active"}
    assert catalog.revision == "0001"
    assert databases.undo() == ""
    assert catalog.columns(databases.db)[USERS] == {"username", "is_active"}
    assert catalog.revision == "0002"


def test_a_migration_that_was_run_meanwhile_leaves_nothing_to_undo(databases: Databases) -> None:
    """As the runbook has it run."""
    catalog = databases.postgres.catalog
    databases.inject(MISSING)
    catalog.columns(databases.db)[USERS] = {"username", "is_active"}
    catalog.revision = "0002"
    assert databases.undo() == ""
    assert catalog.columns(databases.db)[USERS] == {"username", "is_active"}


def test_one_that_does_not_come_back_is_told(databases: Databases) -> None:
    """Nobody's word is taken for the undo."""
    databases.inject(MISSING)
    databases.postgres.deaf = True
    assert "SET version_num = $$0002$$" in databases.undo()


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        (
            replace(MISSING, revision="0002"),
            "another revision than 0002, and one only",
        ),
        (replace(MISSING, column="is_live"), "a table users with is_live and without active"),
        (replace(MISSING, before="username"), "a table users with is_active and without username"),
    ],
)
def test_what_is_not_so_is_refused(
    databases: Databases, fault: MigrationMissing, found: str
) -> None:
    """Before anything is done."""
    with pytest.raises(PlanError, match=found):
        databases.inject(fault)
    assert databases.on_disk(FaultIntended) == []


@pytest.mark.parametrize("revision", ["", "0002 0003"])
def test_a_schema_without_one_revision_is_refused(databases: Databases, revision: str) -> None:
    """Two heads are no place to go back from."""
    databases.postgres.catalog.revision = revision
    with pytest.raises(PlanError, match=r"alembic_version in public|and one only"):
        databases.inject(MISSING)
