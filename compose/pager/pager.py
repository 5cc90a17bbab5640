"""The on-call's pager: takes Alertmanager's webhook, stamps what arrives, shows it to observers.

It is a dead man's switch as well: where the heartbeats of the monitoring stay away it pages that by
itself, for who does not hear from monitoring hears of nothing.

Containers share the kernel's monotonic clock with their host, so a stamp made here can be compared
with one made by whoever runs the drill; GET /clock is for checking that. Standard library only.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
import time
from collections import deque
from dataclasses import asdict, dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

MAX_BODY_BYTES = 1 << 20
MAX_WAIT_S = 10.0
MESSAGES = 1000  # that are kept


class Garbage(Exception):
    """A request that cannot be meant."""


@dataclass(frozen=True)
class Page:
    """One alert of one notification. Stamps are CLOCK_MONOTONIC and CLOCK_REALTIME, in ns."""

    seq: int
    received_monotonic_ns: int
    received_wall_ns: int
    alertname: str
    state: str
    labels: dict[str, str]
    annotations: dict[str, str]
    starts_at: str
    ends_at: str
    fingerprint: str


class Inbox:
    """Every page in the order of arrival, numbered from 1."""

    def __init__(self) -> None:
        self._pages: list[Page] = []
        self._arrived = threading.Condition()

    def take(self, payload: Any, monotonic_ns: int, wall_ns: int) -> int:
        """Stores a webhook payload's alerts and returns how many. Raises Garbage, storing none."""
        if not isinstance(payload, dict) or not isinstance(payload.get("alerts"), list):
            raise Garbage("expected an object with a list of alerts")
        alerts = [_checked(alert) for alert in payload["alerts"]]
        with self._arrived:
            for alert in alerts:
                seq = len(self._pages) + 1
                self._pages.append(Page(seq, monotonic_ns, wall_ns, **alert))
            self._arrived.notify_all()
        return len(alerts)

    def after(self, since: int, wait: float) -> list[Page]:
        """Pages numbered above `since`; waits up to `wait` seconds for the first one."""
        with self._arrived:
            self._arrived.wait_for(lambda: len(self._pages) > since, timeout=wait)
            return self._pages[since:]


class Chat:
    """What people are told, in the order of arrival; the newest of it, where it is much."""

    def __init__(self) -> None:
        self._messages: deque[dict[str, Any]] = deque(maxlen=MESSAGES)

    def take(self, payload: Any, wall_ns: int) -> int:
        """Stores one message. Raises Garbage for what is none."""
        if not isinstance(payload, dict):
            raise Garbage("expected an object with a title and a message")
        said = {key: payload.get(key) for key in ("title", "message")}
        if not all(isinstance(text, str) and text for text in said.values()):
            raise Garbage("a message has a title and a message")
        self._messages.append({"received_wall_ns": wall_ns, **said})
        return 1

    def all(self) -> list[dict[str, Any]]:
        """All of them."""
        return list(self._messages)


def _checked(alert: Any) -> dict[str, Any]:
    if not isinstance(alert, dict):
        raise Garbage("an alert is not an object")
    labels, annotations = _texts(alert.get("labels")), _texts(alert.get("annotations", {}))
    if "alertname" not in labels or alert.get("status") not in ("firing", "resolved"):
        raise Garbage("an alert has a name and is firing or resolved")
    return {
        "alertname": labels["alertname"],
        "state": alert["status"],
        "labels": labels,
        "annotations": annotations,
        "starts_at": str(alert.get("startsAt", "")),
        "ends_at": str(alert.get("endsAt", "")),
        "fingerprint": str(alert.get("fingerprint", "")),
    }


def _beats(payload: Any) -> bool:
    if not isinstance(payload, dict) or payload.get("status") not in ("firing", "resolved"):
        raise Garbage("a heartbeat is firing or resolved")
    return bool(payload["status"] == "firing")


def _texts(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise Garbage("labels and annotations must map names to texts")
    return value


class DeadMansSwitch:
    """Pages when heartbeats stay away for `silence` seconds, and when there is one again."""

    def __init__(self, inbox: Inbox, silence: float) -> None:
        self._inbox = inbox
        self._silence = silence
        self._beaten = threading.Condition()
        self._last = 0.0

    @property
    def heard(self) -> bool:
        """Whether the monitoring has lived: nobody can miss what was never there."""
        return self._last > 0

    def beat(self) -> None:
        """The monitoring lives."""
        with self._beaten:
            self._last = time.monotonic()
            self._beaten.notify_all()

    def watch(self) -> None:
        """Pages, for ever."""
        with self._beaten:
            self._beaten.wait_for(lambda: self._last > 0)
            while True:
                self._sleep_while_it_beats()
                self._page("firing")
                silent_since = self._last
                self._beaten.wait_for(lambda: self._last > silent_since)  # noqa: B023
                self._page("resolved")

    def _sleep_while_it_beats(self) -> None:
        while (left := self._last + self._silence - time.monotonic()) > 0:
            self._beaten.wait(left)

    def _page(self, state: str) -> None:
        alert = {
            "labels": {"alertname": "MonitoringSilent", "severity": "P1", "service": "prometheus"},
            "annotations": {
                "summary": f"No heartbeat of the monitoring for {self._silence:g} s.",
                "runbook": "Monitoring Silent",
            },
            "status": state,
            "fingerprint": "dead-mans-switch",
        }
        self._inbox.take({"alerts": [alert]}, time.monotonic_ns(), time.time_ns())


class Handler(BaseHTTPRequestHandler):
    """POST /alerts, POST /heartbeat, GET /alerts?since=&wait=, GET /clock, GET /health.

    And POST /messages, GET /messages: what people are told of an incident, as a chat would show it.
    """

    server: Pager
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_POST(self) -> None:
        """Takes a notification or a heartbeat; 400 for what is none."""
        monotonic_ns, wall_ns = time.monotonic_ns(), time.time_ns()
        path = urlsplit(self.path).path
        if path == "/heartbeat":
            self._beat()
            return
        if path not in ("/alerts", "/messages"):
            self._answer(404, {"error": "not found"})
            return
        try:
            body = self._body()
            if path == "/messages":
                taken = self.server.chat.take(body, wall_ns)
            else:
                taken = self.server.inbox.take(body, monotonic_ns, wall_ns)
        except Garbage as error:
            self.close_connection = True
            self._answer(400, {"error": str(error)})
            return
        self._answer(200, {"taken": taken})

    def _beat(self) -> None:
        """Of a notification that is firing; that it is resolved is no sign of life."""
        try:
            beats = _beats(self._body())
        except Garbage as error:
            self.close_connection = True
            self._answer(400, {"error": str(error)})
            return
        if beats:
            self.server.switch.beat()
        self._answer(200, {"taken": int(beats)})

    def do_GET(self) -> None:
        """Pages, the clock, or a sign of life."""
        url = urlsplit(self.path)
        try:
            if url.path == "/alerts":
                self._answer(200, self._pages(parse_qs(url.query)))
            elif url.path == "/messages":
                self._answer(200, {"messages": self.server.chat.all()})
            elif url.path == "/clock":
                self._answer(200, {"monotonic_ns": time.monotonic_ns(), "wall_ns": time.time_ns()})
            elif url.path == "/health":
                heard = self.server.switch.heard
                self._answer(200, {"status": "ok", "heartbeat": heard})
            else:
                self._answer(404, {"error": "not found"})
        except Garbage as error:
            self._answer(400, {"error": str(error)})

    def _pages(self, query: dict[str, list[str]]) -> dict[str, Any]:
        try:
            since = int(query.get("since", ["0"])[0])
            wait = float(query.get("wait", ["0"])[0])
        except ValueError:
            raise Garbage("since and wait are numbers") from None
        if since < 0 or not 0 <= wait <= MAX_WAIT_S:
            raise Garbage(f"since starts at 0, wait is at most {MAX_WAIT_S:g} s")
        pages = self.server.inbox.after(since, wait)
        return {
            "records": [asdict(page) for page in pages],
            "last_seq": pages[-1].seq if pages else since,
            "monotonic_ns": time.monotonic_ns(),
        }

    def _body(self) -> Any:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > MAX_BODY_BYTES:
            raise Garbage("a length below 1 MiB is needed")
        try:
            return json.loads(self.rfile.read(int(length)))
        except (ValueError, RecursionError):
            raise Garbage("not JSON") from None

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: Any) -> None:
        """Says nothing: the pages are the record."""


class Pager(ThreadingHTTPServer):
    """The server, its inbox, and the switch, which `silence` seconds without a heartbeat trip."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, host: str, port: int, silence: float) -> None:
        super().__init__((host, port), Handler)
        self.inbox, self.chat = Inbox(), Chat()
        self.switch = DeadMansSwitch(self.inbox, silence)
        threading.Thread(target=self.switch.watch, daemon=True).start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hung up is no error of the pager's."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def main() -> None:
    """Serves until SIGTERM."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--silence", type=float, default=10.0, help="seconds without a heartbeat")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    Pager(options.host, options.port, options.silence).serve_forever()


if __name__ == "__main__":
    main()
