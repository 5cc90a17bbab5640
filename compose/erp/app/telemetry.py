"""What the ERP tells about itself: counters, the container's memory, one log line a request."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics
from prometheus_client.core import (
    REGISTRY,
    CounterMetricFamily,
    GaugeMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from app.cgroup import cpu, memory
from app.core.logs import FIELDS

HOSTNAME = socket.gethostname()
QUIET = frozenset({"/metrics", "/health", "/health/database"})

disable_created_metrics()  # type: ignore[no-untyped-call]  # the library has no types there
REQUESTS = Counter("erp_requests", "Requests answered.", ["route", "method", "status"])
SECONDS = Histogram(
    "erp_request_seconds",
    "Time to answer.",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
READS = Counter("erp_reads", "Reads answered, by the database that did.", ["node"])
DATABASE_UP = Gauge("erp_database_up", "1 if the database answered when last asked.", ["node"])

log = logging.getLogger("erp.request")

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Asgi = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]


class MemoryCollector(Collector):
    """Reads the container's memory when scraped."""

    def collect(self) -> Iterator[Metric]:
        """Working set and limit in bytes, labelled with the container's host name."""
        now = memory()
        if now is None:
            return
        yield _gauge(
            "erp_memory_working_set_bytes", "Memory that cannot be dropped.", now.working_set
        )
        if now.limit:
            yield _gauge("erp_memory_limit_bytes", "The container's limit.", now.limit)


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=["hostname"])
    family.add_metric([HOSTNAME], value)
    return family


class CpuCollector(Collector):
    """Reads when the container had to wait for processor time, when scraped."""

    def collect(self) -> Iterator[Metric]:
        """Periods of its quota, and those in which it used that up."""
        now = cpu()
        if now is None:
            return
        yield _counter("erp_cpu_periods", "Periods of the quota.", now.periods)
        yield _counter("erp_cpu_throttled_periods", "Those in which it waited.", now.throttled)


def _counter(name: str, text: str, value: float) -> CounterMetricFamily:
    family = CounterMetricFamily(name, text, labels=["hostname"])
    family.add_metric([HOSTNAME], value)
    return family


REGISTRY.register(MemoryCollector())
REGISTRY.register(CpuCollector())


class Telemetry:
    """ASGI middleware that counts, times and logs every request."""

    def __init__(self, app: Asgi) -> None:
        self.app = app
        self.answered = 0

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Passes lifespan events through."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 0

        async def note_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        complete = False
        try:
            await self.app(scope, receive, note_status)
            complete = True
        finally:
            self._record(scope, status, time.perf_counter() - started, complete)

    def _record(
        self, scope: MutableMapping[str, Any], status: int, seconds: float, complete: bool
    ) -> None:
        # The pattern, not the path: ids in labels would make a series of every order.
        route = getattr(scope.get("route"), "path", "unmatched")
        self.answered += 1
        REQUESTS.labels(route, scope["method"], str(status)).inc()
        SECONDS.labels(route).observe(seconds)
        quiet = scope["path"] in QUIET and status == 200
        fields = {
            "method": scope["method"],
            "path": scope["path"],
            "status": status,
            "ms": round(seconds * 1000, 1),
            "complete": complete,
        }
        log.log(logging.DEBUG if quiet else logging.INFO, "request", extra={FIELDS: fields})
