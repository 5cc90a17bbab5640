"""Has every packet of a queue wait: its number, and seconds of delay, of jitter and to live."""

from __future__ import annotations

import heapq
import random
import sys
import time
from collections.abc import Callable
from itertools import count

from drills.stack.engines.aboard.packets import READY, Packet, Queue

PATIENCE = 1.0  # seconds for which it waits for a packet before it looks at the clock


def delay(
    queue: Queue,
    seconds: float,
    jitter: float,
    time_to_live: float,
    now: Callable[[], float] = time.monotonic,
) -> None:
    """Let each pass so many seconds after it came, give or take some of the jitter.

    When its time is over, all that wait pass at once.
    """
    chance, order = random.Random(), count()
    waiting: list[tuple[float, int, Packet]] = []
    ends = now() + time_to_live
    while now() < ends:
        while waiting and waiting[0][0] <= now():
            queue.let_pass(heapq.heappop(waiting)[2])
        first = waiting[0][0] if waiting else ends
        for packet in queue.packets(min(first - now(), ends - now(), PATIENCE)):
            due = now() + max(0.0, seconds + chance.uniform(-jitter, jitter))
            heapq.heappush(waiting, (due, next(order), packet))
    for *_, packet in sorted(waiting):
        queue.let_pass(packet)


if __name__ == "__main__":
    queue = Queue(int(sys.argv[1]))
    print(READY, flush=True)
    delay(queue, float(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4]))
