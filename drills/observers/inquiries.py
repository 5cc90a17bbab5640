"""How a command inside a service and a question to a database are asked once, and judged."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import replace

from drills.errors import DrillError, UnknownTarget
from drills.journal.sample import Outcome
from drills.observers.asking import Ask
from drills.observers.prober.check import Check
from drills.stack.commands import NotStarted, OutOfTime
from drills.stack.container import Container
from drills.stack.content import ID, plain
from drills.stack.database import Database, DatabaseError
from drills.stack.journey import Journey
from drills.stack.runtime import Runtime

_SAID = 120  # characters of what a command wrote last
Judged = tuple[Outcome, str]
Redact = Callable[[str], str]


def command(journey: Journey, runtime: Runtime, redact: Redact) -> Ask:
    """Runs the journey's command in each instance that runs, in turn.

    What ends with 0, and as expected, is right; for a write that is its acknowledgement. Another
    exit code says that something went wrong, and not how far it came, so that a write is unknown
    then, unless the journey says that this code ``refuses``.
    """
    check = Check(journey.expect, "", redact)
    turns = itertools.count()

    def ask(subject: str, left: float) -> Judged:
        argv = [word.replace(ID, subject) for word in journey.command]
        try:
            container = _next_of(runtime, journey.inside, next(turns))
            done = runtime.commands.run(container, argv, within=left, user=journey.user)
        except NotStarted as error:
            return Outcome.REFUSED, redact(str(error))
        except OutOfTime as error:
            return Outcome.TIMEOUT, redact(str(error))
        if done.exit_code:
            refused = done.exit_code in journey.refuses
            said = redact(_last(done.errors or done.output))
            outcome = Outcome.REJECTED if refused else Outcome.ERROR
            return outcome, f"exit code {done.exit_code}{said and f': {said}'}"
        judged = check.of_text(done.output, subject)
        return judged.outcome, judged.detail

    return ask


def _next_of(runtime: Runtime, service: str, turn: int) -> Container:
    try:
        running = [one for one in runtime.containers(service) if runtime.state(one).running]
    except UnknownTarget as error:  # it went while they were looked at
        raise NotStarted(str(error)) from error
    if not running:
        raise NotStarted(f"no container of {service} runs")
    return running[turn % len(running)]


def _last(output: bytes) -> str:
    """The last line that says something."""
    lines = output.decode("utf-8", "replace").splitlines()
    return next((line.strip()[:_SAID] for line in reversed(lines) if line.strip()), "")


def question(journey: Journey, database: Database, dsn: Callable[[], str], redact: Redact) -> Ask:
    """Asks the journey's question over a new connection; at least one row is expected."""
    least = journey.expect.rows or 1
    check = Check(replace(journey.expect, rows=0), "", redact)

    def ask(_subject: str, left: float) -> Judged:
        try:
            where = dsn()
        except DrillError as error:
            return Outcome.REFUSED, redact(str(error))
        try:
            rows = database.query(where, journey.ask, timeout=max(1, math.ceil(left)))
        except DatabaseError as error:
            return Outcome.ERROR, redact(str(error))
        if len(rows) < least:
            return Outcome.WRONG, f"{len(rows)} rows, expected at least {least}"
        text = "\n".join("\t".join(plain(value) for value in row) for row in rows)
        judged = check.of_text(text.encode(), "")
        return judged.outcome, judged.detail

    return ask
