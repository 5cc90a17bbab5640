"""The system as it is before anything happens to it."""

from __future__ import annotations

from pytest_bdd import given

import drills


@given("the ERP is in steady state")
@given("the system is in steady state")
def _(drill: drills.Exercise) -> None:
    drill.reach_steady_state()


@given("a backup of the database is made")
def _(drill: drills.Exercise) -> None:
    drill.back_up()
