"""How late this very process runs: what it could not see, no interval may claim to know."""

from __future__ import annotations

from drills.journal.rowfile import RowFile
from drills.observers.prober.reactor import Reactor

PERIOD_NS = 5_000_000
TOLERATED_NS = 20_000_000


class HiccupMeter:
    """Wakes every 5 ms and writes ``[at_ns, gap_ns]`` when a gap is over 20 ms longer than that.

    ``at_ns`` is the end of the gap, ``gap_ns`` its length.
    """

    def __init__(self, reactor: Reactor, rows: RowFile) -> None:
        self._reactor = reactor
        self._rows = rows
        self._last_ns = reactor.now()
        reactor.at(self._last_ns + PERIOD_NS, self._wake)

    def _wake(self) -> None:
        now = self._reactor.now()
        gap = now - self._last_ns
        if gap > PERIOD_NS + TOLERATED_NS:
            self._rows.add([now, gap])
        self._last_ns = now
        self._reactor.at(now + PERIOD_NS, self._wake)
