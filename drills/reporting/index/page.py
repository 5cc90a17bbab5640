"""The page itself: made of what the history holds, and replaced at once."""

from __future__ import annotations

import fcntl
import hashlib
import os
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache, partial
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from markupsafe import Markup

from drills import units
from drills.errors import JournalError
from drills.history import steadiness
from drills.history.store import Group, Store, Wanted
from drills.journal.folder import INDEX
from drills.journal.replacing import forget_drafts, replace
from drills.reporting import figures, html, words
from drills.reporting.chart import trend
from drills.reporting.index import calendar, listing, trends
from drills.reporting.index.parts import Parts
from drills.reporting.index.planned import Planned, matrix, schedule
from drills.wait import until

LARGEST = 2_950_000  # bytes of the page
FOR_TRENDS = 300_000  # bytes of it that the list leaves to trends
FOR_REST = 100_000  # and to all else
SHOWN = 200  # drills that are listed unfolded, in whole months, one month at least
WITHIN = 10.0  # seconds to wait for who else writes the page
_OURS = b'name="generator" content="incident-drills"'
_MONTH = slice(6)  # of a folder's name: 202601
_LOCK = ".index.lock"


def write_index(
    reports: Path,
    store: Store,
    planned: Sequence[Planned] | None = None,
    *,
    anew: bool = False,
    now: datetime | None = None,
) -> Path:
    """Write ``index.html`` of a folder of reports; returns its path.

    ``planned`` are the runbook's incidents, None where the runbook is not known. What of the page
    is as it was is kept, unless it is made ``anew``. Raises JournalError where that cannot be done,
    and where somebody else's page has that name.
    """
    path = reports / INDEX
    try:
        _refuse_a_stranger(path)
        with _alone(reports):
            page = render_index(
                store,
                planned,
                there=_there(reports),
                parts=Parts(None if anew else path),
                now=now or datetime.now(UTC),
            )
            replace(path, page.encode("utf-8", "replace"))
            if anew:
                forget_drafts(reports)
    except OSError as error:
        raise JournalError(f"expected to write {path}: {error.strerror or error}") from error
    return path


def _refuse_a_stranger(path: Path) -> None:
    """Raise JournalError where a page is there that no drill wrote: it is never written over."""
    if os.path.lexists(path) and not (path.is_file() and _OURS in _head(path)):
        raise JournalError(
            f"{path}: expected the page of all drills there, or nothing, found something else, "
            "which is left alone. Hint: --drill-reports names another folder"
        )


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4096)


def render_index(
    store: Store,
    planned: Sequence[Planned] | None,
    *,
    there: frozenset[str],
    parts: Parts,
    now: datetime,
) -> str:
    """The page as text. ``there`` are the names of the folders that are."""
    form = _form()
    verdicts = store.groups("verdict")
    dated, undated = _calendar(store, parts, form, calendar.months(now.date()))
    room = LARGEST - FOR_REST - len(dated.encode())
    listed, left = _list(store, parts, form, there, room - FOR_TRENDS)
    drawn, undrawn = _trends(store, parts, form, room - len(listed.encode()))
    style, script = html.own("report.css") + html.own("index.css"), html.own("index.js")
    return (
        html.environment()
        .get_template("index.html")
        .render(
            style=Markup(style),  # noqa: S704 - our own file, and the policy's hash is of it
            script=Markup(script),  # noqa: S704 - likewise
            policy=html.content_security_policy(style, script),
            total=sum(each.count for each in verdicts),
            counts={each.name: each.count for each in verdicts},
            severities=[each.name for each in store.groups("severity") if each.name][:12],
            **_planned(store, planned, now.date()),
            dated=Markup(dated),  # noqa: S704 - calendar.py escapes every text it prints
            undated=undated,
            listed=Markup(listed),  # noqa: S704 - listing.py escapes every text it prints
            left=left,
            drawn=Markup(drawn),  # noqa: S704 - trends.py and chart/trend.py likewise
            undrawn=undrawn,
            kept=Markup(parts.left()),  # noqa: S704 - hexadecimal digits and sizes
            now=now,
            words=words,
            steadiness=steadiness,
        )
    )


def _planned(
    store: Store, planned: Sequence[Planned] | None, today: date
) -> dict[str, Sequence[object] | bool]:
    """What the template tells of the runbook."""
    held, groups = store.held(), store.groups("incident")
    return {
        "runbook": planned is not None,
        "lines": matrix(planned, groups, store.pairs("incident", "verdict"), held, today),
        "due": schedule(planned, held),
    }


def _calendar(store: Store, parts: Parts, form: str, shown: Sequence[str]) -> tuple[str, int]:
    """The calendar's table, of scenarios that were drilled in it, and how many have no room.

    "" where there is none.
    """
    since = datetime.fromisoformat(f"{shown[0]}-01T00:00:00+00:00")
    groups = [each for each in store.groups("scenario") if each.name and each.newest >= since]
    taken = groups[: calendar.SCENARIOS]
    made = [
        parts.part(f"calendar {shown[-1]} {_key(each)} {form}", _Line(store, each, since, shown))
        for each in taken
    ]
    if not made:
        return "", 0
    return calendar.head(shown) + "<tbody>\n" + "".join(made), len(groups) - len(taken)


class _Line:
    """Makes the row of a scenario in the calendar, if it is asked for."""

    def __init__(self, store: Store, group: Group, since: datetime, shown: Sequence[str]) -> None:
        self._store, self._group, self._since, self._shown = store, group, since, shown

    def __call__(self) -> str:
        rows = self._store.short(Wanted(named=self._group.name, since=self._since))
        return calendar.line(self._group.name, rows, self._shown)


def _trends(store: Store, parts: Parts, form: str, room: int) -> tuple[str, int]:
    """The trends of scenarios, those drilled last first, and how many scenarios have no room."""
    groups = [each for each in store.groups("scenario") if each.name]
    made: list[str] = []
    for number, group in enumerate(groups):
        part = parts.fitting(f"trend {_key(group)} {form}", _Trends(store, group), room)
        if part is None:
            return "".join(made), len(groups) - number
        made.append(part[0])
        room -= part[1]
    return "".join(made), 0


class _Trends:
    """Makes the trends of a scenario, if they are asked for."""

    def __init__(self, store: Store, group: Group) -> None:
        self._store, self._group = store, group

    def __call__(self) -> str:
        name = self._group.name
        rows = self._store.rows(Wanted(named=name, most=trends.NEWEST))
        return trends.scenario(name, rows, self._group.count)


def _list(
    store: Store, parts: Parts, form: str, there: frozenset[str], room: int
) -> tuple[str, int]:
    """The months, the newest first, and how many drills of the oldest there is no room for."""
    months = sorted(store.groups("month"), key=lambda each: each.name, reverse=True)
    folders = _by_month(there)
    made: list[str] = []
    seen = 0
    for number, group in enumerate(months):
        shown = number == 0 or seen + group.count <= SHOWN
        about = f"{_key(group)} {folders.get(group.name, '')} {folders.get('', '')} {shown}"
        part = parts.fitting(f"month {about} {form}", _Month(store, group, there, shown), room)
        if part is None:
            return "".join(made), sum(each.count for each in months[number:])
        made.append(part[0])
        room -= part[1]
        seen += group.count
    return "".join(made), 0


class _Month:
    """Makes the list of a month, if it is asked for."""

    def __init__(self, store: Store, group: Group, there: frozenset[str], shown: bool) -> None:
        self._store, self._group, self._there, self._shown = store, group, there, shown

    def __call__(self) -> str:
        rows = self._store.short(Wanted(month=self._group.name))
        return listing.month(self._group.name, rows, self._there, shown=self._shown)


def _key(group: Group) -> str:
    return f"{group.name}\0{group.count}\0{group.state}"


def _by_month(there: frozenset[str]) -> Mapping[str, int]:
    """A sum over the folders of each month (by their names), "" for those that name none."""
    months = ((key, "/".join(names)) for key, names in groupby(sorted(there), itemgetter(_MONTH)))
    sums: Counter[str] = Counter()
    for key, names in months:
        sums[f"{key[:4]}-{key[4:]}" if key.isdigit() else ""] += zlib.crc32(names.encode())
    return sums


def _there(reports: Path) -> frozenset[str]:
    """The names of the folders; what begins with a date is taken for one: there are thousands."""
    names = os.listdir(reports)  # noqa: PTH208 - likewise
    return frozenset(name for name in names if name[:8].isdigit() or (reports / name).is_dir())


@contextmanager
def _alone(reports: Path) -> Iterator[None]:
    """Nobody else writes the page meanwhile. Raises OSError, or WaitTimeout where somebody does."""
    lock = os.open(reports / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
    try:
        awaited = f"{reports / INDEX} is written by nobody else"
        until(partial(_locked, lock), awaited=awaited, within=WITHIN)
        yield
    finally:
        os.close(lock)


def _locked(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@cache
def _form() -> str:
    """It changes with whatever makes a part."""
    files = [
        each.__file__
        for each in (calendar, steadiness, listing, trends, trend, words, figures, units)
    ]
    made = [Path(file).read_bytes() for file in files if file]
    return hashlib.blake2b(b"\n".join(made), digest_size=8).hexdigest()
