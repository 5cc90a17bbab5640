"""Everything that watches one drill from before its fault to its end."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Protocol

from drills.clock import Clock
from drills.errors import PlanError, SteadyStateNotReached
from drills.journal.facts import (
    ErrorNote,
    LanesEnded,
    LaneStarted,
    Note,
    ProberStalled,
    SeriesStarted,
)
from drills.journal.folder import SAMPLES
from drills.journal.journal import Journal
from drills.journal.observed import REPLICATION, SERVICES
from drills.journal.redaction import Redactor
from drills.journal.roles import primary_now
from drills.journal.sample import Lane, SeriesKind
from drills.judgement.looks import Looks
from drills.judgement.metric import Observations
from drills.lifecycle.bundles import Bundles
from drills.lifecycle.communicating import Communicator
from drills.lifecycle.detecting import detectors
from drills.lifecycle.plan import Watched
from drills.observers.addresses import NOWHERE, Address, Addresses, Place
from drills.observers.asking import Asker, Inquiry
from drills.observers.audit import ASKED_WITHIN, Audit
from drills.observers.engine import EngineWatch
from drills.observers.footing import PROBER, Footing
from drills.observers.inquiries import command, question
from drills.observers.prober.prober import Prober
from drills.observers.replication import ReplicationWatch
from drills.observers.services import ServicesWatch
from drills.observers.written import Written
from drills.stack.credentials import Credentials, log_in
from drills.stack.database import (
    FINAL_READ_WITHIN,
    Database,
    DatabaseError,
    DataGone,
    Holding,
)
from drills.stack.holdings import held_by
from drills.stack.http import Client
from drills.stack.inbox import Inbox
from drills.stack.journey import JourneyKind, named
from drills.stack.runtime import Runtime
from drills.stack.tls import Secured
from drills.wait import until

NO_ENTRY = "expected [stack] entry in the manifest: the service and port that customers use"


def no_entry() -> Address:
    """Where customers enter a stack that says nothing of it. Raises PlanError."""
    raise PlanError(NO_ENTRY)


class Watch(Protocol):
    """Something that watches on a thread of its own."""

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """End. Idempotent."""


class Observers:
    """The prober's lanes, detectors, engine's events, replication, ledger's audit.

    Only what is named in ``watched`` is. ``entry`` tells where customers enter now, ``inbox`` is
    the drill's own receiver of webhooks.
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
        inbox: Inbox | None = None,
    ) -> None:
        self._watched = watched
        self._data = watched.data
        self._database = database
        self._runtime = runtime
        self._footing = footing
        self._journal = journal
        self._clock = clock
        self._hold = hold
        self._samples = journal.directory / SAMPLES
        self._looks = Looks(self._samples, hold)
        self._credentials = Credentials()
        self._added: set[str] = set()
        self._moving = threading.Lock()  # a lane is started at one address, or sent on to the next
        self._disturbed = False
        heeded = watched.monitoring.containers
        self.engine = EngineWatch(runtime, journal, footing.gave_way, heeded)
        self._addresses = Addresses(runtime, self.engine, journal, clock)
        self.entry = self._entered()
        self._services: ServicesWatch | None = None
        self._follow()
        self.written = Written(self._data, database, runtime, self._samples)
        self._prober = Prober(self._samples)
        self._asker = Asker(self._samples, clock, self._stalled)
        self.bundles = Bundles(watched, runtime, database, journal)
        self.communication = Communicator(watched.owed, journal, clock, runtime.port)
        self._watches = self._watching(runtime, inbox)

    def _follow(self) -> None:
        """Have every lane sent on when what it asks is published elsewhere."""
        entry = self._watched.entry
        ends = {entry.place} if entry else set()
        for place in {*ends, *map(self._place, self._watched.journeys)} - {NOWHERE}:
            self._addresses.follow(*place, partial(self._moved, place))

    def _entered(self) -> Callable[[], Address]:
        entry = self._watched.entry
        if entry is None:
            return no_entry
        address = self._addresses.of(*entry.place)
        return Secured(address, entry.trust) if entry.trust else address

    def _place(self, name: str) -> Place:
        """Where a journey is asked over the network; nowhere for a command."""
        journey = self._watched.journeys[name]
        if journey.probed:
            at = journey.endpoint(self._watched.entry)
            return at.place if at else NOWHERE
        node = self._data.nodes.get(journey.node or self._data.primary)
        return (node.service, node.port) if journey.ask and node else NOWHERE

    def _watching(self, runtime: Runtime, inbox: Inbox | None) -> dict[str, Watch]:
        """What watches besides the prober, by name, in the order in which it is started."""
        watched, journal, clock = self._watched, self._journal, self._clock
        data, monitoring = watched.data, watched.monitoring
        watches: dict[str, Watch] = {"engine": self.engine, "addresses": self._addresses}
        pager = monitoring.pager
        at = self._addresses.of(pager.service, pager.port) if pager else None
        watches |= detectors(
            *(monitoring, runtime, inbox, at, self.entry, journal, clock, self._footing.gave_way)
        )
        if data.replicas:
            file = self._samples / f"{REPLICATION}.jsonl"
            watches["replication"] = ReplicationWatch(
                self._database, self._leads_and_follow, data.max_lag, file, clock
            )
        if watched.services is not None:
            file = self._samples / f"{SERVICES}.jsonl"
            self._services = ServicesWatch(self._runtime, watched.services, file, clock)
            watches["services"] = self._services
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

    def _leads_and_follow(self) -> tuple[str, list[str]]:
        """The observer's DSN of whoever is the primary now, and of all others."""
        leads = primary_now(self._journal.timeline(), self._data.primary)
        follow = [name for name in self._data.nodes if name != leads]
        return self._dsn(leads)(), [self._dsn(name)() for name in follow]

    def _held(self) -> Holding:
        """What the primary holds of each write now."""
        leads = primary_now(self._journal.timeline(), self._data.primary)
        return self._held_by(leads, ASKED_WITHIN)

    def _held_by(self, name: str, within: int) -> Holding:
        asked = self._data, self._database, self._runtime
        return held_by(name, *asked, self._dsn(name), timeout=within)

    @property
    def steady(self) -> tuple[str, ...]:
        """The lanes that must be good before a fault: every journey that is asked now."""
        with self._moving:
            asked = [name for name in self._watched.journeys if name in self._added]
        states = [SERVICES] if self._services else []
        return (*asked, *([REPLICATION] if self._data.replicas else []), *states)

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
            self._credentials = self._login()
            started.result()
        redactor.know(*self._credentials.secrets())
        self._redact = redactor
        self._prober.keep_secret(redactor.known)
        if self._data.replicas:
            self._journal.write(
                SeriesStarted(series=REPLICATION, what=SeriesKind.REDUNDANCY, unit="seconds")
            )
        if self._services:
            self._journal.write(SeriesStarted(series=SERVICES, what=SeriesKind.SERVICE))
        for watch in self._watches.values():
            watch.start()
        self.communication.start()
        for name, journey in self._watched.journeys.items():
            if journey.always:
                self.add(name, journey.rate)

    def _login(self) -> Credentials:
        login = self._watched.login
        if login is None:
            return Credentials()
        with Client(self.entry, timeout=5.0) as client:
            return log_in(login, client)

    def add(self, name: str, rate: float) -> None:
        """Have a journey asked ``rate`` times a second from now on."""
        journey = named(self._watched.journeys, name)
        if journey.forbidden:
            told = SeriesStarted(series=name, what=SeriesKind.INTRUSION, unit="requests")
            self._journal.write(told)
        with self._moving:
            if journey.probed:
                self._prober.add(self._lane(name, rate))
            else:
                self._asker.add(self._inquiry(name, rate))
            self._added.add(name)
            by = PROBER if journey.probed else "asker"
            self._footing.expect_lane(name, journey.timeout, rate, by)
        started = LaneStarted(
            lane=name,
            rate=rate,
            fail_over_to=journey.fail_over_to,
            service=journey.service,
            slow=journey.slow,
            timeout=journey.timeout,
            what=journey.pace.them,
        )
        self._journal.write(started)

    def _lane(self, name: str, rate: float) -> Lane:
        journey, data, entry = self._watched.journeys[name], self._data, self._watched.entry
        content = data.content if name == data.writes else ()
        address = self._addresses.of(*self._place(name))()
        return journey.lane(name, address, self._credentials.headers, rate, content, entry)

    def _inquiry(self, name: str, rate: float) -> Inquiry:
        journey = self._watched.journeys[name]
        if journey.kind is JourneyKind.COMMAND:
            ask = command(journey, self._runtime, self._redact)
        else:
            dsn = self._dsn(journey.node) if journey.node else self._primary
            ask = question(journey, self._database, dsn, self._redact)
        return Inquiry(name, rate, journey.timeout, journey.slow, ask, journey.writes)

    def _stalled(self, at_ns: int, gap_ns: int) -> None:
        self._journal.write(ProberStalled(gap_ns=gap_ns), at_ns=at_ns)

    def _moved(self, place: Place, address: Address) -> list[str]:
        """Send what is due there from now on to where that is now; returns the lanes."""
        with self._moving:
            moved = sorted(name for name in self._added if self._place(name) == place)
            for name in moved:
                if self._watched.journeys[name].probed:
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
        for name in self._data.nodes:
            try:
                self._held_by(name, FINAL_READ_WITHIN)
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
        if self._services and (jobs := self._services.end_steady_state()):
            text = f"ended well before the fault, so taken for jobs: {', '.join(sorted(jobs))}"
            self._journal.write(Note(text))
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
            if self._watched.journeys[name].probed:
                self._prober.stop(name)
            else:
                self._asker.stop(name)

    def observations(self) -> Observations:
        """What was seen so far."""
        return self._looks.at(self._journal.timeline(), self._clock.monotonic_ns())

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
        self._quietly("asker", self._asker.end)
        self._journal.write(LanesEnded())
        watches = list(reversed(self._watches.items()))
        with ThreadPoolExecutor(len(watches), "ending") as pool:  # each waits for its last answer
            list(pool.map(lambda each: self._quietly(each[0], each[1].stop), watches))

    def _quietly(self, name: str, end: Callable[[], None]) -> None:
        try:
            end()
        except Exception as error:  # noqa: BLE001 - whatever it is, the others must still end
            self._journal.write(ErrorNote(f"{name} did not end well: {error}"))
