"""Everything that watches one drill from before its fault to its end."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Protocol

from drills.clock import Clock
from drills.errors import DrillError, PlanError, SteadyStateNotReached
from drills.journal.facts import ErrorNote, LanesEnded, LaneStarted, Note, SeriesStarted
from drills.journal.folder import SAMPLES
from drills.journal.journal import Journal
from drills.journal.observed import REPLICATION
from drills.journal.redaction import Redactor
from drills.journal.roles import primary_now
from drills.journal.sample import SeriesKind
from drills.journal.samples import SampleTail
from drills.judgement.metric import Observations
from drills.judgement.readdressed import Spans, astray_in, went_astray
from drills.lifecycle.bundles import Bundles
from drills.lifecycle.communicating import Communicator
from drills.lifecycle.plan import Watched
from drills.observers.addresses import Address, Addresses
from drills.observers.audit import ASKED_WITHIN, Audit
from drills.observers.engine import EngineWatch
from drills.observers.footing import Footing
from drills.observers.health import HealthWatch
from drills.observers.pager import PagerWatch
from drills.observers.prober.prober import Prober
from drills.observers.replication import ReplicationWatch
from drills.observers.written import Written
from drills.stack.content import dig
from drills.stack.database import Database, DatabaseError, DataGone, Holding, final_read
from drills.stack.http import Client
from drills.stack.journey import named
from drills.stack.runtime import Runtime
from drills.stack.system import Endpoint
from drills.wait import until


class Watch(Protocol):
    """Something that watches on a thread of its own."""

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """End. Idempotent."""


class Observers:
    """The prober's lanes, pager, health endpoint, engine's events, replication, ledger's audit.

    Only what is named in ``watched`` is. ``entry`` tells where customers enter now.
    """

    def __init__(
        self,
        watched: Watched,
        runtime: Runtime,
        database: Database,
        journal: Journal,
        clock: Clock,
        hold: float,
        footing: Footing,
    ) -> None:
        self._watched = watched
        self._data = watched.data
        self._database = database
        self._footing = footing
        self._journal = journal
        self._clock = clock
        self._hold = hold
        self._samples = journal.directory / SAMPLES
        self._tail = SampleTail(self._samples)
        self._astray: Spans = []
        self._token = ""
        self._added: set[str] = set()
        self._moving = threading.Lock()  # a lane is started at one address, or sent on to the next
        self._disturbed = False
        self.engine = EngineWatch(runtime, journal, footing.gave_way)
        self._addresses = Addresses(runtime, self.engine, journal, clock)
        self.entry = self._addresses.of(watched.entry.service, watched.entry.port)
        for at in {watched.entry, *(self._asked_at(name) for name in watched.journeys)}:
            self._addresses.follow(at.service, at.port, partial(self._moved, at))
        self.written = Written(self._data, database, runtime, self._samples)
        self._prober = Prober(self._samples)
        self.bundles = Bundles(watched, runtime, database, journal)
        self.communication = Communicator(watched.owed, journal, clock, runtime.port)
        self._watches = self._watching()

    def _asked_at(self, name: str) -> Endpoint:
        return self._watched.journeys[name].at or self._watched.entry

    def _watching(self) -> dict[str, Watch]:
        """What watches besides the prober, by name, in the order in which it is started."""
        watched, journal, clock = self._watched, self._journal, self._clock
        data, monitoring = watched.data, watched.monitoring
        watches: dict[str, Watch] = {"engine": self.engine, "addresses": self._addresses}
        if (pager := monitoring.pager) is not None:
            at = self._addresses.of(pager.service, pager.port)
            watches["pager"] = PagerWatch(at, journal, clock)
        if monitoring.health:
            watches["health"] = HealthWatch(self.entry, monitoring.health, journal, clock)
        if data.replicas:
            file = self._samples / f"{REPLICATION}.jsonl"
            dsn, replicas = self._primary, len(data.replicas)
            watches["replication"] = ReplicationWatch(
                self._database, dsn, data.max_lag, file, clock, replicas
            )
        if data.primary and watched.audited:
            watches["audit"] = Audit(self._held, data.writes, self._samples, journal, clock)
        return watches

    def _dsn(self, name: str) -> Callable[[], str]:
        node = self._data.nodes[name]
        at = self._addresses.of(node.service, node.port)
        return lambda: node.at(*at())

    def _primary(self) -> str:
        """The observer's DSN of whoever is the primary now."""
        return self._dsn(primary_now(self._journal.timeline(), self._data.primary))()

    def _held(self) -> Holding:
        """What the primary holds of each write now."""
        data, dsn = self._data, self._primary()
        return final_read(
            self._database,
            dsn,
            data.final_read,
            len(data.content),
            timeout=ASKED_WITHIN,
        )

    @property
    def steady(self) -> tuple[str, ...]:
        """The lanes that must be good before a fault: every journey that is asked now."""
        with self._moving:
            asked = [name for name in self._watched.journeys if name in self._added]
        return (*asked, REPLICATION) if self._data.replicas else tuple(asked)

    @property
    def disturbed(self) -> bool:
        """Whether steady state is over."""
        return self._disturbed

    def start(self, redactor: Redactor) -> None:
        """Start everything; the journeys that are always asked begin now.

        The redactor is told the customers' token, and the prober all that the redactor knows,
        before anything could be written down.
        """
        with ThreadPoolExecutor(1, "starting") as pool:  # a process takes its time
            started = pool.submit(self._prober.start)
            self._token = self._login()
            started.result()
        redactor.know(self._token)
        self._prober.keep_secret(redactor.known)
        if self._data.replicas:
            self._journal.write(
                SeriesStarted(series=REPLICATION, what=SeriesKind.REDUNDANCY, unit="seconds")
            )
        for watch in self._watches.values():
            watch.start()
        self.communication.start()
        for name, journey in self._watched.journeys.items():
            if journey.always:
                self.add(name, journey.rate)

    def _login(self) -> str:
        login = self._watched.login
        if login is None:
            return ""
        with Client(self.entry, timeout=5.0) as client:
            answer = client.send(login.method, login.path, login.sent_body(), login.sent_headers())
        token = dig(answer, login.token)
        if not isinstance(token, str):
            raise DrillError(f"expected {login.token} in the answer of {login.path}, got none")
        return token

    def add(self, name: str, rate: float) -> None:
        """Have a journey asked ``rate`` times a second from now on."""
        journey, data = named(self._watched.journeys, name), self._data
        content = data.content if name == data.writes else ()
        if journey.forbidden:
            told = SeriesStarted(series=name, what=SeriesKind.INTRUSION, unit="requests")
            self._journal.write(told)
        at = self._asked_at(name)
        with self._moving:
            address = self._addresses.of(at.service, at.port)()
            self._prober.add(journey.lane(name, address, self._token, rate, content))
            self._added.add(name)
            self._footing.expect_lane(name, journey.timeout, rate)
        started = LaneStarted(
            lane=name,
            rate=rate,
            fail_over_to=journey.fail_over_to,
            service=journey.service,
            slow=journey.slow,
            timeout=journey.timeout,
        )
        self._journal.write(started)

    def _moved(self, at: Endpoint, address: Address) -> list[str]:
        """Send what is due there from now on to where that is now; returns the lanes."""
        with self._moving:
            moved = sorted(name for name in self._added if self._asked_at(name) == at)
            for name in moved:
                self._prober.retarget(name, *address)
            return moved

    def await_ledger(self, within: float) -> None:
        """Wait until every database can be read as it will be in the end: one may be starting yet.

        Raises PlanError where the final read cannot be right, SteadyStateNotReached where a
        database does not answer in so many seconds. What is gone later was there before, so it was
        lost.
        """
        refused: list[str] = []

        def read() -> bool:
            try:
                self._read_ledger()
            except DatabaseError as error:
                refused[:] = [str(error)]
                return False
            return True

        until(
            read,
            awaited="every database is read as it will be in the end",
            within=within,
            last_seen=lambda: "; ".join(refused),
            clock=self._clock,
            error=SteadyStateNotReached,
        )

    def _read_ledger(self) -> None:
        data = self._data
        for name in data.nodes:
            try:
                final_read(self._database, self._dsn(name)(), data.final_read, len(data.content))
            except DataGone as error:
                raise PlanError(
                    f"data.final_read on {name}, before any fault: expected every write's id, "
                    f"got {error}"
                ) from error

    def end_steady_state(self) -> None:
        """From now on answers are held to their usual size: something is about to happen."""
        if self._disturbed:
            return
        self._disturbed = True
        unknown = [
            name
            for name in self._prober.end_steady_state()
            if not named(self._watched.journeys, name).expect.enough
        ]
        if unknown:
            text = "too few answers before the fault to know their usual size"
            self._journal.write(Note(f"{text}: {', '.join(unknown)}"))

    def stop_workload(self) -> None:
        """End the journeys that steps started, and wait for their last answers."""
        always = {name for name, journey in self._watched.journeys.items() if journey.always}
        with self._moving:
            workload, self._added = self._added - always, self._added & always
        for name in sorted(workload):
            self._footing.forget_lane(name)
            self._prober.stop(name)

    def observations(self) -> Observations:
        """What was seen so far."""
        timeline = self._journal.timeline()
        if (spans := astray_in(timeline)) != self._astray:
            self._astray = spans
            self._tail.drop(partial(went_astray, spans=spans))
        return Observations(timeline, self._tail.poll(), self._hold, self._clock.monotonic_ns())

    def check(self, seen: Observations) -> None:
        """Raise GroundGaveWay where the drill is blind: what it would have seen is lost.

        Once anything told of the fault, evidence is kept beside what goes on, and whoever must be
        told is, until service is restored.
        """
        self._footing.watch_prober(seen.samples, alive=self._prober.alive)
        self._footing.check()
        self.bundles.heed(seen)
        self.communication.heed(seen)

    def stop(self) -> None:
        """End everything, each whatever became of the others. Idempotent."""
        self._quietly("addresses", self._addresses.stop)
        self._quietly("prober", self._prober.end)
        self._journal.write(LanesEnded())
        watches = list(reversed(self._watches.items()))
        with ThreadPoolExecutor(len(watches), "ending") as pool:  # each waits for its last answer
            list(pool.map(lambda each: self._quietly(each[0], each[1].stop), watches))

    def _quietly(self, name: str, end: Callable[[], None]) -> None:
        try:
            end()
        except Exception as error:  # noqa: BLE001 - whatever it is, the others must still end
            self._journal.write(ErrorNote(f"{name} did not end well: {error}"))
