"""The door to httpx: requests that are not measured (the prober makes those that are)."""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self, cast

import httpx

from drills.errors import DrillError
from drills.journal.timeline import Json
from drills.stack import content
from drills.stack.tls import Address, Secured, context_of, why


class NoAnswer(DrillError):
    """The service gave no answer, or not one that was expected."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, whatever its status: its text, and each cookie that it sets."""

    status: int
    text: str
    cookies: tuple[tuple[str, str], ...]


class Client:
    """One service; a connection is kept between requests. Threads have clients of their own.

    ``address`` is where it is, or tells where it is now: that is asked before each request, for a
    restart may publish it elsewhere. One that is ``Secured`` is asked over TLS, and verified.
    """

    def __init__(self, address: Address, timeout: float = 2.0) -> None:
        self._address = address
        self._trust = address.trust if isinstance(address, Secured) else None
        # What is under drill is on this host: a proxy for the world has no part in it. Nor have the
        # world's certificates, which take longer to load than all the questions of a drill to ask.
        nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        known = context_of(self._trust.ca) if self._trust else nobody
        self._client = httpx.Client(timeout=timeout, trust_env=False, verify=known)

    def json(self, path: str, *, timeout: float | None = None) -> Mapping[str, Json]:
        """The JSON object at ``path``, whatever its status. Raises NoAnswer where there is none."""
        return _json(self._request("GET", path, timeout=timeout))

    def text(self, path: str) -> str:
        """The body at ``path`` as text. Raises NoAnswer unless the status is below 500."""
        response = self._request("GET", path)
        if response.status_code >= 500:
            raise NoAnswer(f"{path}: {response.status_code}")
        return response.text

    def ask(self, method: str, path: str, body: str, headers: Mapping[str, str]) -> Answered:
        """The answer to a request, where it leads elsewhere too. Raises NoAnswer for none."""
        response = self._request(method, path, body=body or None, headers=headers)
        pairs = (one.partition(";")[0].partition("=") for one in _cookies(response))
        cookies = tuple((name.strip(), value.strip()) for name, _, value in pairs)
        return Answered(response.status_code, response.text, cookies)

    def send(
        self, method: str, path: str, body: str, headers: Mapping[str, str]
    ) -> Mapping[str, Json]:
        """The JSON object that answers a request. Raises NoAnswer unless it succeeded."""
        response = self._request(method, path, body=body or None, headers=headers)
        if response.is_error:
            raise NoAnswer(f"{method} {path}: {response.status_code}")
        return _json(response)

    def post(self, path: str, body: Mapping[str, Json]) -> str:
        """Post a JSON object; the answer as text. Raises NoAnswer unless it was taken."""
        headers = {"Content-Type": "application/json"}
        response = self._request("POST", path, body=json.dumps(body), headers=headers)
        if response.is_error:
            raise NoAnswer(f"POST {path}: {response.status_code}")
        return response.text

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _request(
        self,
        method: str,
        path: str,
        *,
        body: str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> httpx.Response:
        trust = self._trust
        named = {"Host": trust.server_name} if trust else {}
        try:
            return self._client.request(
                method,
                self._base() + path,
                content=body,
                headers=named | dict(headers or {}),
                timeout=httpx.USE_CLIENT_DEFAULT if timeout is None else timeout,
                extensions={"sni_hostname": trust.server_name} if trust else None,
            )
        except httpx.ConnectError as error:
            of_tls = _of_tls(error)
            said = why(of_tls, trust.server_name) if of_tls and trust else str(error)
            raise NoAnswer(f"{method} {path}: {type(error).__name__}: {said}") from error
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeEncodeError) as error:
            raise NoAnswer(f"{method} {path}: {type(error).__name__}: {error}") from error

    def _base(self) -> str:
        address = self._address
        try:
            host, port = address() if callable(address) else address
        except DrillError as error:
            raise NoAnswer(f"the service has no address: {error}") from error
        scheme = "https" if self._trust else "http"
        return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def _of_tls(error: BaseException | None) -> ssl.SSLError | None:
    """What TLS said, behind an error of httpx's."""
    while error is not None and not isinstance(error, ssl.SSLError):
        error = error.__cause__ or error.__context__
    return error


def _cookies(response: httpx.Response) -> list[str]:
    return list(response.headers.get_list("set-cookie"))


def _json(response: httpx.Response) -> Mapping[str, Json]:
    try:
        answer = _read(response)
    except (ValueError, RecursionError) as error:
        raise NoAnswer(f"{response.request.url.path}: expected JSON: {error}") from error
    if not isinstance(answer, dict):
        raise NoAnswer(f"{response.request.url.path}: expected a JSON object")
    return cast(Mapping[str, Json], answer)


def _read(response: httpx.Response) -> object:
    """The body's JSON; where it is no UTF-8, in the encoding that its header tells."""
    try:
        return json.loads(response.content)
    except UnicodeDecodeError:
        return json.loads(response.text)


def dig(answer: Mapping[str, Json], dotted: str) -> Json:
    """The value under a dotted path such as ``read_replica.status``; None where there is none."""
    return cast(Json, content.dig(answer, dotted))
