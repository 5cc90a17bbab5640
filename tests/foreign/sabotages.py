"""What has to turn the drills of the foreign teams red: none of it may pass unnoticed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from tests.foreign.team import GUESTBOOK, THUMBNAILS, WISHES, Project


class Change(NamedTuple):
    """``new`` stands in a file of the project for ``old``."""

    file: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Sabotage:
    """A change that breaks a promise; ``missed`` is the metric of the criterion that finds it."""

    title: str
    project: Project
    scenario: str
    missed: str
    change: Change

    @property
    def case(self) -> str:
        """What its test is called."""
        return f"{self.project.name}: {self.scenario}: {self.title}"


# --- a guest book: Flask, gunicorn, PostgreSQL ---
_BOOK, _BOOKS = "book/__init__.py", "docker-compose.yml"
_CONNECT = '    connection = psycopg2.connect(os.environ["DATABASE_URL"])\n'
ONE_CONNECTION = Change(
    _BOOK,
    _CONNECT
    + """    try:
        with connection, connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()
""",
    """    with kept(threading.get_ident()) as connection, connection.cursor() as cursor:
        yield cursor


import functools
import threading


@functools.cache
def kept(thread):
    return psycopg2.connect(os.environ["DATABASE_URL"])
""",
)
FROZEN_THREAD = Change(
    _BOOK,
    _CONNECT,
    """    try:
        connection = psycopg2.connect(os.environ["DATABASE_URL"])
    except psycopg2.OperationalError:
        import threading

        threading.Event().wait()
""",
)
BOOK_NOT_RESTARTED = Change(_BOOKS, "restart: unless-stopped", 'restart: "no"')
BOOK_UNLIMITED = Change(_BOOKS, "    mem_limit: 160m\n", "")
WRITTEN_LATER = Change(
    "database/schema.sql",
    "CREATE ROLE guest",
    "ALTER SYSTEM SET synchronous_commit = off;\n"
    "ALTER SYSTEM SET wal_writer_delay = '10s';\n"
    "CREATE ROLE guest",
)

# --- wishes: PHP, MariaDB, Redis ---
_PHP, _ALL_WISHES = "deploy/php/wishes.php", "deploy/docker-compose.yaml"
CACHE_NEEDED = Change(
    _PHP, "        $cache = null;\n", "        throw new Exception('there is no cache');\n"
)
CACHE_AWAITED = Change(_PHP, "'cache', 6379, 0.2, null, 0, 0.2", "'cache', 6379")
FROZEN_PROCESS = Change(_PHP, "http_response_code(503);", "while (true) { sleep(1); }")
WISHES_NOT_RESTARTED = Change(
    _ALL_WISHES, "restart: always\n    volumes:", 'restart: "no"\n    volumes:'
)
WISHES_UNLIMITED = Change(
    _ALL_WISHES, "    deploy: { resources: { limits: { memory: 160m } } }\n", ""
)
FLUSHED_LATER = Change(
    _ALL_WISHES,
    "[mariadbd,",
    "[mariadbd, --innodb-flush-log-at-trx-commit=0, --innodb-flush-log-at-timeout=60,",
)

# --- thumbnails: Redis and a worker ---
_WORKER, _QUEUE = "resizer/resizer.py", "compose.yaml"
# Whatever its library tries again by itself: once its lease was over it never works again.
FROZEN_WORKER = Change(
    _WORKER,
    """        queue.set("resizer", "awake", ex=2)
""",
    """        first = queue.setnx("began", 1)
        queue.set("resizer", "awake", ex=2, xx=not first) or signal.pause()
""",
)
LEASE_OVER = Change(
    _WORKER,
    """    while True:
        queue.set("resizer", "awake", ex=2)
""",
    """    queue.set("resizer", "awake", ex=2)
    while True:
        queue.expire("resizer", 2) or signal.pause()
""",
)
QUEUE_NOT_RESTARTED = Change(
    _QUEUE, "restart: always\n    stop_grace_period: 3s", 'restart: "no"\n    stop_grace_period: 3s'
)
WORKER_UNLIMITED = Change(_QUEUE, "    mem_limit: 96m\n", "")
IN_MEMORY = Change(_QUEUE, '--appendonly, "yes"', '--appendonly, "no"')

RECOVER, RESTART, DETECT, LOST = (
    *("time to recover", "time to restart", "time to detect", "lost writes"),
)
SABOTAGES = tuple(
    Sabotage(title, project, scenario, missed, change)
    for project, scenario, title, missed, change in (
        (GUESTBOOK, "The database stops", "it is not looked for again", RECOVER, ONE_CONNECTION),
        (GUESTBOOK, "The database dies", "nobody starts it again", RESTART, BOOK_NOT_RESTARTED),
        (GUESTBOOK, "The database dies", "it promises before it writes", LOST, WRITTEN_LATER),
        (GUESTBOOK, "The database hangs", "threads hang for good", RECOVER, FROZEN_THREAD),
        (GUESTBOOK, "The book leaks memory", "its memory has no limit", DETECT, BOOK_UNLIMITED),
        (
            *(GUESTBOOK, "The book does not reach its database"),
            *("threads hang for good", RECOVER, FROZEN_THREAD),
        ),
        (WISHES, "The cache stops", "the list needs it", "availability", CACHE_NEEDED),
        (WISHES, "The database dies", "nobody starts it again", RESTART, WISHES_NOT_RESTARTED),
        (WISHES, "The database dies", "it promises before it writes", LOST, FLUSHED_LATER),
        (WISHES, "The cache hangs", "the list waits for it", "availability", CACHE_AWAITED),
        (WISHES, "PHP leaks memory", "its memory has no limit", DETECT, WISHES_UNLIMITED),
        (
            *(WISHES, "PHP does not reach the database"),
            *("processes hang for good", RECOVER, FROZEN_PROCESS),
        ),
        (THUMBNAILS, "The queue stops", "the worker hangs for good", RECOVER, FROZEN_WORKER),
        (THUMBNAILS, "The queue dies", "nobody starts it again", RESTART, QUEUE_NOT_RESTARTED),
        (THUMBNAILS, "The queue dies", "it is in memory only", LOST, IN_MEMORY),
        (THUMBNAILS, "The worker hangs", "its lease is not renewed", RECOVER, LEASE_OVER),
        (
            THUMBNAILS,
            "The worker leaks memory",
            "its memory has no limit",
            DETECT,
            WORKER_UNLIMITED,
        ),
        (
            *(THUMBNAILS, "The worker does not reach the queue"),
            *("the worker hangs for good", RECOVER, FROZEN_WORKER),
        ),
    )
)
