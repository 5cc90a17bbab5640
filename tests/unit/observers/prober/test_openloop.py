"""One lane: what becomes of each due request, and that every one of them becomes something."""

from __future__ import annotations

import errno
import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drills.journal.rowfile import RowFile
from drills.journal.sample import Expect, Outcome
from drills.journal.samples import Stall, read_stalls
from drills.observers.prober.exchange import Address
from drills.observers.prober.hiccup import HiccupMeter
from drills.observers.prober.reactor import NS
from tests.unit.observers.prober.asking import MS, Asker, lane
from tests.unit.observers.prober.server import Act, ScriptedServer, answer, serving

CSV = Expect(trailer="#rows,")
UNEXPECTED = "status 302, expected 200 by its journey's expect.status"


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("script", "expect", "outcome", "status", "detail"),
    [
        ([answer()], Expect(), Outcome.OK, 200, ""),
        ([CHUNKED + b"2\r\nid\r\n0\r\n\r\n"], Expect(), Outcome.OK, 200, ""),
        ([b"HTTP/1.0 200\r\n\r\nall", Act.CLOSE], Expect(), Outcome.OK, 200, ""),
        ([answer(b"id\n1\n#rows,1\n")], CSV, Outcome.OK, 200, ""),
        ([answer(b"id\n1\n#rows,2\n")], CSV, Outcome.WRONG, 200, "1 rows, the closing line says 2"),
        ([answer(b"", 404)], Expect(), Outcome.REJECTED, 404, "status 404"),
        ([answer(b"", 500)], Expect(), Outcome.ERROR, 500, "status 500"),
        (
            [answer(b'{"committed":false}', 503)],
            *(Expect(), Outcome.REJECTED, 503, "status 503, not committed"),
        ),
        ([answer(b"", 302)], Expect(), Outcome.ERROR, 302, UNEXPECTED),
        ([b"SSH-2.0\r\n"], Expect(), Outcome.WRONG, 0, "not HTTP/1"),
        (
            [answer(length=5_000_000)],
            *(Expect(), Outcome.WRONG, 200, "a body of more than 4194304 bytes"),
        ),
        ([Act.CLOSE], Expect(), Outcome.RESET, 0, "closed without an answer"),
        ([Act.RESET], Expect(), Outcome.RESET, 0, os.strerror(errno.ECONNRESET)),
        ([b"HTTP/1.1 200", Act.CLOSE], Expect(), Outcome.RESET, 0, "closed amid the head"),
        ([CHUNKED + b"2\r\nid\r\n", Act.CLOSE], CSV, Outcome.RESET, 200, "closed amid the body"),
        ([answer(length=9), Act.CLOSE], Expect(), Outcome.RESET, 200, "closed amid the body"),
    ],
)
def test_what_the_server_does_decides_the_outcome(
    asker: Asker,
    server: ScriptedServer,
    script: list[bytes | Act],
    expect: Expect,
    outcome: Outcome,
    status: int,
    detail: str,
) -> None:
    """Right, wrong, definitely not done, unknown: each told from the others over a real socket."""
    server.on("/", *script)
    (sample,) = asker.ask(lane(server.port, expect=expect))
    assert (sample.outcome, sample.status, sample.detail) == (outcome, status, detail)
    assert sample.intended_ns <= sample.sent_ns <= sample.ended_ns


def test_a_closed_port_refuses(asker: Asker) -> None:
    """Nothing was sent, and nothing can have been processed."""
    with serving() as gone:
        pass
    (sample,) = asker.ask(lane(gone.port))
    assert (sample.outcome, sample.status) == (Outcome.REFUSED, 0)
    assert sample.detail == os.strerror(errno.ECONNREFUSED)


def test_a_right_answer_after_its_limit_is_slow(asker: Asker, server: ScriptedServer) -> None:
    """Counted from the instant it was due; a wrong one stays wrong."""
    server.on("/", answer())
    (sample,) = asker.ask(lane(server.port, slow=1e-9))
    assert (sample.outcome, sample.status) == (Outcome.SLOW, 200)


@pytest.mark.parametrize(
    ("script", "detail"),
    [([Act.HANG], "no answer"), ([b"HTTP/1.1 200 OK\r\n", Act.HANG], "half an answer")],
)
def test_a_server_that_hangs_is_given_up_at_the_deadline(
    stepper: Asker, server: ScriptedServer, script: list[bytes | Act], detail: str
) -> None:
    """The detail says how far the answer came."""
    server.on("/", *script)
    loop = stepper.begin(lane(server.port))
    stepper.advance(10 * NS)
    server.played.acquire()
    stepper.turn()
    assert loop.flying == 1
    stepper.advance(900 * NS)
    (sample,) = stepper.samples()
    assert (sample.outcome, sample.detail) == (Outcome.TIMEOUT, detail)


def test_the_timeout_counts_from_the_intended_instant(
    stepper: Asker, server: ScriptedServer
) -> None:
    """A request sent 40 ms late has 40 ms less to be answered in."""
    server.on("/", Act.HANG)
    loop = stepper.begin(lane(server.port, rate=10, timeout=0.2))
    stepper.advance(140 * MS)
    assert loop.flying == 1
    stepper.advance(160 * MS - 1)
    assert loop.flying == 1
    stepper.advance(1)
    (sample,) = stepper.samples()
    assert sample.outcome is Outcome.TIMEOUT
    assert sample.sent_ns - sample.intended_ns == 40 * MS
    assert sample.ended_ns - sample.intended_ns == 200 * MS


def test_an_answer_that_is_there_beats_its_timeout(stepper: Asker, server: ScriptedServer) -> None:
    """A prober that wakes after the deadline and finds an answer calls it late, not missing."""
    server.on("/", answer())
    stepper.begin(lane(server.port, timeout=0.2))
    stepper.advance(10 * NS)
    server.played.acquire()
    stepper.advance(1 * NS)
    (sample,) = stepper.samples()
    assert (sample.outcome, sample.latency) == (Outcome.SLOW, 1.0)


def test_requests_beyond_the_cap_are_dropped_and_counted(
    stepper: Asker, server: ScriptedServer
) -> None:
    """A system that hangs is not buried, and what was due and not sent is in the record."""
    server.on("/", Act.HANG)
    stepper.begin(lane(server.port, rate=100, in_flight=2, limit=5))
    for _ in range(5):
        stepper.advance(10 * MS)
    dropped = stepper.samples()
    assert [(sample.seq, sample.outcome) for sample in dropped] == [
        (2, Outcome.DROPPED),
        (3, Outcome.DROPPED),
        (4, Outcome.DROPPED),
    ]
    assert {sample.detail for sample in dropped} == {"2 in flight"}
    assert all(s.intended_ns == s.sent_ns == s.ended_ns for s in dropped)


def test_what_was_due_while_the_prober_stood_still_is_dropped(stepper: Asker) -> None:
    """Late by more than 50 ms at 100 a second: not sent, not silently skipped."""
    with serving() as gone:
        pass
    stepper.begin(lane(gone.port, rate=100, limit=0))
    stepper.advance(120 * MS)
    outcomes = [(sample.outcome, sample.detail) for sample in stepper.samples()]
    assert outcomes[:6] == [(Outcome.DROPPED, "prober stalled")] * 6
    assert [outcome for outcome, _ in outcomes[6:]] == [Outcome.REFUSED] * 6


def test_a_request_already_past_its_timeout_is_not_sent(stepper: Asker) -> None:
    """A lane with a short time-out does not send what could only time out."""
    with serving() as gone:
        pass
    stepper.begin(lane(gone.port, rate=1, timeout=0.02))
    stepper.advance(1020 * MS)
    assert [sample.detail for sample in stepper.samples()] == ["prober stalled"]


@given(
    rate=st.floats(0.5, 1000),
    steps=st.lists(st.integers(0, 400 * MS), min_size=1, max_size=12),
)
def test_every_due_instant_becomes_exactly_one_sample(
    tmp_path_factory: pytest.TempPathFactory, rate: float, steps: list[int]
) -> None:
    """However unevenly the prober runs, the schedule holds and nothing is missing or twice."""
    with serving() as gone:
        pass
    stepper = Asker(tmp_path_factory.mktemp("lane"), runs=False)
    loop = stepper.begin(lane(gone.port, rate=rate, limit=0))
    for step in steps:
        stepper.advance(step)
    loop.stop(lambda: None)
    samples = stepper.samples()
    stepper.close()
    due = [s.intended_ns - loop.start_ns for s in samples]
    assert [s.seq for s in samples] == list(range(len(samples)))
    assert due == [round((n + 1) * NS / rate) for n in range(len(samples))]
    passed = sum(steps)
    assert round(len(samples) * NS / rate) <= passed < round((len(samples) + 1) * NS / rate)


def test_the_first_request_is_due_one_period_after_the_start(stepper: Asker) -> None:
    """And the n-th n periods after it: rounding does not add up."""
    with serving() as gone:
        pass
    loop = stepper.begin(lane(gone.port, rate=3, limit=0))
    for _ in range(9):
        stepper.advance(NS // 3 + 1)
    assert [s.intended_ns - loop.start_ns for s in stepper.samples()] == [
        round(n * NS / 3) for n in range(1, 10)
    ]


def test_a_write_carries_its_id_and_the_id_is_on_file_before(
    asker: Asker, server: ScriptedServer, tmp_path: Path
) -> None:
    """The sample, the intent and the request name the same fresh UUID."""
    server.on("/orders", answer(b"{}", 201))
    write = lane(server.port, "/orders", method="POST", body='{"id": "{id}"}', limit=2)
    first, second = asker.ask(replace(write, expect=Expect(status=(201,))))
    assert first.outcome is second.outcome is Outcome.OK
    assert first.subject != second.subject
    assert len(first.subject) == 36
    intents = (tmp_path / "reads.intents.jsonl").read_text()
    sent = b"".join(server.requests).decode()
    for sample in (first, second):
        assert f'[{sample.seq},{sample.intended_ns},"{sample.subject}"]\n' in intents
        assert f'Content-Length: 46\r\n\r\n{{"id": "{sample.subject}"}}' in sent


def test_a_write_whose_intent_is_not_on_file_is_not_sent(
    asker: Asker, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a full disk an unknown write could never be named afterwards."""

    def full(_file: RowFile, _row: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(RowFile, "write", full)
    (sample,) = asker.ask(lane(server.port, "/{id}"))
    assert sample.outcome is Outcome.DROPPED
    assert "intent not written" in sample.detail
    assert server.requests == []


def test_the_client_ends_every_connection_with_a_reset(
    asker: Asker, server: ScriptedServer
) -> None:
    """No port is left waiting, on either side."""
    server.on("/", answer())
    asker.ask(lane(server.port, limit=3))
    for _ in range(3):
        server.ended.acquire()
    assert server.endings == ["reset"] * 3


def test_a_large_body_is_sent_in_parts(asker: Asker, server: ScriptedServer) -> None:
    """A socket that takes only part of a request gets the rest when it can."""
    server.on("/", answer())
    body = "x" * 6_000_000
    (sample,) = asker.ask(lane(server.port, method="POST", body=body))
    assert sample.outcome is Outcome.OK
    assert server.requests[0].endswith(body.encode())
    assert len(server.requests[0]) > len(body)


def test_a_lane_without_a_free_descriptor_counts_as_dropped(
    asker: Asker, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What this machine could not send is no failure of the system under drill."""

    def none_left(*_: object) -> None:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    monkeypatch.setattr("drills.observers.prober.exchange.socket.socket", none_left)
    (sample,) = asker.ask(lane(server.port))
    assert (sample.outcome, sample.sent_ns) == (Outcome.DROPPED, sample.intended_ns)
    assert sample.detail == f"prober: {os.strerror(errno.EMFILE)}"


def test_a_retargeted_lane_asks_the_other_address(asker: Asker, server: ScriptedServer) -> None:
    """What is due afterwards goes there, on the same schedule and under the new Host."""
    server.on("/", answer())
    with serving() as other:
        other.on("/", answer())
        loop = asker.begin(lane(server.port, limit=2))
        asker.advance(10 * NS)
        asker.run_until(lambda: not loop.flying)
        loop.retarget(Address("127.0.0.1", other.port), "erp", other.port)
        asker.advance(10 * NS)
        asker.run_until(lambda: not loop.flying)
    assert len(server.requests) == 1
    assert f"Host: erp:{other.port}\r\n".encode() in other.requests[0]
    samples = asker.samples()
    assert [sample.outcome for sample in samples] == [Outcome.OK] * 2
    assert samples[1].intended_ns - samples[0].intended_ns == 10 * NS


def test_a_stopped_lane_waits_for_what_is_in_flight(asker: Asker, server: ScriptedServer) -> None:
    """And nothing more falls due meanwhile."""
    go = threading.Event()
    server.on("/", go, answer())
    loop = asker.begin(lane(server.port, limit=0))
    asker.advance(10 * NS)
    asker.advance(10 * NS)
    finished: list[int] = []
    loop.stop(lambda: finished.append(loop.asked))
    asker.advance(10 * NS)
    assert (loop.flying, finished) == (2, [])
    go.set()
    asker.run_until(lambda: bool(finished))
    assert finished == [2]
    assert [sample.outcome for sample in asker.samples()] == [Outcome.OK] * 2


def test_what_is_abandoned_is_unknown(stepper: Asker, server: ScriptedServer) -> None:
    """The drill died: a request in flight may have been processed."""
    server.on("/", Act.HANG)
    loop = stepper.begin(lane(server.port))
    stepper.advance(10 * NS)
    loop.abandon()
    (sample,) = stepper.samples()
    assert (sample.outcome, sample.detail) == (Outcome.TIMEOUT, "no outcome recorded")


def test_a_gap_in_the_probers_own_running_is_recorded(stepper: Asker, tmp_path: Path) -> None:
    """A gap over 20 ms beyond the 5 ms period is; a shorter one is not."""
    rows = RowFile(tmp_path / "stalls.jsonl")
    HiccupMeter(stepper.reactor, rows)
    for gap in (5, 25, 5, 26, 5):
        stepper.advance(gap * MS)
    rows.close()
    assert read_stalls(tmp_path) == [Stall(10**12 + 61 * MS, 26 * MS)]
