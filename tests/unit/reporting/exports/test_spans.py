"""Spans of a drill, and a collector that may not be there."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import StatusCode

from drills.judgement.result import Span, Stretch
from drills.reporting.exports.run import Finished
from drills.reporting.exports.spans import send, spans
from tests.unit.reporting.exports.exported import inconclusive, met, missed, run

SPENT = [
    Span(name="The stack comes up", whose="system", start_s=-5.31, seconds=3),
    Span(name="Until somebody acts", whose="system", start_s=0, seconds=1.62),
]


class Collector(ThreadingHTTPServer):
    """A receiver on the loopback that keeps what it is sent."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.bodies: list[bytes] = []
        self.status = 200
        self.answering = threading.Event()
        self.answering.set()


class _Answering(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        self.server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.answering.wait(30)
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Silent."""


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    with Collector() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "none")
        yield server
        server.answering.set()
        server.shutdown()


def by_name(drill: Finished) -> dict[str, ReadableSpan]:
    return {span.name: span for span in spans(drill)}


def test_a_drill_is_a_trace_with_its_phases_and_faults() -> None:
    """Below one span that is the drill; times are those of the drill."""
    found = by_name(met(spent=SPENT))
    root = found.pop("drill: The read replica stops")
    assert root.parent is None
    assert (root.attributes or {})["drill.verdict"] == "met"
    assert {"The stack comes up", "Until somebody acts", "fault: Stop of postgres-replica"} <= set(
        found
    )
    for span in found.values():
        assert span.parent == root.context
    acted = found["Until somebody acts"]
    assert acted.start_time is not None
    assert acted.end_time is not None
    assert acted.end_time - acted.start_time == 1_620_000_000
    assert root.start_time is not None
    assert found["The stack comes up"].start_time == root.start_time


def test_moments_are_events_and_outages_spans() -> None:
    """As the report's chart marks them."""
    whole = met().result
    (first, *_) = whole.chart.series
    out = first.model_copy(update={"stretches": [Stretch(kind="outage", start_s=1, end_s=3)]})
    found = by_name(met(chart=whole.chart.model_copy(update={"series": [out]})))
    assert f"outage of {first.journey}" in found
    root = found["drill: The read replica stops"]
    assert [event.name for event in root.events] == [mark.name for mark in whole.chart.marks]


@pytest.mark.parametrize("drill", [missed(), inconclusive()])
def test_what_is_not_met_is_an_error(drill: Finished) -> None:
    """With the reason; what is inconclusive is not OK."""
    *_, root = spans(drill)
    assert root.status.status_code is StatusCode.ERROR
    assert drill.result.reason in str(root.status.description)


def test_a_drill_has_the_same_trace_whenever_it_is_told() -> None:
    """And another drill another one."""
    ids = [[span.context.span_id for span in spans(met())] for _ in range(2)]
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == len(ids[0])
    traces = {span.context.trace_id for one in (met(), missed()) for span in spans(one)}
    assert len(traces) == 2


def test_they_arrive_at_a_collector(collector: Collector) -> None:
    """All at once, under our name."""
    assert send(run(met(spent=SPENT), missed())) == ""
    (body,) = collector.bodies
    told = ExportTraceServiceRequest.FromString(body)
    names = {s.name for r in told.resource_spans for sc in r.scope_spans for s in sc.spans}
    assert {"drill: The read replica stops", "drill: It dies", "The stack comes up"} <= names
    (name,) = {
        attribute.value.string_value
        for each in told.resource_spans
        for attribute in each.resource.attributes
        if attribute.key == "service.name"
    }
    assert name == "incident-drills"


def test_the_team_s_own_name_for_it_stays(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the environment says one."""
    monkeypatch.setenv("OTEL_SERVICE_NAME", "nightly")
    assert send(run(met())) == ""
    assert b"nightly" in collector.bodies[0]


def test_a_collector_that_refuses_is_told(collector: Collector) -> None:
    """In a word; nothing is raised."""
    collector.status = 400
    assert send(run(met())) == "the collector did not take them"


def test_a_collector_that_hangs_is_left(collector: Collector) -> None:
    """After the patience that a run has."""
    collector.answering.clear()
    assert send(run(met()), patience=0.2) == "no answer within 0.2 s"


def test_a_collector_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or one that the run does not wait for: it tries a while."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
        assert send(run(met()), patience=0.5) != ""
