"""What is judged at the end: data, availability, the record, and criteria given as a table."""

from __future__ import annotations

from pytest_bdd import parsers, then

import drills

COLUMNS = ("criterion", "metric", "limit")


@then("exports keep working")
def _(drill: drills.Exercise) -> None:
    """At least 99 %, of the reference's journey ``exports``."""
    drill.expect(drills.available("Exports keep working", "exports", "99 %"))


@then(parsers.parse('at least {share} of "{journey}" succeed in time'))
def _(drill: drills.Exercise, share: str, journey: str) -> None:
    """At least this share of a journey's requests."""
    drill.expect(drills.available(f"Customers can use {journey}", journey, share))


@then("no acknowledged order is lost")
def _(drill: drills.Exercise) -> None:
    """Exactly 0; for a journey that is called ``orders``."""
    drill.expect(drills.exactly("No acknowledged order is lost", "lost orders", 0))


@then("no acknowledged write is lost")
def _(drill: drills.Exercise) -> None:
    """Exactly 0, of what the ledger says was acknowledged."""
    drill.expect(drills.exactly("No acknowledged write is lost", "lost writes", 0))


@then("no acknowledged write is altered")
def _(drill: drills.Exercise) -> None:
    """Exactly 0, of the fields under ``[data] content``."""
    drill.expect(drills.exactly("No acknowledged write is altered", "altered writes", 0))


@then("no write is stored twice")
def _(drill: drills.Exercise) -> None:
    """Exactly 0."""
    drill.expect(drills.exactly("No write is stored twice", "duplicated writes", 0))


@then("every reading is up to date")
def _(drill: drills.Exercise) -> None:
    """Exactly 0: every replica has every acknowledged write."""
    drill.expect(drills.exactly("Every reading is up to date", "stale writes", 0))


@then("the backup agrees with the acknowledged writes")
def _(drill: drills.Exercise) -> None:
    """Exactly 0, of every backup that the drill restored."""
    name = "The backup agrees with the acknowledged writes"
    drill.expect(drills.exactly(name, "backup differences", 0))


@then("the emergency backup agrees with the acknowledged writes")
def _(drill: drills.Exercise) -> None:
    """Exactly 0, of those made during the incident."""
    name = "The emergency backup agrees with the acknowledged writes"
    drill.expect(drills.exactly(name, "emergency backup differences", 0))


@then(parsers.parse("only the last {limit} of acknowledged writes is lost"))
def _(drill: drills.Exercise, limit: str) -> None:
    """From the oldest lost write to the restore."""
    drill.expect(drills.within("Only the newest writes are lost", "recovery point", limit))


@then("no acknowledged order is altered")
def _(drill: drills.Exercise) -> None:
    """Exactly 0; for a journey that is called ``orders``."""
    drill.expect(drills.exactly("No acknowledged order is altered", "altered orders", 0))


@then("no order is stored twice")
def _(drill: drills.Exercise) -> None:
    """Exactly 0; for a journey that is called ``orders``."""
    drill.expect(drills.exactly("No order is stored twice", "duplicated orders", 0))


@then("the replica has every acknowledged order")
def _(drill: drills.Exercise) -> None:
    """Exactly 0; for a journey that is called ``orders``."""
    drill.expect(drills.exactly("The replica has every acknowledged order", "stale orders", 0))


@then("the emergency backup agrees with the acknowledged orders")
def _(drill: drills.Exercise) -> None:
    """The same of writes that are called orders."""
    name = "The emergency backup agrees with the acknowledged orders"
    drill.expect(drills.exactly(name, "emergency backup differences", 0))


@then("no request without right ever succeeds")
def _(drill: drills.Exercise) -> None:
    """Exactly 0, of all journeys that are ``forbidden``."""
    name = "No request without right succeeds"
    drill.expect(drills.exactly(name, "requests without right let in", 0))


@then("the backup agrees with the acknowledged orders")
def _(drill: drills.Exercise) -> None:
    """The same of writes that are called orders."""
    name = "The backup agrees with the acknowledged orders"
    drill.expect(drills.exactly(name, "backup differences", 0))


@then(parsers.parse("only the last {limit} of acknowledged orders is lost"))
def _(drill: drills.Exercise, limit: str) -> None:
    """The same of writes that are called orders."""
    drill.expect(drills.within("Only the newest orders are lost", "recovery point", limit))


@then("the incident record is complete")
def _(drill: drills.Exercise) -> None:
    """Exactly 0, of those under ``[record] required``."""
    drill.expect(drills.exactly("The incident is documented", "missing record fields", 0))


@then(parsers.parse("the record names at least {count:d} findings on the root cause"))
def _(drill: drills.Exercise, count: int) -> None:
    """At least so many."""
    drill.expect(
        drills.at_least("The root-cause investigation was started", "root-cause findings", count)
    )


@then("the record proposes prevention measures")
def _(drill: drills.Exercise) -> None:
    """At least 1."""
    drill.expect(drills.at_least("Prevention measures are proposed", "prevention measures", 1))


@then("people have discussed the prevention measures")
def _(drill: drills.Exercise) -> None:
    """Not assessed unless a person attests it."""
    drill.expect(
        drills.exactly(
            "Prevention measures were discussed", "attestation", 1, "Prevention measures"
        )
    )


@then("the drill meets every success criterion")
def _(drill: drills.Exercise, datatable: list[list[str]]) -> None:
    """Each row of the table below it is a criterion, of any metric."""
    for criterion in criteria_of(datatable):
        drill.expect(criterion)


def criteria_of(table: list[list[str]]) -> list[drills.Criterion]:
    """The criteria of a table with the columns criterion, metric, limit and, if wanted, priority.

    A metric may be narrowed: ``availability of exports``. Raises PlanError saying of each row that
    is wrong what was expected there.
    """
    header, *rows = table
    if tuple(header[:3]) != COLUMNS or header[3:] not in ([], ["priority"]):
        raise drills.PlanError(
            f"expected the columns {', '.join(COLUMNS)} (and priority), got {header}"
        )
    if not rows:
        raise drills.PlanError("expected at least one criterion below the table's header")
    found, problems = [], []
    for number, row in enumerate(rows, 1):
        try:
            found.append(_criterion(number, row))
        except drills.PlanError as error:
            problems.append(str(error))
    if problems:
        raise drills.PlanError("\n".join(problems))
    return found


def _criterion(number: int, row: list[str]) -> drills.Criterion:
    name, words, limit, *priority = row
    metric_name, _, subject = words.partition(" of ")
    try:
        measured = drills.metric(metric_name)
        comparator, value = drills.parse_limit(limit, measured.unit)
        rank = _priority(*priority or ["must"])
        criterion = drills.Criterion(name, metric_name, comparator, value, subject, rank)
        measured.check(criterion)
    except drills.PlanError as error:
        raise drills.PlanError(f"row {number} of the criteria, {name!r}: {error}") from error
    return criterion


def _priority(word: str) -> drills.Priority:
    try:
        return drills.Priority(word)
    except ValueError as error:
        raise drills.PlanError(f"expected the priority must or should, got {word!r}") from error
