"""What customers show with each request once they are in."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from drills.errors import DrillError
from drills.journal.redaction import Redactor
from drills.stack.content import dig
from drills.stack.http import Answered, Client
from drills.stack.login import TOKEN, Login

SHOWN = 200  # characters of an answer that a failed log-in quotes


class LoginFailed(DrillError):
    """Nobody was let in; the message says what was answered."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Headers by which a customer is known. Each of their values is a secret."""

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    def secrets(self) -> Iterator[str]:
        """What no report may show."""
        for name, value in self.headers.items():
            yield value
            if name == "Cookie":
                yield from (one.partition("=")[2] for one in value.split("; "))
            else:
                yield value.rpartition(" ")[2]


def log_in(login: Login, client: Client) -> Credentials:
    """What a customer is given, or shows anyway.

    Raises LoginFailed with the answer of who lets nobody in, NoAnswer where there is none.
    """
    if not login.asks:
        return Credentials(login.shown)
    answer = client.ask(login.method, login.path, login.sent_body(), login.sent_headers())
    if flaw := _flaw(login, answer):
        said = " ".join(answer.text.split())[:SHOWN]
        quoted = Redactor(list(filter(None, login.secrets())))(said) or "nothing"
        raise LoginFailed(
            f"log-in {login.method} {login.path}: {flaw}; answered {answer.status}: {quoted}"
        )
    if login.cookie:
        cookies = {name: value for name, value in answer.cookies if value}
        given = "; ".join(f"{name}={value}" for name, value in cookies.items())
        return Credentials({"Cookie": given})
    return Credentials({"Authorization": f"Bearer {_token(login, answer)}"})


def _flaw(login: Login, answer: Answered) -> str:
    """What is wrong with an answer; "" where it lets the customer in."""
    expect = login.expect
    if expect is None and answer.status >= 400:
        return "expected a status below 400"
    if expect is not None:
        if answer.status not in expect.status:
            return f"expected the status {' or '.join(map(str, expect.status))}"
        if expect.contains not in answer.text:
            return f"expected an answer that contains {expect.contains!r}"
    if login.cookie:
        names = [name for name, value in answer.cookies if value]
        if login.cookie not in names:
            return f"expected the cookie {login.cookie!r}, got {_listed(names)}"
        return ""
    return "" if _token(login, answer) else f"expected {login.token or TOKEN} in JSON"


def _listed(names: Sequence[str]) -> str:
    return f"the cookies {', '.join(names)}" if names else "no cookie"


def _token(login: Login, answer: Answered) -> str:
    try:
        document = json.loads(answer.text)
    except (ValueError, RecursionError):
        return ""
    found = dig(document, login.token or TOKEN) if isinstance(document, dict) else None
    return found if isinstance(found, str) else ""
