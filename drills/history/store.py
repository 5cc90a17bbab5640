"""Where the rows of a history are kept: an SQLite file beside the drills, or a PostgreSQL server.

One set of queries for both, through SQLAlchemy's Core, whose door this is. It is loaded by who
keeps or reads a history, and by nobody else.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    Float,
    Index,
    MetaData,
    NullPool,
    Select,
    String,
    Table,
    Text,
    create_engine,
    delete,
    event,
    func,
    select,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite as of_sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.schema import CreateIndex, CreateTable

from drills.errors import JournalError
from drills.history.row import DETECT, RECOVER, Row
from drills.runbook.due import Held

WITHIN = 5  # seconds for a lock, a connection, and a statement: a drill's end waits for it
_OURS = 3_514_226_991  # the number of a lock on a server: any, as long as nobody else has it
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_NUMBERS = ("seconds", "score", "score_low", "score_high")
_TEXTS = (
    *("feature", "scenario", "severity", "incident", "status", "verdict", "reason"),
    *("rating", "machine", "version", "folder"),
)
_GROUPED = ("month", "scenario", "incident", "verdict", "severity")
_META = MetaData()
# Its name has the version of its form: an older one beside it is left alone, and filled anew.
_FORMS = "drills_"  # begins the name of each form
_DRILLS = Table(
    f"{_FORMS}2",
    _META,
    Column("id", String(400), primary_key=True),
    Column("at", BigInteger, nullable=False),  # microseconds since 1970, UTC
    Column("month", String(7), nullable=False),
    Column("checked", BigInteger, nullable=False),  # 32 bits of a hash of the row
    *(Column(name, Text, nullable=False) for name in _TEXTS),
    *(Column(name, Float) for name in _NUMBERS),
    Column("detect", Float),
    Column("recover", Float),
    Column("faults", Text, nullable=False),  # a list, as JSON
    Column("figures", Text, nullable=False),  # likewise
    Index("drills_2_at", "at"),
    # What the groups are made of, so that no drill's figures are read for them.
    *(Index(f"drills_2_{name}", name, "checked", "at") for name in _GROUPED),
    Index("drills_2_incident_verdict", "incident", "verdict", "at"),
    Index("drills_2_held", "status", "incident", "scenario", "at"),
)
_SHORT = [column for column in _DRILLS.c if column.name != "figures"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which drills: "" and None are no condition. ``most`` are the newest so many, or 0 for all.

    ``scenario`` is a part of a name in whatever case, ``named`` a whole one, ``month`` is
    ``2026-01``, ``since`` a date.
    """

    scenario: str = ""
    named: str = ""
    verdict: str = ""
    month: str = ""
    since: datetime | None = None
    most: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """So many drills have something in common; ``state`` changes when one of them does."""

    name: str
    count: int
    state: int
    newest: datetime


class NotAHistory(JournalError):
    """A database of somebody else's lies where the history of drills is wanted."""


class Store:
    """Rows by the id of their drill. Every method raises JournalError where it cannot do its work.

    No password is in what that says.
    """

    def __init__(self, url: URL) -> None:
        self._url = url
        self._engine = _engine(url)
        with self._trying("be opened"), self._engine.begin() as connection:
            if self._engine.dialect.name == "postgresql":  # which makes nothing twice at once
                connection.execute(select(func.pg_advisory_xact_lock(_OURS)))
            connection.execute(CreateTable(_DRILLS, if_not_exists=True))
            for index in sorted(_DRILLS.indexes, key=lambda each: str(each.name)):
                connection.execute(CreateIndex(index, if_not_exists=True))

    @classmethod
    def at(cls, file: Path) -> Self:
        """The one in that file of SQLite, which is made where there is none.

        Raises NotAHistory for a database that holds something else: nothing of it is changed.
        """
        _refuse_a_stranger(file)
        return cls(URL.create("sqlite", database=str(file)))

    @classmethod
    def in_memory(cls) -> Self:
        """One that is gone with the process."""
        return cls(URL.create("sqlite"))

    @classmethod
    def on(cls, server: str) -> Self:
        """The one in that database of a PostgreSQL server."""
        try:
            return cls(make_url(server).set(drivername="postgresql+psycopg"))
        except ArgumentError as error:
            raise JournalError("history: expected postgresql://user@host:port/database") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._engine.dispose()

    def __str__(self) -> str:
        if self._url.drivername == "sqlite":
            return self._url.database or "memory"
        return self._url.set(drivername="postgresql").render_as_string(hide_password=True)

    def add(self, rows: Iterable[Row]) -> None:
        """Keep these; one whose drill is known takes the place of what is known of it."""
        if values := [_values(row) for row in rows]:
            with self._trying("be written"), self._engine.begin() as connection:
                self._insert(connection, values)

    def replace(self, rows: Iterable[Row]) -> None:
        """Keep these and no others, all at once."""
        values = [_values(row) for row in rows]
        with self._trying("be written"), self._engine.begin() as connection:
            connection.execute(delete(_DRILLS))
            if values:
                self._insert(connection, values)

    def rows(self, wanted: Wanted | None = None) -> list[Row]:
        """Those wanted, the newest first, with all their figures."""
        return [_row(each) for each in self._read(_narrowed(select(_DRILLS), wanted or Wanted()))]

    def short(self, wanted: Wanted | None = None) -> list[Mapping[str, Any]]:
        """The same as columns and without figures, but ``detect`` and ``recover`` in seconds."""
        found = self._read(_narrowed(select(*_SHORT), wanted or Wanted()))
        return [_plain(each) for each in found]

    def named(self, prefix: str) -> list[Row]:
        """Those whose id begins so; at most ten."""
        about = select(_DRILLS).where(_DRILLS.c.id.startswith(prefix, autoescape=True))
        return [_row(each) for each in self._read(about.order_by(_DRILLS.c.at.desc()).limit(10))]

    def folders(self) -> dict[str, str]:
        """The id of the drill by the name of its folder."""
        return {
            str(each["folder"]): str(each["id"])
            for each in self._read(select(_DRILLS.c.folder, _DRILLS.c.id))
        }

    def groups(self, column: str) -> list[Group]:
        """The drills by month, scenario, incident, verdict or severity, the newest group first."""
        by, at = _DRILLS.c[column], func.max(_DRILLS.c.at).label("newest")
        state = func.sum(_DRILLS.c.checked).label("state")
        about = select(by.label("name"), func.count().label("count"), state, at)
        found = self._read(about.group_by(by).order_by(at.desc(), by))
        return [
            Group(str(e["name"]), int(e["count"]), int(e["state"]), _date(e["newest"]))
            for e in found
        ]

    def pairs(self, column: str, other: str) -> dict[tuple[str, str], int]:
        """How many drills have both: an incident and a verdict, say."""
        by, and_ = _DRILLS.c[column], _DRILLS.c[other]
        about = select(by.label("one"), and_.label("two"), func.count().label("count"))
        found = self._read(about.group_by(by, and_))
        return {(str(e["one"]), str(e["two"])): int(e["count"]) for e in found}

    def held(self) -> list[Held]:
        """The last drill of each scenario and incident that ran to its end."""
        column, newest = _DRILLS.c, func.max(_DRILLS.c.at).label("newest")
        by = (column.incident, column.scenario)
        about = select(*by, newest).where(column.status == "completed").group_by(*by)
        return [
            Held(str(e["incident"]), str(e["scenario"]), _date(e["newest"]).date())
            for e in self._read(about)
        ]

    def _insert(self, connection: Connection, values: Sequence[Mapping[str, Any]]) -> None:
        dialect = postgresql if self._engine.dialect.name == "postgresql" else of_sqlite
        about = dialect.insert(_DRILLS)
        others = {c.name: about.excluded[c.name] for c in _DRILLS.c if not c.primary_key}
        connection.execute(about.on_conflict_do_update(index_elements=["id"], set_=others), values)

    def _read(self, about: Select[Any]) -> list[dict[str, Any]]:
        with self._trying("be read"), self._engine.connect() as connection:
            return [dict(each) for each in connection.execute(about).mappings()]

    @contextmanager
    def _trying(self, what: str) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            said = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
            text = f"{self}: the history could not {what}: {said}"
            if self._url.password:
                text = text.replace(str(self._url.password), "***")
            raise JournalError(text) from None


def _refuse_a_stranger(file: Path) -> None:
    if not file.is_file() or not file.stat().st_size:
        return
    about = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name"
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as opened:
            names = [str(name) for (name,) in opened.execute(about)]
    except sqlite3.Error:
        return  # damaged, locked, or a log that only a writer may open: what opens it tells
    if names and not any(name.startswith(_FORMS) for name in names):
        raise NotAHistory(
            f"{file}: the history could not be opened: it is a database of somebody else's, with "
            f"{names[0]!r} in it and no history of drills; move it, or name another reports folder"
        )


def _engine(url: URL) -> Engine:
    if url.drivername == "sqlite":
        engine = create_engine(url, connect_args={"timeout": WITHIN, "check_same_thread": False})
        event.listen(engine, "connect", _as_log)
        return engine
    limits = f"-c statement_timeout={WITHIN * 1000} -c lock_timeout={WITHIN * 1000}"
    arguments = {"connect_timeout": WITHIN, "options": limits, "application_name": "drills"}
    return create_engine(url, poolclass=NullPool, connect_args=arguments)


def _as_log(connection: Any, _record: object) -> None:
    """Readers and a writer at once; what the machine loses at a power cut is written anew."""
    # Where somebody else writes just then, the file is a log already, or will be one next time.
    with suppress(sqlite3.OperationalError):
        connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")


def _narrowed(about: Select[Any], wanted: Wanted) -> Select[Any]:
    column = _DRILLS.c
    if wanted.scenario:
        about = about.where(
            func.lower(column.scenario).contains(wanted.scenario.lower(), autoescape=True)
        )
    for name, value in (
        ("scenario", wanted.named),
        ("verdict", wanted.verdict),
        ("month", wanted.month),
    ):
        if value:
            about = about.where(column[name] == value)
    if wanted.since:
        about = about.where(column.at >= _microseconds(wanted.since))
    about = about.order_by(column.at.desc(), column.id)
    return about.limit(wanted.most) if wanted.most else about


def _values(row: Row) -> dict[str, Any]:
    data = row.data()
    kept: dict[str, Any] = {
        **{name: data[name] for name in ("id", *_TEXTS, *_NUMBERS)},
        "at": _microseconds(row.at),
        "month": f"{row.at:%Y-%m}",
        "detect": row.measured(DETECT),
        "recover": row.measured(RECOVER),
        "faults": _json(data["faults"]),
        "figures": _json(data["figures"]),
    }
    digest = hashlib.blake2b(_json(kept).encode(), digest_size=4).digest()
    return {**kept, "checked": int.from_bytes(digest)}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _plain(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {**kept, "at": _date(kept["at"]), "faults": tuple(json.loads(kept["faults"]))}


def _row(kept: Mapping[str, Any]) -> Row:
    return Row.of(_plain(kept), json.loads(kept["figures"]))


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


def _date(microseconds: int) -> datetime:
    return _EPOCH + microseconds * _MICROSECOND
