"""The page is made of parts, each marked with what it was made of: one that is the same is kept.

So a page of ten thousand drills that gets one more is not made anew. A part that was changed by
anybody else is no part: its hash stands in its mark.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

from drills.journal import regular

_BEGIN, _END = b"<!--part ", b"<!--end-->\n"
_LEFT = re.compile(rb"<!--left ([0-9a-f]{16}) ([0-9]{1,12})-->\n")
_MARK = re.compile(rb"([0-9a-f]{16}) ([0-9a-f]{32})-->\n")


class Parts:
    """The parts of the page as it is, and those that it gets. ``made`` counts the latter.

    What there was no room for leaves its size, so that it is not made again to be left out again.
    """

    def __init__(self, page: Path | None) -> None:
        self._kept: dict[bytes, str] = {}
        self._sizes: dict[bytes, int] = {}
        self._left: dict[str, int] = {}
        self.made = 0
        try:
            old = regular.read(page) if page else b""
        except OSError:
            return
        self._sizes = {each[1]: int(each[2]) for each in _LEFT.finditer(old)}
        for each in old.split(_BEGIN)[1:]:
            mark, whole = _MARK.match(each), each.partition(_END)[0]
            if mark and mark[2] == _digest(whole[mark.end() :]):
                part = _BEGIN + whole + _END
                self._kept[mark[1]] = part.decode("utf-8", "replace")
                self._sizes[mark[1]] = len(part)

    def part(self, key: str, make: Callable[[], str]) -> str:
        """The part that belongs to the key, with its mark; ``make`` is asked where there is none.

        Nothing in it may end a comment: whoever makes it escapes every text.
        """
        short = _short(key)
        if kept := self._kept.get(short.encode()):
            return kept
        body = make()
        self.made += 1
        digest = _digest(body.encode("utf-8", "replace")).decode()
        return f"<!--part {short} {digest}-->\n{body}<!--end-->\n"

    def fitting(self, key: str, make: Callable[[], str], room: int) -> tuple[str, int] | None:
        """The same and its size, at most ``room`` bytes; None where there is no room for it."""
        short = _short(key)
        size = self._sizes.get(short.encode(), 0)
        if size <= room:
            part = self.part(key, make)
            if short.encode() not in self._kept:
                size = len(part.encode("utf-8", "replace"))
            if size <= room:
                return part, size
        self._left[short] = size
        return None

    def left(self) -> str:
        """What the page keeps of those that had no room."""
        return "".join(f"<!--left {short} {size}-->\n" for short, size in self._left.items())


def _short(key: str) -> str:
    return hashlib.blake2b(key.encode(), digest_size=8).hexdigest()


def _digest(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=16).hexdigest().encode()
