"""What customers do, and how it is asked: over HTTP, by a command, over TCP, by a question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from drills.errors import PlanError, near
from drills.journal.rules import check, matching, misfit, optional, positive, up_to
from drills.journal.sample import HTTP, TCP, Expect, Lane
from drills.stack.content import ID, canonical, dig, fields_of
from drills.stack.request import Request
from drills.stack.system import Endpoint


class JourneyKind(StrEnum):
    """How a journey is made: the key of the manifest that says what is done."""

    HTTP = "path"
    COMMAND = "command"
    CONNECTION = "connect"
    QUESTION = "ask"


class Pace(NamedTuple):
    """How often a kind of journey is asked a second, and may be; ``them`` is what it is many of."""

    usual: float
    fastest: float
    them: str


PACES: Mapping[JourneyKind, Pace] = {
    JourneyKind.HTTP: Pace(10, 1000, "requests"),
    JourneyKind.COMMAND: Pace(1, 5, "commands"),  # each takes the engine a tenth of a second
    JourneyKind.CONNECTION: Pace(10, 1000, "connections"),
    JourneyKind.QUESTION: Pace(1, 20, "questions"),  # each has a connection of its own
}
FASTEST = PACES[JourneyKind.HTTP].fastest
USUAL: Any = None  # of a rate that is left out
# What only one kind of journey has, by the names of the manifest.
_OWN: Mapping[JourneyKind, tuple[str, ...]] = {
    JourneyKind.HTTP: (
        *("method", "headers", "body", "form", "authenticated", "forbidden"),
        *("route", "fail_over_to", "size", "at"),
    ),
    JourneyKind.COMMAND: ("in", "user", "refuses"),
    JourneyKind.CONNECTION: ("send",),
    JourneyKind.QUESTION: ("node",),
}
_EXPECTS: Mapping[JourneyKind, tuple[str, ...]] = {
    JourneyKind.COMMAND: ("fields", "has", "trailer", "contains", "pattern", "rows"),
    JourneyKind.CONNECTION: ("contains", "pattern"),
    JourneyKind.QUESTION: ("contains", "pattern", "rows"),
}


@dataclass(frozen=True, kw_only=True)
class Journey(Request):
    """Something customers do, ``rate`` times a second, by default as is usual for its kind.

    It is one of these: a request to ``path``; a ``command`` inside a service (``inside``, by
    ``user`` or its own), which must end with 0; a TCP connection to ``connect``, on which ``send``
    may be said; a question that is asked of the ``node`` of the data ("" for the primary).

    ``always`` journeys are probed from before the fault to the end; the others are the workload,
    started by a step at the rate that it names. ``timeout`` and ``slow`` are seconds.
    ``fail_over_to`` is the route that serves it once it has failed over. ``size`` is the share of
    its smallest answer in steady state that an answer must have at least, 0 for any; without one it
    is half, of answers that are not tiny. ``service`` is what the journey is a part of, as the
    incident record calls that: ticked there when requests of the journey failed. A ``forbidden``
    one is what nobody has a right to: it is no customer's, goes without the customers' token, and
    being refused is what it expects. ``at`` is where it is asked, past the entry that the others
    use. ``refuses`` are exit codes by which a command promises that nothing was done.
    """

    method: str = "GET"
    rate: float = USUAL
    always: bool = False
    authenticated: bool = True
    forbidden: bool = False
    timeout: float = 2.0
    slow: float = 1.0
    route: str = ""
    fail_over_to: str = ""
    size: float | None = None
    service: str = ""
    at: Endpoint | None = None
    expect: Expect = field(default_factory=Expect)
    command: tuple[str, ...] = field(default=(), repr=False)
    inside: str = ""
    user: str = ""
    refuses: tuple[int, ...] = ()
    connect: Endpoint | None = None
    send: str = field(default="", repr=False)
    ask: str = ""
    node: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check_kind()
        pace = PACES[self.kind]
        if self.rate is USUAL:
            object.__setattr__(self, "rate", pace.usual)
        check(
            self,
            method=matching(r"^[A-Z]+$"),
            rate=up_to(pace.fastest),
            timeout=positive,
            slow=positive,
            size=optional(lambda share: up_to(1)(share) if share else ""),
        )
        if self.fail_over_to and not self.route:
            text = "needs route: the field that says who served an answer"
            raise misfit("fail_over_to", text=text)
        if self.method == "HEAD" and self.expect.of_body:
            foreign = self.expect.of_body
            text = f"a HEAD has no body: expected no {', '.join(foreign)}"
            raise misfit("expect", foreign[0], text=text)
        self._check_forbidden()

    def _check_kind(self) -> None:
        """Raise ValueError unless it is of one kind, with nothing that only another one has."""
        said = [kind for kind in JourneyKind if getattr(self, kind)]
        if len(said) != 1:
            known = ", ".join(JourneyKind)
            got = " and ".join(said) or "none, or an empty one"
            raise misfit(*said[1:2], text=f"expected one of {known}, got {got}")
        (kind,) = said
        others = [name for other in JourneyKind if other is not kind for name in _OWN[other]]
        if foreign := [name for name in others if self._differs(name)]:
            text = f"a journey with {kind} has no {', '.join(foreign)}"
            raise misfit(foreign[0], text=text)
        if kind is not JourneyKind.HTTP:
            self._check_expect(kind)
        if kind is JourneyKind.COMMAND and not self.inside:
            raise misfit("in", text="expected the service in which the command is run")
        if kind is JourneyKind.QUESTION and ID in self.ask:
            raise misfit("ask", text=f"a question writes nothing: expected no {ID}")

    def _check_expect(self, kind: JourneyKind) -> None:
        known = _EXPECTS[kind]
        foreign = [name for name in self.expect.of_body if name not in known]
        if self.expect.status != Expect().status:
            foreign.insert(0, "status")
        if foreign:
            raise misfit(
                *("expect", foreign[0]),
                text=f"what is expected with {kind} is {', '.join(known)}: "
                f"expected no {', '.join(foreign)}",
            )
        if ID in self.send and not self.expect.enough:
            raise misfit(
                "expect", text="a write is acknowledged by an answer: expected contains or pattern"
            )
        if 0 in self.refuses:
            raise misfit("refuses", text="0 is success: expected other exit codes")

    def _differs(self, name: str) -> bool:
        """Whether it says this itself."""
        of_python = "inside" if name == "in" else name
        default = type(self).__dataclass_fields__[of_python]
        value = getattr(self, of_python)
        return bool(value != default.default if not isinstance(value, Mapping) else value)

    def _check_forbidden(self) -> None:
        if self.forbidden and not all(400 <= status < 500 for status in self.expect.status):
            raise misfit(
                *("expect", "status"),
                text="what is forbidden expects to be refused: a status such as [401, 403], "
                f"got {list(self.expect.status)}",
            )
        if self.forbidden and (self.fail_over_to or self.service):
            raise misfit(
                "fail_over_to" if self.fail_over_to else "service",
                text="what is forbidden is no customer's: expected no fail_over_to, service",
            )

    @property
    def kind(self) -> JourneyKind:
        """How it is made."""
        return next(kind for kind in JourneyKind if getattr(self, kind))

    @property
    def pace(self) -> Pace:
        """How often it is asked, and may be."""
        return PACES[self.kind]

    @property
    def probed(self) -> bool:
        """Whether the prober asks it, over the network; else this process does."""
        return self.kind in (JourneyKind.HTTP, JourneyKind.CONNECTION)

    @property
    def writes(self) -> bool:
        """Whether each request has an id of its own."""
        return any(ID in text for text in self._texts())

    def _texts(self) -> Iterator[str]:
        yield from (self.path, self.body, self.send)
        yield from self.command
        yield from self.headers.values()
        yield from self.form.values()

    def endpoint(self, entry: Endpoint | None) -> Endpoint | None:
        """Where it is asked, of what the prober asks; ``entry`` is where customers enter."""
        return self.connect or self.at or entry

    def fields(self) -> list[str]:
        """The fields that it sends."""
        return sorted(fields_of(self.sent_body()))

    def content(self, names: tuple[str, ...]) -> tuple[str | None, ...]:
        """The canonical forms of what it sends under these (dotted) names, ``{id}`` in them."""
        fields = fields_of(self.sent_body())
        return tuple(canonical(dig(fields, name)) for name in names)

    def lane(
        self,
        name: str,
        address: tuple[str, int],
        credentials: Mapping[str, str],
        rate: float,
        content: tuple[str, ...] = (),
        entry: Endpoint | None = None,
    ) -> Lane:
        """The journey as the prober is told to ask it; ``content`` names what a write says.

        ``credentials`` are the headers by which customers are known, ``entry`` is where they enter.
        """
        own = self.forbidden or self.has_header("authorization") or self.has_header("cookie")
        shown = dict(credentials) if self.authenticated and not own else {}
        at = self.endpoint(entry)
        trust = at.trust if at else None
        return Lane(
            name=name,
            host=address[0],
            port=address[1],
            path=self.path,
            rate=rate,
            method=self.method,
            headers=shown | self.sent_headers() if self.path else {},
            body=self.sent_body() if self.path else self.send,
            expect=self.expect,
            timeout=self.timeout,
            slow=self.slow,
            route=self.route,
            content=self.content(content),
            size=0.0 if self.size is None and (self.writes or not self.path) else self.size,
            protocol=HTTP if self.path else TCP,
            ca=trust.ca if trust else "",
            server_name=trust.server_name if trust else "",
        )


def named(journeys: Mapping[str, Journey], name: str) -> Journey:
    """One of these journeys by its name. Raises PlanError naming those there are."""
    if name not in journeys:
        known = ", ".join(sorted(journeys)) or "none"
        hint = near(name, journeys)
        raise PlanError(f"expected one of the journeys ({known}), got {name!r}{hint}")
    return journeys[name]
