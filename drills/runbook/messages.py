"""Sending a message through apprise, which knows chat, mail, webhooks and more by their address.

It is an extra of this package and asked for only where a message is to be sent.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from threading import get_ident
from typing import Self

from drills.errors import PlanError
from drills.runbook.communication import Message
from drills.stack.http import Client, NoAnswer
from drills.stack.system import Question

MISSING = "expected apprise, which is not installed. Hint: pip install 'incident-drills[notify]'"
_LONGEST = 200  # characters of what apprise says of a failure
_PART = re.compile(r"[^/:@?&=#,;\s]{4,}")


def sender(url: str) -> Callable[[Message], str]:
    """What sends to that address, once a call; it returns "" where it arrived, or why it did not.

    Raises PlanError where nothing can be sent there: the library is missing, the address is none.
    """
    try:
        import apprise
    except ImportError as error:
        raise PlanError(MISSING) from error
    with _Said():
        target = apprise.Apprise.instantiate(url)
    if not isinstance(target, apprise.NotifyBase):
        raise PlanError("expected an address that apprise knows, such as json://host/path")

    def send(message: Message) -> str:
        with _Said() as said:
            warning = apprise.NotifyType.WARNING
            arrived = target.notify(message.body, title=message.title, notify_type=warning)
        return "" if arrived else _without(url, said.last or "it was not taken")

    return send


def poster(at: Question, port: Callable[[str, int], tuple[str, int]]) -> Callable[[Message], str]:
    """What posts to a service of the stack, once a call; it returns as that of ``sender`` does.

    ``port`` tells where a port of a service is now.
    """

    def send(message: Message) -> str:
        body = {"title": message.title, "message": message.body, "type": "warning"}
        try:
            with Client(lambda: port(at.service, at.port)) as client:
                said = client.post(at.path, body)
        except NoAnswer as error:
            return str(error)[:_LONGEST]
        return "" if at.contains in said else f"its answer does not hold {at.contains!r}"

    return send


def _without(url: str, text: str) -> str:
    """A text that tells nothing of an address: it may hold a secret in any part."""
    for part in sorted(_PART.findall(url.partition("://")[2]), key=len, reverse=True):
        text = text.replace(part, "...")
    return text[:_LONGEST]


class _Said(logging.Filter):
    """Keeps the last warning that apprise gives on this thread, and shows nobody what it says.

    It may name the address. What other threads do with apprise is theirs.
    """

    def __init__(self) -> None:
        super().__init__()
        self.last = ""
        self._whose = get_ident()
        self._log = logging.getLogger("apprise")

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep it, where it is this thread's."""
        if record.thread != self._whose:
            return True
        if record.levelno >= logging.WARNING:
            self.last = " ".join(record.getMessage().split())
        return False

    def __enter__(self) -> Self:
        self._log.addFilter(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._log.removeFilter(self)
