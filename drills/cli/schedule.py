"""`drills schedule`: what is due when and by whom, as a list, for a calendar, and written back."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from drills.cli.policy import about, manifest_of, today
from drills.errors import PlanError
from drills.reporting.cleansing import clean_line
from drills.runbook.due import Held, coming, days, following

if TYPE_CHECKING:
    from drills.config.document import Manifest
    from drills.history.carried import Drilled


@dataclass(frozen=True, slots=True)
class Due:
    """A drill or a review: when it is due and by whom, and when it was held last.

    ``following`` is the date after that, where it was held since the one that is set, and it is
    known how often; it is what is written back. ``path`` is its key in the runbook's file.
    """

    kind: str
    title: str
    on: date | None
    by: str
    held: date | None
    following: date | None
    path: tuple[str, ...]
    file: str
    line: int

    @property
    def next(self) -> date | None:
        """When it is due: the date that follows, or the one that is set."""
        return self.following or self.on

    def data(self, now: date) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "kind": self.kind,
            "title": self.title,
            "due": self.next.isoformat() if self.next else None,
            "overdue": self.next is not None and self.next < now,
            "by": self.by,
            "held": self.held.isoformat() if self.held else None,
            "file": self.file,
            "line": self.line,
        }


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command, to the others."""
    schedule = commands.add_parser("schedule", help="say which drills and reviews are due when")
    about(schedule)
    schedule.add_argument("--json", action="store_true", help="print it as JSON")
    schedule.add_argument("--ics", type=Path, metavar="FILE", help="write it for a calendar")
    schedule.add_argument(
        "--write", action="store_true", help="write the next dates of what was held into the file"
    )
    schedule.add_argument(
        "--reviewed", action="store_true", help="with --write: the runbook was read through today"
    )
    schedule.set_defaults(run=_schedule)


def _schedule(options: argparse.Namespace) -> int:
    from drills.history.carried import drilled

    if options.reviewed and not options.write:
        raise PlanError("--reviewed: expected --write beside it, found none")
    manifest, now = manifest_of(options), today(options)
    found = due(manifest, drilled(options.reports), now if options.reviewed else None)
    found.sort(key=lambda each: (each.next or date.max, each.title))
    if options.json:
        print(json.dumps([each.data(now) for each in found], indent=1, ensure_ascii=False))
    else:
        for each in found or ():
            print(clean_line(told(each, now)))
        if not found:
            print("nothing: the runbook names no drill and no review")
    if options.ics:
        from drills.cli.ics import calendar

        try:
            options.ics.write_bytes(calendar(found, now))
        except OSError as error:
            text = f"{options.ics}: expected to write there: {error.strerror}"
            raise PlanError(text) from error
        print(f"wrote {options.ics}", file=sys.stderr)
    if options.write:
        _write(manifest, found, now if options.reviewed else None)
    return 0


def due(manifest: Manifest, drilled: Sequence[Drilled], reviewed: date | None = None) -> list[Due]:
    """Every drill and the review of a runbook, of drills that were held so far."""
    return [*_drills(manifest, drilled), *_review(manifest, reviewed)]


def _drills(manifest: Manifest, drilled: Sequence[Drilled]) -> Iterator[Due]:
    held = [
        Held(each.incident, each.scenario, each.at.date()) for each in drilled if each.completed
    ]
    for each in coming(manifest.runbook.drills, held):
        path = ("drills", each.name)
        yield Due(
            "drill",
            each.drill.title,
            each.drill.next,
            _who(manifest, each.drill.by),
            each.held,
            each.following,
            path,
            *manifest.place(("runbook", *path, "next")),
        )


def _review(manifest: Manifest, reviewed: date | None) -> Iterator[Due]:
    policy = manifest.runbook
    review = policy.review
    if policy.standard or not (review.next or review.updated or review.every or reviewed):
        return
    after = following(review.next, reviewed, days(review.every))
    if after is None and review.next is None:
        after = following(None, review.updated, days(review.every))
    place = manifest.place(("runbook", "review", "next"))
    who, held = _who(manifest, review.by), reviewed or review.updated
    yield Due("review", "The runbook", review.next, who, held, after, ("review",), *place)


def _who(manifest: Manifest, by: str) -> str:
    role = manifest.runbook.roles.get(by)
    return role.told if role else ""


def told(each: Due, now: date) -> str:
    """One line: ``2026-12-01 drill It goes down, by Lead (Ann); held 2026-09-02``."""
    on = each.next.isoformat() if each.next else "no date"
    late = " OVERDUE" if each.next and each.next < now else ""
    by = f", by {each.by}" if each.by else ", by nobody who is named"
    word = "changed" if each.kind == "review" else "held"
    held = f"; {word} {each.held}" if each.held else f"; never {word}"
    return f"{on}{late} {each.kind}: {each.title}{by}{held} ({each.file}:{each.line})"


def _write(manifest: Manifest, found: Sequence[Due], reviewed: date | None) -> None:
    """Write the dates that follow. Raises PlanError where there is no file of a runbook."""
    from drills.cli.dates import with_dates
    from drills.journal.replacing import replace

    if ("runbook",) not in manifest.sources:
        raise PlanError("--write: expected a manifest that names a runbook's file, found none")
    file, _ = manifest.sources["runbook",]
    changes: dict[tuple[str, ...], date] = {
        (*each.path, "next"): each.following for each in found if each.following
    }
    if reviewed:
        changes["review", "updated"] = reviewed
    if not changes:
        print(f"{file}: nothing to write: no drill was held since its date")
        return
    try:
        text = with_dates(file.read_bytes().decode("utf-8-sig"), changes)
        replace(file.resolve(), text.encode())
    except OSError as error:
        raise PlanError(f"{file}: expected to write there: {error.strerror}") from error
    for path, day in changes.items():
        print(f"{file}: {'.'.join(path)} = {day}")
