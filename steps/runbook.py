"""The runbook as it is written: carried out line by line, in a console beside the stack."""

from __future__ import annotations

from pytest_bdd import parsers, then, when

import drills


@when("the runbook is followed as written")
@then("the runbook is followed as written")
def _(drill: drills.Exercise) -> None:
    """A person's console beside the stack carries out its lines."""
    drill.follow_runbook()


@then(parsers.re(r"at most (?P<count>\d+) lines? of the runbook (?:does|do) not work as written"))
def _(drill: drills.Exercise, count: str) -> None:
    """At most so many, of those that were followed."""
    drill.expect(
        drills.at_most("The runbook works as written", "unworkable runbook lines", int(count))
    )


@then("every line of the runbook works as written")
def _(drill: drills.Exercise) -> None:
    """Exactly 0, of those that were followed."""
    drill.expect(drills.exactly("The runbook works as written", "unworkable runbook lines", 0))
