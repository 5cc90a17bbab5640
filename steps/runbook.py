"""The runbook as it is written: carried out line by line, in a console beside the stack."""

from __future__ import annotations

from pytest_bdd import then, when

import drills


@when("the runbook is followed as written")
@then("the runbook is followed as written")
def _(drill: drills.Exercise) -> None:
    drill.follow_runbook()
