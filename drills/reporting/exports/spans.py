"""OpenTelemetry spans of a run's drills: a trace for each, its phases, faults and outages below it.

They are sent once, when the run is over, over HTTP to where OpenTelemetry's own variables say. A
collector that does not answer fails no drill, and is waited for a few seconds at most.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from threading import Thread

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.id_generator import IdGenerator

from drills.judgement.result import DrillResult
from drills.reporting.exports.run import Finished, Run
from drills.units import NS

PATIENCE = 3.0  # seconds that a run waits for a collector
_NAME = "incident-drills"
_LOGGER = "opentelemetry.exporter"
_Attributes = Mapping[str, str | float]


def send(run: Run, patience: float = PATIENCE, exporter: SpanExporter | None = None) -> str:
    """Send the spans of all drills; "" where they arrived, and else why they did not."""
    said: list[str] = []
    thread = Thread(target=lambda: said.append(_sent(run, exporter)), daemon=True)
    thread.start()
    thread.join(patience)
    return said[0] if said else f"no answer within {patience:g} s"


def _sent(run: Run, exporter: SpanExporter | None) -> str:
    logger = logging.getLogger(_LOGGER)
    before = logger.level
    logger.setLevel(logging.CRITICAL + 1)  # what it has to say is told in one line
    try:
        found = [span for drill in run.drills for span in spans(drill)]
        receiver = exporter or OTLPSpanExporter()
        if receiver.export(found) is SpanExportResult.SUCCESS:
            return ""
    except Exception as error:  # noqa: BLE001 - whatever it is, the drills are judged
        return f"{type(error).__name__}: {error}"
    finally:
        logger.setLevel(before)
    return "the collector did not take them"


class _Ids(IdGenerator):
    """Made from the drill's id: who exports a drill twice tells of the same trace."""

    def __init__(self, drill: str) -> None:
        self._drill, self._count = drill, 0

    def generate_trace_id(self) -> int:
        return self._made("trace", 16)

    def generate_span_id(self) -> int:
        self._count += 1
        return self._made(str(self._count), 8)

    def _made(self, what: str, size: int) -> int:
        return int.from_bytes(sha256(f"{self._drill}/{what}".encode()).digest()[:size], "big")


class _Kept(SpanProcessor):
    """Keeps what has ended."""

    def __init__(self) -> None:
        self.spans: list[ReadableSpan] = []

    def on_end(self, span: ReadableSpan) -> None:
        """One more."""
        self.spans.append(span)


def spans(drill: Finished) -> Sequence[ReadableSpan]:
    """Those of one drill, itself last."""
    result, kept = drill.result, _Kept()
    provider = TracerProvider(
        resource=_resource(), id_generator=_Ids(result.id), shutdown_on_exit=False
    )
    provider.add_span_processor(kept)
    tracer = provider.get_tracer(_NAME)
    root = tracer.start_span(
        f"drill: {drill.name}",
        context=Context(),  # whatever else is under way in this process
        start_time=_ns(result.started_at),
        attributes=_attributes(result),
    )
    for name, at in _moments(result):
        root.add_event(name, timestamp=_ns(at))
    inside = trace.set_span_in_context(root, Context())
    for name, begin, end, attributes in _inner(result):
        span = tracer.start_span(name, inside, start_time=_ns(begin), attributes=attributes)
        span.end(_ns(max(begin, end)))
    status = trace.StatusCode.OK if drill.met else trace.StatusCode.ERROR
    root.set_status(status, None if drill.met else f"{result.verdict}: {result.reason}")
    root.end(_ns(result.ended_at))
    return kept.spans


def _resource() -> Resource:
    """What the environment says this is, and else our name."""
    said = Resource.create()
    if os.environ.get("OTEL_SERVICE_NAME") or not str(said.attributes[SERVICE_NAME]).startswith(
        "unknown_service"
    ):
        return said
    return said.merge(Resource({SERVICE_NAME: _NAME}))


def _attributes(result: DrillResult) -> dict[str, str | float]:
    known: dict[str, str | float | None] = {
        "drill.id": result.id,
        "drill.feature": result.feature,
        "drill.scenario": result.scenario,
        "drill.example": result.example,
        "drill.verdict": result.verdict,
        "drill.score": result.score.value,
        "drill.severity": result.severity,
        "drill.incident": result.incident,
    }
    return {name: value for name, value in known.items() if value not in ("", None)}


def _zero(result: DrillResult) -> datetime:
    """The moment from which offsets count."""
    told = next(iter(result.timeline), None)
    return told.at - timedelta(seconds=told.offset_s) if told else result.started_at


def _moments(result: DrillResult) -> Iterator[tuple[str, datetime]]:
    zero = _zero(result)
    for mark in result.chart.marks:
        yield mark.name, zero + timedelta(seconds=mark.offset_s)


def _inner(result: DrillResult) -> Iterator[tuple[str, datetime, datetime, _Attributes]]:
    """Phases, faults from effect to undo, and stretches in which a journey failed."""
    zero = _zero(result)
    for span in result.spent:
        begin = zero + timedelta(seconds=span.start_s)
        yield span.name, begin, begin + timedelta(seconds=span.seconds), {"drill.whose": span.whose}
    for fault in result.faults:
        begin, end = fault.effective_at or fault.requested_at, fault.reverted_at or result.ended_at
        yield f"fault: {fault.kind} of {fault.target}", begin, end, {"drill.undone": fault.reverted}
    for series in result.chart.series:
        for each in series.stretches:
            begin, end = (zero + timedelta(seconds=at) for at in (each.start_s, each.end_s))
            yield f"{each.kind} of {series.journey}", begin, end, {"drill.journey": series.journey}


def _ns(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000_000) * (NS // 1_000_000)
