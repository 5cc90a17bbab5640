"""A whole system on the loopback for drills without an engine: ERP, pager, databases on paper.

Containers are a ``FakeRuntime``'s, customers are asked by the real prober, and time is real.
"""

from __future__ import annotations

import json
import time
from copy import deepcopy
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from psycopg import conninfo

from drills.clock import Anchor, SystemClock
from drills.config.document import Manifest
from drills.config.settings import Settings
from drills.journal.facts import DrillStarted
from drills.journal.journal import Journal
from drills.journal.redaction import Redactor
from drills.lifecycle.drill import Drill
from drills.lifecycle.plan import Plan
from drills.stack.database import DataGone
from drills.stack.runtime import DRILL_LABEL
from drills.testing import FakeDatabase, FakePostgres, FakeRuntime, FakeStack, ManualClock
from tests.doubles.scripted import Answer, Query, Service

DSN = "postgresql://observer:observer-password@{host}:{port}/erp"
MANIFEST: dict[str, Any] = {
    "stack": {
        "name": "paper",
        "entry": {"service": "nginx", "port": 80},
        "ready": {
            "customers": {"service": "nginx", "port": 80, "path": "/health", "contains": "ok"}
        },
    },
    "blast_radius": {"services": ["app", "replica"]},
    "login": {"path": "/login", "username": "drill", "password": "customer-password"},
    "journeys": {
        "reads": {
            "path": "/inventory",
            "always": True,
            "rate": 40,
            "route": "route",
            "fail_over_to": "primary",
            "expect": {"has": ["items"]},
        },
        "orders": {"path": "/orders", "method": "POST", "body": '{"id": "{id}"}', "rate": 20},
    },
    "data": {
        "writes": "orders",
        "final_read": "SELECT id FROM orders",
        "nodes": {
            "primary": {"service": "primary", "dsn": DSN, "role": "primary"},
            "replica": {"service": "replica", "dsn": DSN, "role": "replica"},
        },
        "statistics": {"pg_stat_activity": "SELECT * FROM pg_stat_activity"},
    },
    "monitoring": {
        "pager": {"service": "pager", "port": 8080},
        "health": {"/health": "status"},
        "evidence": {"health": {"service": "nginx", "port": 80, "path": "/health"}},
    },
    "incidents": {
        "read-replica-down": {
            "title": "Read replica down",
            "alerts": ["ReplicaDown"],
            "procedure": [
                {
                    "action": "point",
                    "says": "Point the reads at the primary",
                    "key": "READ_REPLICA_URL",
                    "at": "DATABASE_URL",
                }
            ],
        }
    },
}


class HostClock(ManualClock):
    """The host's own clock where a fake wants one that can be told: nobody tells it anything."""

    def monotonic_ns(self) -> int:
        return time.monotonic_ns()

    def anchor(self) -> Anchor:
        return SystemClock().anchor()

    def advance(self, seconds: float) -> None:
        """Time passes by itself."""

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class World:
    """The system. ``alerting``: its monitoring pages when the replica is not running."""

    def __init__(self, service: Service, directory: Path) -> None:
        self.service = service
        self.clock = HostClock()
        self.runtime = FakeRuntime(
            self.clock, {"nginx": 1, "app": 2, "primary": 1, "replica": 1, "pager": 1}
        )
        self.replica = self.runtime.find("replica")
        self.postgres = FakePostgres(
            self.runtime, "replica", tables=("orders", "users"), login="erp"
        )
        environment = {
            "DATABASE_URL": "p",
            "READ_REPLICA_URL": "r",
            "API_TOKEN": "token-of-the-env",
        }
        self.database = FakeDatabase()
        self.database.unreachable = self._unreachable
        self.database.on("pg_stat_replication", self._replication)
        self.database.on("pg_current_wal_lsn", [(100,)])
        self.database.on("pg_last_wal_replay_lsn", lambda _: [(100 if self.replicates else None,)])
        self.database.on("SELECT id, quantity FROM orders", self._with_quantity)
        self.database.on("SELECT id FROM orders", self._orders)
        self.database.on("pg_stat_activity", [("4711", "SELECT 1")])
        self.stack = FakeStack(
            self.runtime, directory, environment=environment, database=self.database
        )
        self.orders: list[str] = []
        self.quantity = 1  # of every order, as the database has it
        self.has_orders = True  # the table of them
        self.pages: list[dict[str, Any]] = []
        self.alerting = True
        self.steps: list[dict[str, Any]] = []  # of the procedure, after its own
        self.data: dict[str, Any] = MANIFEST["data"]
        self.policy: dict[str, Any] = {}  # what the team's runbook.toml says, if anything
        self.status = 200
        for name, port in (("nginx", 80), ("pager", 8080), ("primary", 5432), ("replica", 5432)):
            self.runtime.ports[name, port] = service.address
        answers: dict[str, Answer] = {
            "/health": self._health,
            "/login": {"access_token": "a-token-for-customers"},
            "/inventory": self._inventory,
            "/orders": self._order,
            "/clock": lambda _: {"monotonic_ns": time.monotonic_ns()},
            "/alerts": self._alerts,
        }
        for path, answer in answers.items():
            service.on(path, answer)

    @property
    def replicates(self) -> bool:
        state = self.runtime.state(self.replica)
        paused = state.paused or self.postgres.paused(self.replica)
        return state.running and not paused

    def _unreachable(self, dsn: str) -> bool:
        """Where no database is published, nobody answers."""
        words = not dsn.startswith("mariadb://")
        port = str(conninfo.conninfo_to_dict(dsn).get("port") if words else urlsplit(dsn).port)
        return port not in {str(port) for _, port in self.runtime.ports.values()}

    def _replication(self, _dsn: str) -> list[tuple[object, ...]]:
        return [(100, 100 if self.replicates else None)]

    def _orders(self, _dsn: str) -> list[tuple[object, ...]]:
        if not self.has_orders:
            raise DataGone('UndefinedTable: relation "orders" does not exist')
        return [(order,) for order in self.orders]

    def _with_quantity(self, dsn: str) -> list[tuple[object, ...]]:
        return [(*order, self.quantity) for order in self._orders(dsn)]

    def drill(self, directory: Path, **settings: Any) -> Drill:
        """A drill of this system, with little patience."""
        written = deepcopy(MANIFEST) | {"data": self.data}
        written |= {"runbook": self.policy} if self.policy else {}
        written["incidents"]["read-replica-down"]["procedure"] += self.steps
        manifest = Manifest.of(written)
        name, incident = manifest.incident(frozenset({"read-replica-down"}))
        origin = DrillStarted(feature="f.feature", scenario="The read replica stops")
        self.runtime.labels[DRILL_LABEL] = "d1"
        plan = Plan("d1", manifest, "P2", name, incident, origin)
        redactor = Redactor(manifest.secrets())
        chosen = Settings(**{"hold": 0.1, "requests": 3, "patience": 20.0, **settings})
        journal = Journal(directory, self.clock, redactor)
        return Drill(plan, self.stack, journal, redactor, chosen, self.clock)

    def _health(self, _: Query) -> Answer:
        return self.status, {"status": "ok" if self.status == 200 else "degraded"}

    def _inventory(self, _: Query) -> Answer:
        return self.status, {"items": [1], "route": "replica" if self.replicates else "primary"}

    def _order(self, _: Query) -> Answer:
        order = json.loads(self.service.bodies[-1])["id"]
        self.orders.append(order)
        return {"id": order}

    def _alerts(self, query: Query) -> Answer:
        if self.alerting and not self.pages and not self.replicates:
            self.page("ReplicaDown")
        return {"records": self.pages[int(query["since"]) :], "last_seq": len(self.pages)}

    def page(self, name: str) -> None:
        """The pager is told, now."""
        stamp = time.monotonic_ns()
        self.pages.append(
            {"received_monotonic_ns": stamp, "alertname": name, "state": "firing", "labels": {}}
        )
