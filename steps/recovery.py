"""How the system and the team come back from a fault: each sentence is a success criterion."""

from __future__ import annotations

from pytest_bdd import parsers, then

import drills

TIME = r"(?P<limit>[\d.]+ \w+|the limit of its severity)"


@then(parsers.re(f"the incident is detected within {TIME}"))
def _(drill: drills.Exercise, limit: str) -> None:
    """By an alert, or whatever else announces the incident."""
    drill.expect(drills.within("The incident is detected", "time to detect", limit))


@then(parsers.parse('the incident is detected by the "{alert}" alert within {limit}'))
def _(drill: drills.Exercise, alert: str, limit: str) -> None:
    """By this alert."""
    drill.expect(drills.within(f"{alert} detects the incident", "time to detect", limit, alert))


@then(parsers.parse('the "{service}" service is reported unhealthy within {limit}'))
def _(drill: drills.Exercise, service: str, limit: str) -> None:
    """By the container's own health check."""
    drill.expect(
        drills.within(f"{service} is reported unhealthy", "time to unhealthy", limit, service)
    )


@then(parsers.parse("somebody responds within {limit}"))
def _(drill: drills.Exercise, limit: str) -> None:
    """From the page to the first action, by people or by the procedure."""
    drill.expect(drills.within("Somebody responds to the page", "time to respond", limit))


@then(parsers.parse("the team is notified within {limit}"))
def _(drill: drills.Exercise, limit: str) -> None:
    """From the page until every target had a first message."""
    drill.expect(drills.within("The team is notified", "time to notify", limit))


@then(parsers.parse("the alert is taken back within {limit}"))
def _(drill: drills.Exercise, limit: str) -> None:
    """Undoes the fault first."""
    drill.expect(drills.within("The alert is taken back", "time to resolve", limit))


@then("it is detected before anything crashes")
def _(drill: drills.Exercise) -> None:
    """Exactly 0; open until it is detected."""
    drill.expect(
        drills.exactly("Monitoring notices before a crash does", "crashes before detection", 0)
    )


@then(parsers.parse("reads fail over to the primary within {limit}"))
def _(drill: drills.Exercise, limit: str) -> None:
    """Of every journey with ``fail_over_to``."""
    drill.expect(drills.within("Reads fail over to the primary", "time to fail over", limit))


@then(parsers.re(f"(?:the )?service is restored within {TIME}"))
def _(drill: drills.Exercise, limit: str) -> None:
    """All journeys are good again; of a stack without any, its services run."""
    drill.expect(drills.within("Service is restored", "time to recover", limit))


@then(parsers.re(f'the "(?P<service>[^"]+)" service is restored within {TIME}'))
def _(drill: drills.Exercise, service: str, limit: str) -> None:
    """It runs, and is healthy where it has a health check."""
    name = f"{service} is restored"
    drill.expect(drills.within(name, "time to restore services", limit, service))


@then(parsers.parse('the "{service}" service comes back by itself within {limit}'))
def _(drill: drills.Exercise, service: str, limit: str) -> None:
    """By its restart policy, not by the response or the undo."""
    drill.expect(
        drills.within(f"{service} comes back by itself", "time to restart", limit, service)
    )


@then(parsers.re(r"(?:the )?service is restored within (?P<limit>[\d.]+ \w+) of the undo"))
def _(drill: drills.Exercise, limit: str) -> None:
    """Undoes the fault first."""
    drill.expect(drills.within("The undo restores service", "time to recover after undo", limit))


@then(parsers.parse("once repaired, the replica streams with a lag of at most {limit}"))
def _(drill: drills.Exercise, limit: str) -> None:
    """Undoes the fault first."""
    drill.expect(drills.within("The replica streams again", "replication lag", limit))


@then("every step of the procedure works")
def _(drill: drills.Exercise) -> None:
    """Exactly 0."""
    drill.expect(drills.exactly("Every step of the procedure works", "procedure findings", 0))
