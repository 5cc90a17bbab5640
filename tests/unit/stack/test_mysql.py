"""The door to MySQL and MariaDB: what is said to a server, and what its refusals mean."""

from __future__ import annotations

from typing import Any, Self

import pymysql
import pytest

from drills.stack.binlog import NotUnderstood
from drills.stack.database import DatabaseError, DataGone
from drills.stack.mysql import MySQL

DSN = "mysql://observer:p%40ss@127.0.0.1:3307/shop"


class Server:
    """A server in the place of PyMySQL's; ``raises`` is what it says of a statement with words."""

    def __init__(self, version: str = "8.4.3") -> None:
        self.server_version = version
        self.raises: dict[str, Exception] = {}
        self.asked: list[str] = []
        self.closed = 0
        self.parameters: dict[str, Any] = {}
        self.description: Any = None
        self._rows: list[tuple[object, ...]] = []

    def connect(self, **parameters: Any) -> Self:
        self.parameters = parameters
        if error := self.raises.get("connect"):
            raise error
        return self

    def cursor(self) -> Self:
        return self

    def execute(self, statement: str) -> None:
        self.asked.append(statement)
        for words, error in self.raises.items():
            if words in statement:
                raise error
        reads = statement.startswith(("SELECT", "SHOW"))
        self.description = (("id",), ("item",)) if reads else None
        self._rows = [("a", 1)] if reads else []

    def fetchall(self) -> list[tuple[object, ...]]:
        return self._rows

    def close(self) -> None:
        self.closed += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """A cursor is closed."""

    @property
    def database(self) -> MySQL:
        """How it is asked."""
        return MySQL(self.connect)  # type: ignore[arg-type] # as much of a connection as is used


@pytest.mark.parametrize(
    ("version", "bound"),
    [
        ("8.4.3", "SET SESSION max_execution_time = 7000"),
        ("5.5.5-10.11.6-MariaDB-log", "SET SESSION max_statement_time = 7"),
    ],
)
def test_a_question_is_read_only_of_one_moment_and_bounded(version: str, bound: str) -> None:
    """By the server in the words of its kind, and by the socket where the server hangs."""
    server = Server(version)
    assert server.database.query(DSN, "SELECT id", timeout=7) == [("a", 1)]
    assert server.asked == [
        "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
        bound,
        "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
        "SELECT id",
    ]
    told = server.parameters
    assert (told["connect_timeout"], told["read_timeout"], told["write_timeout"]) == (7, 8, 8)
    assert (told["host"], told["port"], told["database"]) == ("127.0.0.1", 3307, "shop")
    assert (told["user"], told["password"]) == ("observer", b"p@ss")
    assert server.closed == 1


def test_a_file_of_certificates_is_held_against_the_server() -> None:
    """Where the DSN names one; without it the driver takes what there is."""
    server = Server()
    server.database.session(f"{DSN}?ssl_ca=/etc/ca.pem")
    assert server.parameters["ssl_ca"] == "/etc/ca.pem"
    assert server.parameters["ssl_verify_cert"] is True
    server.database.session(DSN)
    assert "ssl_ca" not in server.parameters


@pytest.mark.parametrize("code", [1146, 1049, 1054])
@pytest.mark.parametrize("where", ["connect", "SELECT"])
def test_a_server_that_answers_that_it_is_not_there_has_lost_it(code: int, where: str) -> None:
    """A table, a database, a column."""
    server = Server()
    server.raises[where] = pymysql.err.ProgrammingError(code, "there is no such thing")
    with pytest.raises(DataGone, match="ProgrammingError: there is no such thing"):
        server.database.query(DSN, "SELECT id")


@pytest.mark.parametrize(
    "error",
    [
        pymysql.err.OperationalError(1045, "Access denied for user"),
        pymysql.err.OperationalError(1044, "Access denied to database"),
        pymysql.err.OperationalError(2003, "Can't connect"),
        pymysql.err.OperationalError(2013, "Lost connection during query"),
        pymysql.err.OperationalError(1969, "max_statement_time exceeded"),
        pymysql.err.ProgrammingError(1064, "You have an error in your SQL syntax"),
        pymysql.err.InterfaceError(0, ""),
        RuntimeError("cryptography is required"),
        TimeoutError("timed out"),
    ],
    ids=str,
)
@pytest.mark.parametrize("where", ["connect", "SELECT"])
def test_a_server_that_refuses_or_hangs_proves_nothing(error: Exception, where: str) -> None:
    """Whatever the driver makes of it becomes ours, and shows no password."""
    server = Server()
    server.raises[where] = error
    with pytest.raises(DatabaseError) as caught:
        server.database.query(DSN, "SELECT id")
    assert not isinstance(caught.value, DataGone)
    assert "p@ss" not in str(caught.value)
    assert "p%40ss" not in str(caught.value)


def test_a_session_ends_with_an_error_and_not_with_words_that_are_not_known() -> None:
    """So that it can be asked in other words."""
    server = Server()
    session = server.database.session(DSN)
    server.raises["SHOW"] = pymysql.err.ProgrammingError(1064, "no such words")
    with pytest.raises(NotUnderstood):
        session.named("SHOW REPLICA STATUS")
    assert server.closed == 0
    assert session.named("SELECT id") == [{"id": "a", "item": 1}]
    assert session.ask("SELECT id") == ("a", 1)
    server.raises["SELECT"] = pymysql.err.OperationalError(2013, "lost")
    with pytest.raises(DatabaseError):
        session.ask("SELECT id")
    assert server.closed == 1


def test_where_one_of_several_cannot_be_reached_none_stays_open() -> None:
    """Those that were opened before are closed."""
    server = Server()

    def connect(**parameters: Any) -> Server:
        if parameters["port"] == 1:
            raise pymysql.err.OperationalError(2003, "Can't connect")
        return server

    database = MySQL(connect)  # type: ignore[arg-type] # as much of a connection as is used
    with pytest.raises(DatabaseError):
        database.following(DSN, [DSN, DSN.replace("3307", "1")])
    assert server.closed == 2
