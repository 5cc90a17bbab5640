"""What a plan says of customers: what they do, how often, and how they get in. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from drills.lifecycle.dry_run import Outline
from drills.stack.journey import Journey, JourneyKind

_UNANSWERED = (
    "no answer is awaited, so what takes its connections (an engine's proxy, a kernel) may hide "
    "that it hangs. Hint: send and expect"
)


def workload(outline: Outline) -> Iterator[str]:
    """Each journey that is made, how often, and when."""
    for name, journey in outline.manifest.journeys.items():
        them = journey.pace.them
        if name in outline.workload:
            begin = "during the fault" if name in outline.late else "part of steady state"
            rate = f"{outline.workload[name]:g} {them} a second"
            yield f"{name}: {rate}, {begin}, until recovery{_how(journey)}"
        elif journey.always:
            rate = f"{journey.rate:g} {them} a second"
            yield f"{name}: {rate}, all the time, part of steady state{_how(journey)}"


def _how(journey: Journey) -> str:
    if journey.kind is JourneyKind.COMMAND:
        return f"; {journey.command[0]} inside {journey.inside}, for {journey.timeout:g} s at most"
    if journey.kind is JourneyKind.CONNECTION and not journey.expect.enough:
        return f"; {_UNANSWERED}"
    return ""


def entering(outline: Outline) -> Iterator[str]:
    """How customers get in, and what somebody might get in with who reads the manifest."""
    login, manifest = outline.manifest.login, outline.manifest
    if login is None:
        return
    if login.asks:
        yield f"{login.method} {login.path} {_gives(login.cookie)}"
    elif login.basic:
        yield "a name and a password with each request (basic)"
    else:
        yield f"with each request the headers {', '.join(login.headers)}"
    for key in () if login.drill_only else login.written:
        where = manifest.where(("login", *key.split(".", 1)))
        yield (
            f"! {where} stands in the file: expected {{env:NAME}}, a variable of the environment. "
            "Hint: drill_only = true says that it is made for drills alone"
        )


def _gives(cookie: str) -> str:
    return f"gives the cookie {cookie}" if cookie else "gives a token"
