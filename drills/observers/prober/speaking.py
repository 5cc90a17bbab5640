"""How a lane's requests are made: over HTTP or TCP alone, in the clear or over TLS."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

from drills.journal.sample import HTTP, Lane
from drills.observers.prober.exchange import Ending, Exchange
from drills.observers.prober.http1 import AnswerParser
from drills.observers.prober.reactor import Reactor

Speak: TypeAlias = "Callable[[Reactor, bytes, Callable[[Ending], None]], Exchange]"


def speaking(lane: Lane) -> Speak:
    """What makes one exchange of a lane, to be started. Raises PlanError for an unfit CA file."""
    if lane.protocol == HTTP and not lane.ca:
        return partial(_plain, lane.method)
    return _other(lane)


def _plain(
    method: str, reactor: Reactor, request: bytes, done: Callable[[Ending], None]
) -> Exchange:
    return Exchange(reactor, request, AnswerParser(method), done)


def _other(lane: Lane) -> Speak:
    # Only now: a process that asks in the clear has no need of TLS, which takes long to load.
    from drills.observers.prober.conversation import (
        Conversation,
        Listener,
        SecuredConversation,
    )
    from drills.observers.prober.secured import SecuredExchange
    from drills.stack.tls import context_of

    expect, method, name = lane.expect, lane.method, lane.server_name
    if not lane.ca:
        return lambda reactor, request, done: Conversation(reactor, request, Listener(expect), done)
    context = context_of(lane.ca)

    def secured(reactor: Reactor, request: bytes, done: Callable[[Ending], None]) -> Exchange:
        exchange = (
            SecuredExchange(reactor, request, AnswerParser(method), done)
            if lane.protocol == HTTP
            else SecuredConversation(reactor, request, Listener(expect), done)
        )
        exchange.secure(context, name)
        return exchange

    return secured
