"""The drill's own receiver of webhooks."""

from __future__ import annotations

import json

from drills.journal.facts import ErrorNote, Signal
from drills.observers.payload import ALERTMANAGER
from drills.observers.webhook import WebhookWatch
from drills.testing import FakeInbox
from tests.doubles.bench import Bench

AHEAD_NS = 7_000_000_000


def page(name: str, status: str = "firing") -> bytes:
    return json.dumps({"alerts": [{"status": status, "labels": {"alertname": name}}]}).encode()


class Heard:
    """A watch on an inbox whose clock is ahead, and what gave way."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.inbox = FakeInbox(bench.clock, ahead_ns=AHEAD_NS)
        self.gone: list[tuple[str, str]] = []
        self.watch = WebhookWatch(
            *(self.inbox, ALERTMANAGER, bench.journal, bench.clock),
            lambda what, text, _since: self.gone.append((what, text)),
        )


def test_a_notification_is_a_signal_when_it_arrived_on_our_clock(bench: Bench) -> None:
    """However late it is fetched, and whatever the receiver's own clock says."""
    heard = Heard(bench)
    at_ns = bench.clock.monotonic_ns()
    heard.inbox.send(page("ReplicaDown"))
    bench.clock.advance(3)
    heard.watch._ask()
    (signal,) = bench.journal.timeline().all(Signal)
    assert (signal.at_ns, signal.text) == (at_ns, "alert ReplicaDown firing")
    assert (signal.detector, signal.error_ns) == ("alertmanager", 1)


def test_each_is_written_once_and_what_came_last_too(bench: Bench) -> None:
    """Stopping looks once more, and closes the inbox."""
    heard = Heard(bench)
    heard.inbox.send(page("A"))
    heard.watch._ask()
    heard.watch._ask()
    heard.inbox.send(page("A", "resolved"))
    heard.watch.stop()
    heard.watch.stop()
    states = [(each.name, each.state) for each in bench.journal.timeline().all(Signal)]
    assert states == [("A", "firing"), ("A", "resolved")]
    assert heard.inbox.closed


def test_a_payload_of_another_shape_is_told_once(bench: Bench) -> None:
    """With what it has: nobody is told by what cannot be read, and nothing is green by it."""
    heard = Heard(bench)
    for _ in range(3):
        heard.inbox.send(b'{"text": "down"}', "/hook")
    heard.watch._ask()
    (note,) = bench.journal.timeline().all(ErrorNote)
    assert "a webhook to /hook is not of the shape" in note.text
    assert "expected a list under alerts, found the keys text" in note.text
    assert note.detector == "alertmanager"


def test_a_receiver_that_is_gone_is_the_ground_that_gave_way(bench: Bench) -> None:
    """It is the drill's own: the system is not blamed for pages that nobody could receive."""
    heard = Heard(bench)
    heard.watch.start()
    heard.inbox.vanish()
    heard.watch._failed(_asked(heard.inbox))
    heard.watch.stop()
    assert ("webhook receiver", "somebody removed it") in heard.gone


def _asked(inbox: FakeInbox) -> Exception:
    try:
        inbox.clock_ns()
    except Exception as error:  # noqa: BLE001
        return error
    raise AssertionError
