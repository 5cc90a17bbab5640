"""The three bundles of evidence, of logs, of the system and of the database, at three moments.

They are kept at steady state, at detection and after the undo, once the system had time to recover
(or at the end of a drill that does not get so far), several artefacts at a time. What cannot be had
before the end is evidence too: the artefact says why.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from threading import Event, Lock, Thread

from drills.errors import DrillError, EngineError, JournalError
from drills.journal.evidence import Evidence
from drills.journal.facts import Note, Signal
from drills.journal.journal import Journal
from drills.journal.observed import DETECTION
from drills.judgement.metric import Observations
from drills.lifecycle.nodes import primary_dsn
from drills.lifecycle.plan import Watched
from drills.stack.database import Database, DatabaseError
from drills.stack.http import Client
from drills.stack.runtime import Container, Runtime
from drills.stack.system import Diagnostic, Question
from drills.stack.tls import secured

LOGS, SYSTEM, DATABASE = "logs", "system", "database"
LOG_LINES = 2000  # of each container at the end
LOG_LINES_BEFORE = 200  # at a moment before it
AT_ONCE = 4  # artefacts that are asked for at the end
AT_ONCE_BEFORE = 2  # while customers are measured
WITHIN = 5.0  # seconds for all that is asked at a moment before the end


@dataclass(frozen=True, slots=True)
class Artefact:
    """What is to be kept: its bundle, its name, its source in words, and what reads it."""

    bundle: str
    name: str
    source: str
    content: Callable[[], bytes]


class Bundles:
    """The evidence of one drill. ``diagnostics`` are run inside its containers."""

    def __init__(
        self, watched: Watched, runtime: Runtime, database: Database, journal: Journal
    ) -> None:
        self._watched = watched
        self._runtime = runtime
        self._database = database
        self._journal = journal
        self._evidence = Evidence(journal)
        self._begun: dict[str, Thread] = {}
        self._over: set[str] = set()
        self._ended = Event()
        self._keeping = Lock()  # nothing is kept any more once ``stop`` has returned

    def begin(self, moment: str) -> None:
        """Keep all of it beside what goes on, once a moment. What takes too long is left out."""
        if moment in self._begun or self._ended.is_set():
            return
        thread = Thread(
            target=self._keep, args=(moment,), name=f"evidence at {moment}", daemon=True
        )
        self._begun[moment] = thread
        thread.start()

    def finish(self, moment: str, within: float = WITHIN) -> None:
        """Wait for what was begun, at most so many seconds; then that moment is over.

        What would come later tells of another one, so it is left out.
        """
        if thread := self._begun.get(moment):
            thread.join(within)
        with self._keeping:
            self._over.add(moment)

    def heed(self, seen: Observations) -> None:
        """Begin with what is kept at detection, once anything told of the fault."""
        if DETECTION not in self._begun and told(seen):
            self.begin(DETECTION)

    def stop(self, within: float) -> None:
        """Give what is under way so many seconds to end; what is not kept then is left out."""
        for thread in self._begun.values():
            thread.join(within)
        with self._keeping:
            self._ended.set()

    def _keep(self, moment: str) -> None:
        pool = ThreadPoolExecutor(AT_ONCE_BEFORE, "evidence")
        with suppress(JournalError):  # a full disk is told by whoever else writes
            try:
                runtime = self._runtime.within(WITHIN)
                artefacts = list(self.artefacts(runtime, LOG_LINES_BEFORE))
                answers = [pool.submit(_or_why, each.content) for each in artefacts]
                for artefact, answer in zip(artefacts, answers, strict=True):
                    content = answer.result()
                    with self._keeping:
                        if self._ended.is_set():
                            return
                        if moment in self._over:
                            text = f"{artefact.name} and what follows it came too late"
                            self._journal.write(Note(f"evidence at {moment}: {text}"))
                            return
                        self.keep(artefact, partial(bytes, content), moment)
            except DrillError as error:
                self._journal.write(Note(f"no evidence at {moment}: {error}"))
            finally:
                pool.shutdown(wait=False, cancel_futures=True)

    def keep(self, artefact: Artefact, content: Callable[[], bytes], moment: str) -> None:
        """Keep one of them."""
        self._evidence.keep(
            artefact.name, artefact.source, content, moment=moment, bundle=artefact.bundle
        )

    def artefacts(self, runtime: Runtime, lines: int = LOG_LINES) -> Iterator[Artefact]:
        """All that is kept at one moment, with so many lines of each log."""
        containers = runtime.containers()
        for container in containers:
            yield from _of_container(runtime, container, lines)
        for name, diagnostic in self._watched.diagnostics.items():
            for container in containers:
                if container.service == diagnostic.service:
                    yield _diagnosed(runtime, container, name, diagnostic)
        for name, question in self._watched.monitoring.evidence.items():
            source = f"{question.service}{question.path}"
            yield Artefact(SYSTEM, name, source, partial(_ask, runtime, question))
        for name, statement in self._watched.data.statistics.items():
            dsn = partial(primary_dsn, self._watched.data, runtime, self._journal.timeline())
            rows = partial(_table, self._database, dsn, statement)
            yield Artefact(DATABASE, name, "the primary", rows)


def told(seen: Observations) -> bool:
    """Whether any alert, or any health check, was raised since the fault took effect."""
    fault = seen.fault()
    return fault is not None and any(
        signal.at_ns >= fault.low_ns and (signal.wrong or signal.state in ("firing", "unhealthy"))
        for signal in seen.timeline.all(Signal)
    )


def _or_why(content: Callable[[], bytes]) -> bytes:
    """The content, or what kept it from being had."""
    try:
        return content()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told in the artefact's place
        return f"not to be had: {error}".encode()


def _of_container(runtime: Runtime, container: Container, lines: int) -> Iterator[Artefact]:
    name = f"{container.service}-{container.instance}"
    engine = "the engine"
    yield Artefact(LOGS, f"{name} log", engine, lambda: runtime.logs(container, lines))
    yield Artefact(SYSTEM, f"{name} stats", engine, lambda: _stats(runtime, container))
    yield Artefact(SYSTEM, f"{name} processes", engine, lambda: _listed(runtime, container))


def _stats(runtime: Runtime, container: Container) -> bytes:
    stats = {"state": str(runtime.state(container)), **runtime.stats(container)}
    return json.dumps(stats, indent=1).encode()


def _listed(runtime: Runtime, container: Container) -> bytes:
    return "\n".join(runtime.processes.listed(container)).encode()


def _diagnosed(runtime: Runtime, container: Container, name: str, asked: Diagnostic) -> Artefact:
    def output() -> bytes:
        done = runtime.execute(container, asked.command)
        if done.exit_code:
            raise EngineError(f"exit {done.exit_code}: {done.output.decode('utf-8', 'replace')}")
        return done.output

    named = f"{container.service}-{container.instance} {name}"
    return Artefact(SYSTEM, named, " ".join(asked.command), output)


def _ask(runtime: Runtime, question: Question) -> bytes:
    address = runtime.port(question.service, question.port)
    with Client(secured(address, question.trust)) as client:
        return client.text(question.path).encode()


def _table(database: Database, dsn: Callable[[], str], statement: str) -> bytes:
    rows = database.query(dsn(), statement)
    if not rows:
        raise DatabaseError("no rows")
    return "\n".join("\t".join(str(value) for value in row) for row in rows).encode()
