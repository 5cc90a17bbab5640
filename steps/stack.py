"""The system as it is before anything happens to it."""

from __future__ import annotations

from pytest_bdd import given

import drills


@given("the ERP is in steady state")
@given("the system is in steady state")
def _(drill: drills.Exercise) -> None:
    """A fresh stack is brought up and held in steady state; else nothing is injected."""
    drill.reach_steady_state()


@given("a backup of the database is made")
def _(drill: drills.Exercise) -> None:
    """The backup that the procedure restores: by its step ``restore`` with ``changes = true``."""
    drill.back_up()
