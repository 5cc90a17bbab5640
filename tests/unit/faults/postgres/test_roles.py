"""Roles that may not come any more, and what they had before."""

from __future__ import annotations

import json

import pytest

from drills.errors import PlanError
from drills.faults import ConnectionLimit, LoginRefused, PasswordReplaced, PasswordRotated
from drills.faults.postgres import roles
from drills.faults.postgres.database import OfDatabase
from drills.faults.postgres.statement import Statement
from drills.journal.facts import FaultIntended
from drills.testing.fake_roles import FakeRole
from tests.doubles.databases import Databases

VERIFIER = "SCRAM-SHA-256$4096:c2FsdA==$c3RvcmVk:c2VydmVy"


@pytest.mark.parametrize("limit", [-1, 20])
def test_a_limit_that_was_set_is_set_again(databases: Databases, limit: int) -> None:
    """And none where there was none."""
    role = databases.postgres.roles.of(databases.db)["erp"]
    role.limit = limit
    databases.inject(ConnectionLimit("erp", 3))
    assert role.limit == 3
    assert databases.undo() == ""
    assert role.limit == limit


def test_a_password_comes_back_and_leaves_nothing(databases: Databases) -> None:
    """What the server keeps of it is the same as before, and no role is left over."""
    known = databases.postgres.roles.of(databases.db)
    known["erp"].kept = VERIFIER
    databases.inject(PasswordRotated("erp"))
    assert known["drill-d-1"] == FakeRole(login=False, kept=VERIFIER)
    assert known["erp"].kept != VERIFIER
    assert databases.undo() == ""
    assert known["erp"].kept == VERIFIER
    assert known.keys() == {"postgres", "erp"}


def test_a_password_that_is_replaced_ends_who_came_with_the_old_one(databases: Databases) -> None:
    """Once; the password comes back as of one that is rotated."""
    known = databases.postgres.roles.of(databases.db)
    known["erp"].kept = VERIFIER
    databases.inject(PasswordReplaced("erp"))
    assert known["erp"].kept != VERIFIER
    assert known["erp"].ended == 1
    assert databases.undo() == ""
    assert known["erp"] == FakeRole(kept=VERIFIER, ended=1)


def test_what_is_kept_of_a_password_is_never_written_down(databases: Databases) -> None:
    """Neither in the journal nor in a command that the engine could tell of."""
    databases.postgres.roles.of(databases.db)["erp"].kept = VERIFIER
    databases.inject(PasswordRotated("erp"))
    assert databases.undo() == ""
    journal = (databases.journal.directory / "journal.jsonl").read_text("utf-8")
    for told in (journal, json.dumps([one.argument for one in databases.runtime.calls])):
        assert "c3RvcmVk" not in told
        assert "SCRAM-SHA-256$" not in told


def test_a_password_that_was_rotated_twice_comes_back(databases: Databases) -> None:
    """Last in, first out."""
    known = databases.postgres.roles.of(databases.db)
    known["erp"].kept = VERIFIER
    for _ in range(2):
        databases.inject(PasswordRotated("erp"))
    assert databases.undo() == ""
    assert known.keys() == {"postgres", "erp"}
    assert known["erp"].kept == VERIFIER


@pytest.mark.parametrize("kept", ["md50123456789abcdef", ""])
def test_a_password_that_is_kept_otherwise_is_refused(databases: Databases, kept: str) -> None:
    """A digest of md5 could be guessed by who reads the journal; and none cannot be rotated."""
    databases.postgres.roles.of(databases.db)["erp"].kept = kept
    with pytest.raises(PlanError, match="a password of erp that is kept by SCRAM-SHA-256, it"):
        databases.inject(PasswordRotated("erp"))
    assert databases.on_disk(FaultIntended) == []


@pytest.mark.parametrize("fault", [ConnectionLimit, LoginRefused, PasswordRotated])
@pytest.mark.parametrize(("user", "why"), [("postgres", "it is one"), ("Erp", "there is none")])
def test_a_role_is_no_superuser_and_is_there(
    databases: Databases, fault: type[OfDatabase], user: str, why: str
) -> None:
    """A superuser is not held by a limit, and without one nothing could be undone."""
    with pytest.raises(PlanError, match=f"expected a role {user} that is no superuser, {why}"):
        databases.inject(fault(user=user))  # type: ignore[call-arg]
    assert databases.on_disk(FaultIntended) == []


@pytest.mark.parametrize(
    ("fault", "statement"),
    [
        (ConnectionLimit, roles.LIMIT),
        (LoginRefused, roles.NO_LOGIN),
    ],
)
def test_a_name_is_never_more_than_a_name(
    databases: Databases, fault: type[OfDatabase], statement: Statement
) -> None:
    """Upper case and semicolons are its own."""
    user = "Erp; DROP ROLE erp; --"
    databases.postgres.roles.of(databases.db)[user] = FakeRole()
    databases.inject(fault(user=user))  # type: ignore[call-arg]
    said = [one.argument[-1] for one in databases.runtime.calls if isinstance(one.argument, tuple)]
    heard = [of["user"] for each in said if (of := statement.heard(each)) is not None]
    assert heard == [user]
    assert databases.undo() == ""
