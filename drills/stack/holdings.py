"""What a node of the data holds of each write: a database is asked, or a command is run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from uuid import UUID

from drills.errors import EngineError, UnknownTarget
from drills.stack.commands import Printed
from drills.stack.container import Container
from drills.stack.data import Data, Node
from drills.stack.database import (
    FINAL_READ_WITHIN,
    Database,
    DatabaseError,
    Holding,
    final_read,
    holding_of,
)
from drills.stack.runtime import Runtime
from drills.units import MIB

MOST = 64 * MIB  # of what a command prints: more than a million ids
_SHOWN = 200  # characters of what it said, or of a line
_ID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)


def held_by(
    name: str,
    data: Data,
    database: Database,
    runtime: Runtime,
    dsn: Callable[[], str],
    *,
    timeout: int = FINAL_READ_WITHIN,
) -> Holding:
    """What that node holds of each write; ``dsn`` tells where it is, if it is a database.

    Raises DataGone where it answers that it keeps no writes, DatabaseError where it could not be
    asked, PlanError where what is asked for gives another number of columns.
    """
    node, content = data.nodes[name], len(data.content)
    if node.command:
        return holding_of(_rows(node, _printed(node, runtime, timeout)), content)
    return final_read(database, dsn(), data.final_read, content, timeout=timeout)


def _printed(node: Node, runtime: Runtime, timeout: int) -> Printed:
    """What the node's command prints. Raises DatabaseError where that is not all that is there."""
    try:
        container = _asked(node, runtime)
        printed = runtime.commands.run(container, node.command, within=timeout, most=MOST)
    except (EngineError, UnknownTarget) as error:
        raise DatabaseError(str(error)) from error
    if printed.cut:
        raise DatabaseError(f"{node.command[0]} prints more than {MOST} bytes")
    if printed.exit_code != 0:
        said = (printed.errors or printed.output).decode("utf-8", "replace").strip()
        raise DatabaseError(
            f"{node.command[0]} ended with {printed.exit_code}, it said: "
            f"{said[-_SHOWN:] or 'nothing'}"
        )
    return printed


def _asked(node: Node, runtime: Runtime) -> Container:
    """The one instance of the service. With several, nobody knows which of them holds what."""
    found = runtime.containers(node.service)
    if len(found) != 1:
        text = f"expected one instance of {node.service}, to run {node.command[0]} in"
        raise DatabaseError(f"{text}, found {len(found)}")
    if (status := runtime.state(found[0]).status) != "running":
        raise DatabaseError(f"{found[0].name} is {status}, so {node.command[0]} is not run in it")
    return found[0]


def _rows(node: Node, printed: Printed) -> Iterator[list[str]]:
    """The columns of each line. Raises DatabaseError for a line that begins with no write's id.

    Some clients print an error as if it were an answer, and end well.
    """
    for line in printed.output.decode("utf-8", "replace").split("\n"):
        columns = line.rstrip("\r").split("\t")
        if columns == [""]:
            continue
        if not _ID.fullmatch(id_ := columns[0].strip()):
            raise DatabaseError(
                f"expected a write's id (a UUID) on each line that {node.command[0]} prints, "
                f"found {line[:_SHOWN]!r}"
            )
        yield [str(UUID(id_)), *columns[1:]]
