"""The door to httpx: every way not to answer is the same error."""

from __future__ import annotations

import ssl

import httpx
import pytest

from drills.errors import EngineError
from drills.stack.http import Client, NoAnswer, _json, dig
from tests.doubles.scripted import Service, vanish


def test_json_is_read_whatever_the_status(service: Service) -> None:
    """A health endpoint says what is wrong with a 503."""
    service.on("/health", (503, {"status": "degraded"}))
    with Client(service.address) as client:
        assert client.json("/health") == {"status": "degraded"}


@pytest.mark.parametrize("body", ["no JSON", "[1]", '"text"', ""])
def test_anything_but_an_object_is_no_answer(service: Service, body: str) -> None:
    """So that nobody has to look at what came before asking for a field."""
    service.on("/health", body)
    with Client(service.address) as client, pytest.raises(NoAnswer, match="/health: expected"):
        client.json("/health")


@pytest.mark.parametrize(
    ("told", "name"), [("; charset=iso-8859-1", "Gr\xfc\xdfe"), ("", "Gr\ufffd\ufffde")]
)
def test_json_that_is_no_utf_8_is_read_as_its_header_says(told: str, name: str) -> None:
    """Without a word of it, what cannot be read is replaced, and the rest is there."""
    headers = {"Content-Type": f"application/json{told}"}
    body = '{"status": "ok", "name": "Gr\xfc\xdfe"}'.encode("latin-1")
    request = httpx.Request("GET", "http://h/health")
    said = _json(httpx.Response(200, headers=headers, content=body, request=request))
    assert said == {"status": "ok", "name": name}


def test_nobody_there_is_no_answer(service: Service) -> None:
    """With what was asked and why there was none."""
    vanish(service)
    with Client(service.address) as client, pytest.raises(NoAnswer, match="GET /x: ConnectError"):
        client.json("/x")


def test_an_address_that_is_none_is_no_answer(service: Service) -> None:
    """A path from a manifest may be nonsense."""
    with Client(service.address) as client, pytest.raises(NoAnswer, match="InvalidURL"):
        client.json("/\x00")


def test_text_of_a_server_error_is_no_answer(service: Service) -> None:
    """A 404 has a text, a 502 has none worth keeping."""
    service.on("/bad", (502, "bad gateway"))
    with Client(service.address) as client:
        assert "not scripted" in client.text("/missing")
        with pytest.raises(NoAnswer, match="/bad: 502"):
            client.text("/bad")


def test_what_is_sent_must_succeed_and_be_answered_in_json(service: Service) -> None:
    """A refused login is no answer."""
    service.on("/login", {"token": "t"})
    service.on("/refused", (401, {"detail": "no"}))
    with Client(service.address) as client:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        assert client.send("POST", "/login", "user=drill", form) == {"token": "t"}
        assert service.bodies == [b"user=drill"]
        assert service.headers[-1]["Content-Type"] == form["Content-Type"]
        with pytest.raises(NoAnswer, match="POST /refused: 401"):
            client.send("POST", "/refused", "", {})


def test_where_a_service_is_now_is_asked_before_each_request(service: Service) -> None:
    """A restart may publish it elsewhere, and while it is down it is nowhere."""
    service.on("/health", {"status": "ok"})
    addresses: list[tuple[str, int]] = [service.address, ("127.0.0.1", 1)]

    def address() -> tuple[str, int]:
        if not addresses:
            raise EngineError("port 80 of web is not published")
        return addresses.pop(0)

    with Client(address) as client:
        assert client.json("/health") == {"status": "ok"}
        with pytest.raises(NoAnswer, match="ConnectError"):
            client.json("/health")
        with pytest.raises(NoAnswer, match="port 80 of web is not published"):
            client.json("/health")


def test_a_proxy_for_the_world_is_not_asked(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is under drill is on this host, whatever the environment says."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    service.on("/health", {"status": "ok"})
    with Client(service.address) as client:
        assert client.json("/health") == {"status": "ok"}


@pytest.mark.parametrize(
    ("path", "value"),
    [("a.b", 1), ("a", {"b": 1}), ("a.b.c", None), ("x", None), ("a.x", None)],
)
def test_a_dotted_path_is_followed_or_nothing(path: str, value: object) -> None:
    """A missing key or a value that is no object ends in None."""
    assert dig({"a": {"b": 1}}, path) == value


def test_no_certificates_are_loaded(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """They take a tenth of a second of processor time, and nothing here is asked over TLS."""
    loaded: list[object] = []
    for door in ("load_verify_locations", "load_default_certs"):
        monkeypatch.setattr(ssl.SSLContext, door, lambda *args, **_: loaded.append(args))
    service.on("/health", {"status": "ok"})
    with Client(service.address) as client:
        assert client.json("/health") == {"status": "ok"}
    assert loaded == []
