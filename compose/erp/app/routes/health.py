"""Health, as monitoring and the runbook ask for it. Always a fresh look, never a cached one."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from app.cgroup import memory
from app.db.databases import PRIMARY, Databases
from app.db.watch import Sight
from app.routes import databases
from app.telemetry import HOSTNAME

router = APIRouter()
STARTED = time.monotonic()


async def _look(of: Databases) -> tuple[Sight, Sight]:
    """The primary, and the database that READ_REPLICA_URL names."""
    if of.configured == PRIMARY:
        sight = await of.look(PRIMARY)
        return sight, sight
    primary, replica = await asyncio.gather(of.look(PRIMARY), of.look(of.configured))
    return primary, replica


def _described(sight: Sight) -> dict[str, Any]:
    shown = {"status": sight.status, "latency_ms": sight.latency_ms}
    return shown | ({"error": sight.error} if sight.error else {})


def _metrics(request: Request) -> dict[str, Any]:
    group = memory()
    pools = {"primary": databases(request).primary.usage}
    if replica := databases(request).replica:
        pools["replica"] = replica.usage
    return {
        "memory_bytes": group.working_set if group else None,
        "memory_limit_bytes": group.limit if group else None,
        "memory_ratio": group.ratio if group else None,
        "uptime_s": round(time.monotonic() - STARTED, 3),
        "requests_total": request.app.state.telemetry.answered,
        "pool": pools,
    }


@router.get("/health")
async def health(request: Request) -> JSONResponse:
    """ok, degraded (the replica is not up) or, with 503, down (the primary is not)."""
    primary, replica = await _look(databases(request))
    status = "down" if not primary.up else "ok" if replica.status == "up" else "degraded"
    body = {"status": status, "instance": HOSTNAME, "metrics": _metrics(request)}
    return JSONResponse(body, 200 if primary.up else 503)


@router.get("/health/database")
async def database(request: Request) -> JSONResponse:
    """Both databases, and where reads are configured to go and go."""
    of = databases(request)
    primary, replica = await _look(of)
    body = {
        "primary": _described(primary),
        "read_replica": _described(replica)
        | {
            "configured": of.configured,
            "serving": of.serving,
            "in_recovery": replica.in_recovery,
            "streaming": replica.streaming,
            "lag_s": replica.lag_s,
        },
        "instance": HOSTNAME,
    }
    return JSONResponse(body, 200 if primary.up else 503)


@router.get("/metrics")
async def metrics() -> Response:
    """Prometheus' text format."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
