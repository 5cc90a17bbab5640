"""How customers get in: what is asked for, what is shown, and what a failure says."""

from __future__ import annotations

from typing import Any

import pytest

from drills.journal.sample import Expect
from drills.stack.credentials import LoginFailed, log_in
from drills.stack.http import Client
from drills.stack.login import Login
from tests.doubles.scripted import Service


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"path": "/", "username": "u", "form": {"a": "b"}}, "expected username and password, or"),
        ({"path": "/", "token": "t", "cookie": "c"}, "expected token or cookie"),
        ({"path": "/", "basic": True, "username": "u"}, "basic is shown with each request"),
        ({"basic": True}, "username: expected a text that is not empty"),
        ({"username": "u", "password": "p"}, "expected path, where a customer logs in, or basic"),
        ({"cookie": "c", "headers": {"a": "b"}}, "cookie: expected path"),
        ({}, "expected path, or basic = true, or headers"),
        ({"path": "/", "expect": Expect(has=("a",))}, "expected status, contains of .* and no has"),
    ],
)
def test_a_login_says_in_one_way_who_comes(fields: dict[str, Any], told: str) -> None:
    """By a request, or by what is shown with each."""
    with pytest.raises(ValueError, match=told):
        Login(**fields)


def got(service: Service, **fields: Any) -> dict[str, str]:
    with Client(service.address) as client:
        return dict(log_in(Login(**fields), client).headers)


def test_a_token_is_a_bearer_s(service: Service) -> None:
    """Wherever it stands in the answer."""
    service.on("/login", {"data": {"token": "t-1"}})
    fields = {"path": "/login", "username": "u", "password": "p", "token": "data.token"}
    assert got(service, **fields) == {"Authorization": "Bearer t-1"}
    assert service.bodies == [b'{"username": "u", "password": "p"}']


def test_a_form_gives_cookies(service: Service) -> None:
    """All that it gives are sent, also those of a redirection, which is what follows a form."""
    service.on("/login", (302, ""))
    service.cookies = [
        "csrf=x; Path=/",
        "old=; Max-Age=0",
        "session=s-1; HttpOnly; Secure; Domain=shop.test",
    ]
    fields = {"path": "/login", "form": {"user": "u", "pass": "p"}, "cookie": "session"}
    assert got(service, **fields) == {"Cookie": "csrf=x; session=s-1"}
    assert service.bodies == [b"user=u&pass=p"]


def test_who_shows_something_asks_nothing(service: Service) -> None:
    """By name and password, or by a header."""
    basic = got(service, basic=True, username="Aladdin", password="open sesame")
    assert basic == {"Authorization": "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="}
    assert got(service, headers={"X-Key": "k"}) == {"X-Key": "k"}
    assert service.asked == []


@pytest.mark.parametrize(
    ("answer", "fields", "told"),
    [
        (
            (401, {"error": "bad\n s3cret-password"}),
            {},
            r"expected a status below 400; answered 401: ",
        ),
        ((200, {"token": 7}), {}, r"expected access_token in JSON; answered 200: \{\"token\": 7\}"),
        ((200, "<html>Log in"), {}, r"expected access_token in JSON; answered 200: <html>Log in"),
        (
            (302, ""),
            {"cookie": "sid"},
            r"expected the cookie 'sid', got no cookie; answered 302",
        ),
        (
            (200, "again"),
            {"expect": Expect(status=(302,))},
            r"expected the status 302",
        ),
        (
            (200, "again"),
            {"expect": Expect(contains="Welcome")},
            r"expected an answer that contains 'Welcome'; answered 200: again",
        ),
    ],
)
def test_a_login_that_fails_says_what_was_answered(
    service: Service, answer: Any, fields: dict[str, Any], told: str
) -> None:
    """Without the password, which an answer may hold."""
    service.on("/login", answer)
    login = {"path": "/login", "username": "u", "password": "s3cret-password", **fields}
    with pytest.raises(LoginFailed, match=f"log-in POST /login: {told}") as caught:
        got(service, **login)
    assert "s3cret" not in str(caught.value)


def test_everything_by_which_one_gets_in_is_a_secret() -> None:
    """The words of a header without its scheme, too."""
    basic = Login(basic=True, username="u", password="p-4711")
    assert {"p-4711", "Basic dTpwLTQ3MTE=", "dTpwLTQ3MTE="} <= {*basic.secrets()}
    form = Login(path="/", form={"user": "u", "pass_word": "x", "password": "y"})
    assert "y" in {*form.secrets()}
    assert "u" not in {*form.secrets()}
