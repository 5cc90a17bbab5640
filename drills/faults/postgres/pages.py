"""A page of a table or an index that is damaged on disk, and is made whole again.

Its header is overwritten by words of ours: sixteen bytes, of which none is a customer's, so that
the journal may hold what was there. The server does it itself, in one transaction that keeps
everybody else away from the table, after all of it was written to disk and is in memory no more.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from drills.errors import PlanError
from drills.faults.fault import Applied, Effect, ReadBack
from drills.faults.postgres.database import OfDatabase, changed_back, holds
from drills.faults.postgres.statement import Statement
from drills.faults.undo import Operation, Place, Undo
from drills.journal.timeline import Json
from drills.stack.runtime import Container, Runtime

OURS = b"INCIDENT-DRILLS!"  # checksum, flags, bounds: none of them may be so, whatever the page is
HEADER = 8  # bytes of a page before what we overwrite: where its last change is in the log
KNOWN = "17"  # the version of which we know how its memory is asked

# Whether we can, and the version.
ABLE = Statement("SELECT current_setting('server_version_num')::int / 10000")
BUFFERS = Statement("LOAD '$libdir/pg_buffercache'")
CHECKPOINT = Statement("CHECKPOINT")
_RELATION = (
    "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "LEFT JOIN pg_index i ON i.indexrelid = c.oid "
    "LEFT JOIN pg_class t ON t.oid = i.indrelid "
    "WHERE n.nspname = {schema:text} AND c.relname = {relation:text} "
    "AND c.relkind = {relkind:text} AND c.relpersistence = 'p' AND c.oid >= 16384"
)
# Its file, the table that is locked, how many pages it has and of how many bytes each is.
FILE = Statement(
    "SELECT pg_relation_filepath(c.oid) || '|' || coalesce(t.relname, c.relname) || '|' || "
    "pg_relation_size(c.oid) / current_setting('block_size')::int || '|' || "
    f"current_setting('block_size') {_RELATION}"
)
# What is there, and a digest of the whole page.
PAGE = Statement(
    "SELECT encode(pg_read_binary_file({path:text}, {at:number} + 8, 16), 'hex') || '|' || "
    "encode(sha256(pg_read_binary_file({path:text}, {at:number}, {size:number})), 'hex')"
)
DAMAGED = Statement(
    "SELECT coalesce(pg_read_binary_file({path:text}, {at:number} + 8, 16, true) "
    "= decode({ours:text}, 'hex'), false)"
)
# Ours is there no more: the page is as before, or the file is gone, or was written anew by others.
WHOLE = Statement(
    "SELECT pg_read_binary_file({path:text}, {at:number} + 8, 16, true) "
    "IS DISTINCT FROM decode({ours:text}, 'hex')"
)
PAGES = (
    "CREATE FUNCTION pg_temp.pages() RETURNS SETOF record "
    "AS '$libdir/pg_buffercache', 'pg_buffercache_pages' LANGUAGE c"
)
EVICT = (
    "CREATE FUNCTION pg_temp.evict(int) RETURNS boolean "
    "AS '$libdir/pg_buffercache', 'pg_buffercache_evict' LANGUAGE c STRICT"
)
LOCK = Statement("LOCK TABLE {schema:name}.{table:name} IN ACCESS EXCLUSIVE MODE")
DO = Statement("DO {body:text}")
# Only the page that was looked at, of the file that is in use still, and out of memory first.
DAMAGE = Statement(
    "DECLARE left_over int; BEGIN "  # noqa: S608 - a Statement quotes what is put into it
    "IF split_part({path:text}, '.', 1) "
    f"<> (SELECT pg_relation_filepath(c.oid) {_RELATION}) THEN "
    "RAISE EXCEPTION 'its file is another one by now'; END IF; "
    "SELECT count(*) INTO left_over FROM pg_temp.pages() AS p(id int, node oid, space oid, "
    "db oid, fork int2, block int8, dirty bool, uses int2, pins int4) "
    f"WHERE p.node = (SELECT pg_relation_filenode(c.oid) {_RELATION}) "
    "AND p.db = (SELECT oid FROM pg_database WHERE datname = current_database()) "
    "AND p.fork = 0 AND p.block = {block:number} AND NOT pg_temp.evict(p.id); "
    "IF left_over > 0 THEN RAISE EXCEPTION 'somebody holds the page in memory'; END IF; "
    "IF encode(sha256(pg_read_binary_file({path:text}, {at:number}, {size:number})), 'hex') "
    "<> {digest:text} THEN RAISE EXCEPTION 'the page has changed meanwhile'; END IF; "
    "EXECUTE format('COPY (SELECT 1 WHERE false) TO PROGRAM %L', {program:text}); END"
)
REPAIR = Statement(
    "BEGIN IF pg_read_binary_file({path:text}, {at:number} + 8, 16, true) "
    "= decode({ours:text}, 'hex') THEN "
    "EXECUTE format('COPY (SELECT 1 WHERE false) TO PROGRAM %L', {program:text}); END IF; END"
)
_PATH = re.compile(r"[A-Za-z0-9_]+(/[A-Za-z0-9_]+)*(\.[0-9]+)?")
_BYTES = re.compile(r"[0-9a-f]{32}")


def overwrite(path: str, at: int, header: str) -> str:
    """The command by which the server writes so many bytes (in hex) into its file.

    Raises PlanError for what is no file of a relation, or no header.
    """
    if not _PATH.fullmatch(path) or not _BYTES.fullmatch(header):
        raise PlanError(f"expected a file of a relation and 16 bytes, got {path!r}, {header!r}")
    octal = "".join(f"\\{byte:03o}" for byte in bytes.fromhex(header))
    where = f"of={path} bs=1 seek={at + HEADER} conv=notrunc,fsync"
    return f"printf '{octal}' | dd {where} 2>/dev/null"


def _repair(undo: Undo) -> Sequence[str]:
    told = undo.arguments
    program = overwrite(told["path"], int(told["at"]), told["was"])
    return [DO(body=REPAIR(program=program, **told))]


OPERATIONS: Mapping[str, Operation] = {
    "repair-page": changed_back(
        _repair,
        lambda undo: WHOLE(**undo.arguments),
        "without the injection's damage to its file, says the database",
        'docker exec {container} sh -c \'cd "$PGDATA" && echo {was} | xxd -r -p | '
        "dd of={path} bs=1 seek=$(({at} + 8)) conv=notrunc'",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page(OfDatabase):
    """One page of a relation: the ``block``-th, from 0."""

    schema: str = "public"
    block: int = 0
    relkind: ClassVar[str]
    effect: ClassVar[Effect] = ReadBack(
        "the page is damaged on disk", holds(lambda undo: DAMAGED(**undo.arguments))
    )
    needs: ClassVar[tuple[str, ...]] = (
        "psql in the container, and a superuser at its socket without a password",
        f"a PostgreSQL {KNOWN} with pg_buffercache, and sh and dd beside it",
    )

    @property
    @abstractmethod
    def relation(self) -> str:
        """Its name."""

    @property
    def by_hand(self) -> str:
        """As a person would damage it, once it was written and is in no memory any more."""
        write = "printf INCIDENT-DRILLS! | dd of={path} bs=1 seek=$(({at} + 8)) conv=notrunc"
        return f"docker exec {{container}} sh -c 'cd \"$PGDATA\" && {write}'"

    def parameters(self) -> Mapping[str, Json]:
        """Which page of what."""
        return {"database": self.database, **self._named, "block": self.block}

    def find(self, runtime: Runtime, container: Container) -> Mapping[str, str]:
        """The page, as it is on disk, and all that is needed. Raises PlanError."""
        version = self._told(runtime, container, ABLE())
        if version != KNOWN:
            raise self._refused(container, f"a PostgreSQL {KNOWN}", f"it is {version}")
        self._told(runtime, container, BUFFERS())
        what = f"{self.schema}.{self.relation} in {self.database} with a page {self.block}"
        told = self._told(runtime, container, FILE(**self._named))
        path, table, pages, size = told.split("|") if told else ("", "", "0", "8192")
        if not 0 <= self.block < int(pages):
            found = f"it has {pages}" if path else "there is none"
            raise self._refused(container, what, found)
        segment, block = divmod(self.block, 2**30 // int(size))
        page = {
            "path": f"{path}.{segment}" if segment else path,
            "at": str(block * int(size)),
            "size": size,
        }
        self._told(runtime, container, CHECKPOINT())
        was, _, digest = self._told(runtime, container, PAGE(**page)).partition("|")
        overwrite(page["path"], int(page["at"]), was)
        return {**page, "table": table, "was": was, "digest": digest}

    def undo(self, place: Place, injection: str) -> Undo:
        """What was there."""
        return self._undo("repair-page", place, ours=OURS.hex(), **self._named)

    def apply(self, runtime: Runtime, place: Place, injection: str) -> Applied:
        """Damage it. Raises EngineError, with nothing done, where it has changed meanwhile."""
        found = place.found
        program = overwrite(found["path"], int(found["at"]), OURS.hex())
        body = DAMAGE(program=program, block=str(self.block), **self._named, **found)
        lock = LOCK(schema=self.schema, table=found["table"])
        one = f"BEGIN; {lock}; {CHECKPOINT()}; {DO(body=body)}; COMMIT"
        return self._say(runtime, place, PAGES, EVICT, one)

    @property
    def _named(self) -> Mapping[str, str]:
        return {"schema": self.schema, "relation": self.relation, "relkind": self.relkind}


@dataclass(frozen=True, slots=True)
class TablePageCorrupted(_Page):
    """A page of a table is damaged on the primary's disk: who reads it gets an error.

    Other pages are read and written as before, and so are standbys, whose copies are whole. It is
    counted among the server's checksum failures, and is not repaired by a restart.
    """

    table: str
    kind: ClassVar[str] = "table page corrupted"
    phrase: ClassVar[str] = "a corrupt page of {table:quoted} in its {database:quoted} database"
    label: ClassVar[str] = "table corrupt"
    relkind: ClassVar[str] = "r"

    @property
    def relation(self) -> str:
        """The table."""
        return self.table


@dataclass(frozen=True, slots=True)
class IndexPageCorrupted(_Page):
    """A page of an index is damaged on the primary's disk: who looks something up there fails.

    The table is whole, and who reads all of it gets all of it.
    """

    index: str
    block: int = field(default=1, kw_only=True)  # 0 is no page of entries
    kind: ClassVar[str] = "index page corrupted"
    phrase: ClassVar[str] = (
        "a corrupt page of the {index:quoted} index in its {database:quoted} database"
    )
    label: ClassVar[str] = "index corrupt"
    relkind: ClassVar[str] = "i"

    @property
    def relation(self) -> str:
        """The index."""
        return self.index
