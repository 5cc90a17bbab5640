"""The page on the loopback: whoever is not the page itself, or a person, gets nothing of it."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator

import httpx
import pytest

from drills.cli.watch.page import LivePage
from drills.cli.watch.server import Server
from drills.errors import PlanError

SECRET = "what the drill came to"


class Made:
    """Pages by their number; each state is another one."""

    def __init__(self) -> None:
        self.state = 0
        self.page = LivePage(lambda: self.state, lambda number: f"{SECRET} {number}")


@pytest.fixture
def made() -> Made:
    return Made()


@pytest.fixture
def server(made: Made) -> Iterator[Server]:
    with Server(made.page, 0) as server:
        yield server


def get(server: Server, path: str = "", method: str = "GET", **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.request(method, server.url + path, headers=named, trust_env=False)


def port(server: Server) -> int:
    return int(server.url.split(":")[2].split("/")[0])


def test_who_was_told_the_address_sees_the_page(server: Server) -> None:
    """A person who typed it, by either name of the loopback, and the page itself."""
    for name in ("127.0.0.1", "localhost", "LOCALHOST"):
        assert get(server, Host=f"{name}:{port(server)}").text == f"{SECRET} 1"
    own = f"http://127.0.0.1:{port(server)}"
    assert get(server, Sec_Fetch_Site="none").status_code == 200
    assert get(server, "now?after=0", Origin=own, Sec_Fetch_Site="same-origin").status_code == 200


@pytest.mark.parametrize("path", ["", "now", "now?after=0", "elsewhere"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:{port}"},
        {"Host": "127.0.0.1"},
        {"Host": "127.0.0.1:1"},
        {"Host": "127.0.0.1.evil.example:{port}"},
        {"Host": ""},
        {"Origin": "http://evil.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "https://127.0.0.1:{port}"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": ""},
    ],
    ids=str,
)
def test_anybody_else_is_refused(server: Server, path: str, headers: dict[str, str]) -> None:
    """Whatever is asked for: a name that leads here, a page of elsewhere, another port's."""
    told = {name: value.format(port=port(server)) for name, value in headers.items()}
    answer = get(server, path, **told)
    assert answer.status_code == 403
    assert SECRET not in answer.text


@pytest.mark.parametrize("hosts", [[], ["{own}", "{own}"], ["{own}", "evil.example"]], ids=str)
def test_one_host_is_named_and_no_more(server: Server, hosts: list[str]) -> None:
    """What a proxy and a server would understand differently is understood by nobody."""
    connection = http.client.HTTPConnection("127.0.0.1", port(server), timeout=30)
    connection.putrequest("GET", "/" + server.url.split("/", 3)[3], skip_host=True)
    for host in hosts:
        connection.putheader("Host", host.format(own=f"127.0.0.1:{port(server)}"))
    connection.endheaders()
    assert connection.getresponse().status == 403
    connection.close()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "FROB"])
def test_nothing_is_done_but_reading(server: Server, method: str) -> None:
    """Whatever else is asked is not allowed."""
    answer = get(server, method=method)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")
    assert SECRET not in answer.text


def test_a_head_has_no_body(server: Server) -> None:
    """And is of the same length."""
    answer = get(server, method="HEAD")
    assert answer.status_code == 200
    assert answer.content == b""
    assert int(answer.headers["Content-Length"]) == len(f"{SECRET} 1")


@pytest.mark.parametrize("path", ["/", "/{t}", "/{t}/x", "/{t}/../etc/passwd", "/x/now", "/x/{t}/"])
def test_there_is_nothing_but_the_page(server: Server, path: str) -> None:
    """No folder, no file, and no page for who does not know its address."""
    connection = http.client.HTTPConnection("127.0.0.1", port(server), timeout=30)
    connection.request("GET", path.format(t=server.url.split("/")[3]))
    answer = connection.getresponse()
    assert answer.status == 404
    assert SECRET not in answer.read().decode()
    connection.close()


def test_what_is_no_request_ends_nothing(server: Server) -> None:
    """Bytes of whatever kind, or who hangs up: the page is served all the same."""
    for nonsense in (b"\0\xff\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b""):
        with socket.create_connection(("127.0.0.1", port(server)), timeout=30) as asking:
            asking.sendall(nonsense)
    assert get(server).status_code == 200


def test_each_address_is_another_one_that_nobody_guesses(made: Made, server: Server) -> None:
    """Other users of the machine reach the port, too."""
    with Server(made.page, 0) as other:
        paths = {one.url.split("/")[3] for one in (server, other)}
    assert len(paths) == 2
    assert min(map(len, paths)) >= 20


def test_it_listens_on_the_loopback_alone(server: Server) -> None:
    """Nobody on the network reaches it."""
    assert server._socket.socket.getsockname()[0] == "127.0.0.1"


def test_what_is_sent_is_kept_and_framed_by_nobody(server: Server) -> None:
    """Nor sniffed at, nor told on as a referrer; what serves it is not said."""
    for answer in (get(server), get(server, "x"), get(server, Host="evil.example")):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Content-Security-Policy"] == "frame-ancestors 'none'"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Server"] == "drills"
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_the_page_is_asked_for_what_is_new(made: Made, server: Server) -> None:
    """Nothing where it has that already; and who does not look has no page made."""
    assert get(server, "now").status_code == 204
    assert made.page._number == 0
    assert get(server, "now?after=0").text == f"{SECRET} 1"
    assert get(server, "now?after=1").status_code == 204
    assert get(server, "now?after=one").text == f"{SECRET} 1"


def test_it_becomes_the_report(made: Made, server: Server) -> None:
    """The page is told to load again; fetched is what was fetched whole, after the end."""
    get(server)
    assert not server.fetched.is_set()
    made.page.finish(b"the report")
    for path in ("now", "now?after=1"):
        assert get(server, path).status_code == 205
    get(server, method="HEAD")
    assert get(server, Host="evil.example").status_code == 403
    assert not server.fetched.is_set()
    assert get(server).text == "the report"
    assert server.fetched.wait(30)


def test_a_port_that_is_taken_is_told(server: Server, made: Made) -> None:
    """With its number."""
    taken = port(server)
    with pytest.raises(PlanError, match=rf"expected port {taken} of 127.0.0.1.*already in use"):
        Server(made.page, taken)
