"""Makes pictures smaller: those of the sorted set "pictures" that have no time yet."""

import os
import signal
import sys
import time

import redis


def connected():
    return redis.Redis(os.environ["QUEUE"], socket_timeout=2, socket_connect_timeout=2)


def resize(picture):
    time.sleep(0.02)


def work(queue):
    while True:
        queue.set("resizer", "awake", ex=2)
        for picture in queue.zrangebyscore("pictures", 0, 0, start=0, num=10):
            resize(picture)
            queue.zadd("pictures", {picture: time.time()})
        time.sleep(0.1)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    while True:
        try:
            work(connected())
        except (redis.ConnectionError, redis.TimeoutError) as error:
            print("the queue is away:", error, flush=True)
            time.sleep(0.2)


if __name__ == "__main__":
    main()
