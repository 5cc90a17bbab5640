"""Everything that watches one drill from before its fault to its end."""

from __future__ import annotations

import re
from collections.abc import Callable

from drills.audit import Audit
from drills.clock import Clock
from drills.detectors import EngineWatch, Footing, HealthWatch, PagerWatch
from drills.errors import DrillError
from drills.http import Client
from drills.journal import Journal
from drills.manifest import Manifest
from drills.metric import REPLICATION, Observations
from drills.probes.prober import Prober
from drills.probes.samples import SampleTail
from drills.redact import Redactor
from drills.replication import ReplicationWatch
from drills.runtime import Runtime
from drills.timeline import Kind


class Observers:
    """The prober's lanes, pager, health endpoint, engine's events, replication, ledger's audit."""

    def __init__(
        self,
        manifest: Manifest,
        runtime: Runtime,
        journal: Journal,
        clock: Clock,
        hold: float,
        footing: Footing,
    ) -> None:
        self._manifest = manifest
        self._footing = footing
        self._journal = journal
        self._clock = clock
        self._hold = hold
        self._samples = journal.directory / "samples"
        self._tail = SampleTail(self._samples)
        self._token = ""
        self._added: set[str] = set()
        self.entry = runtime.port(manifest.stack.entry.service, manifest.stack.entry.port)
        pager = manifest.monitoring.pager
        self._pager = PagerWatch(runtime.port(pager.service, pager.port), journal, clock)
        self._health = HealthWatch(self.entry, manifest.monitoring.health, journal, clock)
        self._replication = ReplicationWatch(
            primary_dsn(manifest, runtime),
            manifest.data.max_lag,
            self._samples / f"{REPLICATION}.jsonl",
            clock,
        )
        self._prober = Prober(self._samples)
        self.engine = EngineWatch(runtime, journal, footing.gave_way)
        self._audit = Audit(
            primary_dsn(manifest, runtime),
            manifest.data.final_read,
            manifest.data.writes,
            self._samples,
            journal,
            clock,
        )

    def start(self, redactor: Redactor) -> None:
        """Start everything; the journeys that are always asked begin now.

        The redactor is told the customers' token, and the prober all that the redactor knows,
        before anything could be written down.
        """
        self._prober.start()
        self._token = self._login()
        redactor.know(self._token)
        self._prober.keep_secret(redactor.known)
        for watch in (self.engine, self._pager, self._health, self._replication):
            watch.start()
        if self._manifest.stop.lost_writes is not None:
            self._audit.start()
        for name, journey in self._manifest.journeys.items():
            if journey.always:
                self.add(name, journey.rate)

    def _login(self) -> str:
        login = self._manifest.login
        with Client(self.entry, timeout=5.0) as client:
            answer = client.post(
                login.path, {"username": login.username, "password": login.password}
            )
        token = answer.get(login.token)
        if not isinstance(token, str):
            raise DrillError(f"expected {login.token} in the answer of {login.path}, got none")
        return token

    def add(self, name: str, rate: float) -> None:
        """Have a journey asked ``rate`` times a second from now on."""
        journey = self._manifest.journey(name)
        self._prober.add(journey.lane(name, self.entry, self._token, rate))
        self._added.add(name)
        self._footing.expect_lane(name, journey.timeout, rate)
        self._journal.write(
            Kind.LANE_STARTED,
            f"{name}: {rate:g} requests a second",
            lane=name,
            rate=rate,
            fail_over_to=journey.fail_over_to,
            slow=journey.slow,
            timeout=journey.timeout,
        )

    def stop_workload(self) -> None:
        """End the journeys that steps started, and wait for their last answers."""
        always = {name for name, journey in self._manifest.journeys.items() if journey.always}
        for name in sorted(self._added - always):
            self._footing.forget_lane(name)
            self._prober.stop(name)
        self._added &= always

    def observations(self) -> Observations:
        """What was seen so far."""
        samples = self._tail.poll()
        return Observations(
            self._journal.timeline(), samples, self._hold, self._clock.monotonic_ns()
        )

    def check(self, seen: Observations) -> None:
        """Raise GroundGaveWay where the drill is blind: what it would have seen is lost."""
        self._footing.watch_prober(seen.samples, alive=self._prober.alive)
        self._footing.check()

    def stop(self) -> None:
        """End everything, each whatever became of the others. Idempotent."""
        self._quietly("prober", self._prober.end)
        ends: list[tuple[str, Callable[[], None]]] = [
            ("audit", self._audit.stop),
            ("replication", self._replication.stop),
            ("health", self._health.stop),
            ("pager", self._pager.stop),
            ("engine", self.engine.stop),
        ]
        self._journal.write(Kind.LANES_ENDED, "watching ended")
        for name, end in ends:
            self._quietly(name, end)

    def _quietly(self, name: str, end: Callable[[], None]) -> None:
        try:
            end()
        except Exception as error:  # noqa: BLE001 - whatever it is, the others must still end
            self._journal.write(Kind.ERROR, f"{name} did not end well: {error}")


def primary_dsn(manifest: Manifest, runtime: Runtime) -> str:
    """The observer's DSN of the primary, at the address where it is published now."""
    name, _ = manifest.node("primary")
    return node_dsn(manifest, runtime, name)


def node_dsn(manifest: Manifest, runtime: Runtime, name: str) -> str:
    """The observer's DSN of a node, at the address where it is published now."""
    node = manifest.data.nodes[name]
    host, port = runtime.port(node.service, node.port)
    return addressed(node.dsn, host, port)


def addressed(dsn: str, host: str, port: int) -> str:
    """A DSN with its ``{host}`` and ``{port}`` filled in; other braces, as in passwords, stay."""
    url = "://" in dsn
    who, at, where = dsn.rpartition("@") if url else ("", "", dsn)
    values = {"{host}": f"[{host}]" if url and ":" in host else host, "{port}": str(port)}
    return who + at + re.sub(r"\{(?:host|port)\}", lambda found: values[found[0]], where)
