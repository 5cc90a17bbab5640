"""The ERP's HTTP interface over fakes: what each state of its databases looks like from outside."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
from fastapi import FastAPI

from app.core.auth.token import issue
from app.core.config import Settings
from app.db import orders
from app.db.commit import NotCommitted, OutcomeUnknown
from app.db.databases import ReadUnavailable
from app.db.watch import Sight
from app.main import create_app

SETTINGS = Settings(
    "postgresql://erp:made-up@postgres/sme_erp",
    "postgresql://erp:made-up@postgres-replica/sme_erp",
    "x" * 32,
)
FOLLOWING = Sight(up=True, latency_ms=1.0, in_recovery=True, streaming=True, lag_s=0.0)
AUTHORIZED = {"Authorization": "Bearer " + issue("drill", secret=SETTINGS.jwt_secret, ttl=3600)}


class FakeDatabases:
    """Both databases as `sights` shows them; reads answer `answer`."""

    configured = serving = "replica"

    def __init__(self) -> None:
        self.sights = {"primary": Sight(up=True, latency_ms=1.0), "replica": FOLLOWING}
        self.primary = self.replica = SimpleNamespace(usage={"size": 1})
        self.answer: Any = (("replica", '[{"id":1}]'), "replica")

    async def look(self, name: str) -> Sight:
        return self.sights[name]

    async def read(self, ask: object) -> Any:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class Erp:
    """The application, not started, on fakes."""

    def __init__(self) -> None:
        application = create_app(SETTINGS)
        self.databases = FakeDatabases()
        cast(FastAPI, application.app).state.databases = self.databases
        self.transport = httpx.ASGITransport(cast(Any, application))

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        async def asked() -> httpx.Response:
            client = httpx.AsyncClient(transport=self.transport, base_url="http://erp")
            async with client:
                return await client.request(method, path, **more)

        return asyncio.run(asked())

    def get(self, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
        return self.ask("GET", path, headers=headers)

    def order(self, **changes: object) -> httpx.Response:
        body = {"id": str(uuid4()), "item_id": 1, "quantity": 1} | changes
        return self.ask("POST", "/api/v1/orders", json=body, headers=AUTHORIZED)


@pytest.fixture
def erp() -> Erp:
    return Erp()


@pytest.mark.parametrize(
    ("primary", "replica", "code", "status"),
    [
        (Sight(up=True), FOLLOWING, 200, "ok"),
        (Sight(up=True), Sight(up=False), 200, "degraded"),
        (Sight(up=True), Sight(up=True, in_recovery=True, streaming=False), 200, "degraded"),
        (Sight(up=False), FOLLOWING, 503, "down"),
    ],
)
def test_health_is_what_the_customers_can_do(
    erp: Erp, primary: Sight, replica: Sight, code: int, status: str
) -> None:
    """Without the replica service goes on; without the primary it does not."""
    erp.databases.sights = {"primary": primary, "replica": replica}
    answer = erp.get("/health")
    assert (answer.status_code, answer.json()["status"]) == (code, status)
    assert {"memory_bytes", "uptime_s", "requests_total", "pool"} <= answer.json()["metrics"].keys()


def test_the_database_health_shows_the_replica_as_the_runbook_asks(erp: Erp) -> None:
    """`.read_replica` has its state, where reads should go and where they go."""
    erp.databases.sights["replica"] = Sight(up=False, error="OperationalError")
    erp.databases.serving = "primary"
    shown = erp.get("/health/database").json()["read_replica"]
    assert shown["status"] == "down"
    assert (shown["configured"], shown["serving"]) == ("replica", "primary")
    assert shown["error"] == "OperationalError"


@pytest.mark.parametrize(
    "path",
    ["auth/verify", "inventory", "reports/stock", "exports/orders.csv", f"orders/{UUID(int=7)}"],
)
@pytest.mark.parametrize("header", [None, "Bearer invalid_token", "Basic abc"])
def test_nothing_is_served_to_strangers(erp: Erp, path: str, header: str | None) -> None:
    """Everything but health and signing in needs a token."""
    headers = {"Authorization": header} if header else {}
    assert erp.get(f"/api/v1/{path}", headers=headers).status_code == 401


def test_a_read_says_who_answered_and_how_it_got_there(erp: Erp) -> None:
    """A drill tells a fallback from a fail-over by these two."""
    erp.databases.answer = (("primary", '[{"id":1}]'), "fallback")
    answer = erp.get("/api/v1/inventory", headers=AUTHORIZED).json()
    assert answer == {"node": "primary", "route": "fallback", "items": [{"id": 1}]}


@pytest.mark.parametrize("path", ["inventory", "reports/stock"])
def test_a_read_that_nobody_answers_is_unavailable(erp: Erp, path: str) -> None:
    """503: the customer may try again."""
    erp.databases.answer = ReadUnavailable("nobody")
    assert erp.get(f"/api/v1/{path}", headers=AUTHORIZED).status_code == 503


@pytest.mark.parametrize(
    ("outcome", "code", "committed"),
    [
        (True, 201, True),
        (False, 200, True),
        (NotCommitted("no connection"), 503, False),
        (OutcomeUnknown("connection lost"), 500, None),
        (orders.OtherContent(), 409, False),
        (orders.UnknownItem(), 422, False),
    ],
)
def test_an_order_is_answered_with_what_is_known_of_it(
    erp: Erp, monkeypatch: pytest.MonkeyPatch, outcome: object, code: int, committed: bool | None
) -> None:
    """Stored, certainly not stored, or nobody can say: the ledger needs to know which."""

    async def place(*_: object, **__: object) -> object:
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    monkeypatch.setattr(orders, "place", place)
    answer = erp.order()
    assert (answer.status_code, answer.json()["committed"]) == (code, committed)


@pytest.mark.parametrize(
    "change", [{"id": "not-a-uuid"}, {"quantity": 0}, {"item_id": 2**31}, {"price": 1}]
)
def test_an_order_that_cannot_be_meant_reaches_no_database(
    erp: Erp, change: dict[str, object]
) -> None:
    """The fake database would fail loudly if it were asked."""
    assert erp.order(**change).status_code == 422


def test_requests_are_counted_by_route_and_not_by_path(erp: Erp) -> None:
    """An id in a label would make a series of every order."""
    order = uuid4()
    erp.get(f"/api/v1/orders/{order}")
    metrics = erp.get("/metrics").text
    assert 'erp_requests_total{method="GET",route="/api/v1/orders/{order_id}",status="401"}' in (
        metrics
    )
    assert str(order) not in metrics


def test_another_schema_than_its_own_is_an_error_of_one_line(
    erp: Erp, caplog: pytest.LogCaptureFixture
) -> None:
    """Every customer meets it, so no traceback is written each time."""
    erp.databases.answer = psycopg.errors.UndefinedColumn("no such column\nLINE 1: SELECT")
    answer = erp.get("/api/v1/inventory", AUTHORIZED)
    assert answer.status_code == 500
    assert answer.json() == {"detail": "the database has another schema than this application"}
    assert [record.getMessage() for record in caplog.records if record.name == "erp"] == [
        "the database has another schema: no such column"
    ]
