"""A lane being asked: due instants that nothing moves, and exactly one sample for each of them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial

from drills.journal.observed import NO_OUTCOME
from drills.journal.rowfile import RowFile
from drills.journal.sample import HTTP, Lane, Outcome, Sample
from drills.observers.prober.check import Check, Judgement
from drills.observers.prober.exchange import Address, Broken, Ending, Exchange, Taken
from drills.observers.prober.http1 import Answer, render
from drills.observers.prober.reactor import NS, Reactor, Timer
from drills.observers.prober.speaking import speaking
from drills.observers.prober.usual import UsualSize
from drills.stack.content import written

LATENESS_NS = 50_000_000
_ID = b"{id}"
_ID_SAMPLE = "0" * 36


class OpenLoop:
    """Asks one lane. The n-th request is due at ``start_ns + (n + 1) / rate``, whatever happened.

    ``intents`` is where a write's id is recorded before it is sent; it is needed by lanes that
    have ``{id}`` in their path, headers or body. ``redact`` is applied to what a sample keeps of
    an answer. ``finished`` is called once: after ``stop`` (or the lane's limit), when no request is
    in flight any more.
    """

    def __init__(
        self,
        reactor: Reactor,
        lane: Lane,
        address: Address,
        samples: RowFile,
        intents: RowFile | None,
        redact: Callable[[str], str],
    ) -> None:
        self.lane = lane
        self._check = Check(lane.expect, lane.route, redact)
        self._speak = speaking(lane)
        self._usual = UsualSize(lane.size)
        self.start_ns = reactor.now()
        self.asked = 0
        self._reactor = reactor
        self._samples = samples
        self._intents = intents
        self._flying: dict[int, Exchange] = {}
        self._over = False
        self._finished: Callable[[], None] | None = None
        self._late_ns = int(max(NS / lane.rate, LATENESS_NS))
        self._slow_ns = int(min(lane.slow, lane.timeout) * NS)
        self._timeout_ns = int(lane.timeout * NS)
        self.retarget(address, lane.host, lane.port)
        self._timer: Timer = reactor.at(self._due(0), self._tick)

    @property
    def flying(self) -> int:
        """How many requests are in flight."""
        return len(self._flying)

    def retarget(self, address: Address, host: str, port: int) -> None:
        """Send what is due from now on to another address."""
        lane = self.lane
        self._address = address
        if lane.protocol != HTTP:
            self._request = lane.body.encode()
            return
        # The length of the body is that with the id in place; an id has always the same length.
        body = lane.body.replace("{id}", _ID_SAMPLE).encode()
        authority = lane.server_name if lane.ca else f"{host}:{port}"
        head = render(lane.method, lane.path, authority, lane.headers, body)
        self._request = head[: len(head) - len(body)] + lane.body.encode()

    def end_steady_state(self) -> bool:
        """Hold answers to their usual size from now on; whether that is known."""
        return self._usual.fix()

    def stop(self, finished: Callable[[], None]) -> None:
        """Let nothing more fall due; call ``finished`` when what is in flight has ended."""
        self._meet_due()
        self._over = True
        self._timer.cancel()
        self._finished = finished
        self._perhaps_finished()

    def abandon(self) -> None:
        """End what is in flight now, as unknown."""
        for exchange in list(self._flying.values()):
            exchange.abandon(NO_OUTCOME)

    def _due(self, seq: int) -> int:
        # From the start each time: adding a rounded period up would drift.
        return self.start_ns + round((seq + 1) * NS / self.lane.rate)

    def _tick(self) -> None:
        self._meet_due()
        if self._over:
            self._perhaps_finished()
        else:
            self._timer = self._reactor.at(self._due(self.asked), self._tick)

    def _meet_due(self) -> None:
        while not self._over:
            due, now = self._due(self.asked), self._reactor.now()
            if due > now:
                return
            seq = self.asked
            self.asked += 1
            self._over = self.asked == self.lane.limit
            self._meet(seq, due, now - due)

    def _meet(self, seq: int, due_ns: int, late_ns: int) -> None:
        if late_ns > self._late_ns or late_ns >= self._timeout_ns:
            self._drop(seq, due_ns, "prober stalled")
        elif len(self._flying) >= self.lane.in_flight:
            self._drop(seq, due_ns, f"{self.lane.in_flight} in flight")
        else:
            self._send(seq, due_ns)

    def _send(self, seq: int, due_ns: int) -> None:
        request, subject, content = self._request, "", ""
        if self._intents is not None:
            subject = str(uuid.uuid4())
            request = request.replace(_ID, subject.encode())
            content = written(self.lane.content, subject) if self.lane.content else ""
            try:
                self._intents.write([seq, due_ns, subject, *filter(None, [content])])
            except OSError as error:
                self._drop(seq, due_ns, f"prober: intent not written: {error.strerror}")
                return
        sent_ns = self._reactor.now()
        done = partial(self._ended, seq, due_ns, sent_ns, (subject, content))
        exchange = self._speak(self._reactor, request, done)
        self._flying[seq] = exchange
        exchange.start(self._address, due_ns + self._timeout_ns)

    def _ended(
        self, seq: int, due_ns: int, sent_ns: int, write: tuple[str, str], ending: Ending
    ) -> None:
        ended_ns = ending.at_ns if isinstance(ending, Taken) else self._reactor.now()
        subject, content = write
        del self._flying[seq]
        lane = self.lane
        if isinstance(ending, Broken):
            outcome, detail, route = ending.outcome, ending.detail, ""
        else:
            judgement = self._judge(ending, subject)
            outcome, detail, route = judgement.outcome, judgement.detail, judgement.route
            if outcome is Outcome.OK and (flaw := self._usual.flaw(len(ending.body))):
                outcome, detail = Outcome.WRONG, flaw
        if outcome is Outcome.OK and ended_ns - due_ns > self._slow_ns:
            outcome = Outcome.SLOW
        if outcome is Outcome.DROPPED:
            sent_ns = ended_ns = due_ns
        self._keep(
            Sample(
                *(lane.name, seq, due_ns, sent_ns, ended_ns, outcome),
                *(ending.status, route, subject, detail, content),
            )
        )
        self._perhaps_finished()

    def _judge(self, ending: Answer | Taken, subject: str) -> Judgement:
        if isinstance(ending, Taken):
            return self._check.of_text(ending.body, subject)
        return self._check(ending, subject)

    def _drop(self, seq: int, due_ns: int, detail: str) -> None:
        self._keep(
            Sample(
                *(self.lane.name, seq, due_ns, due_ns, due_ns, Outcome.DROPPED),
                detail=detail,
            )
        )

    def _keep(self, sample: Sample) -> None:
        self._samples.add(sample.row())

    def _perhaps_finished(self) -> None:
        if self._over and not self._flying and self._finished is not None:
            finished, self._finished = self._finished, None
            finished()
