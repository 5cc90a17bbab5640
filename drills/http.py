"""The door to httpx: requests that are not measured (the prober makes those that are)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import TracebackType
from typing import Self, cast

import httpx

from drills.errors import DrillError
from drills.timeline import Json


class NoAnswer(DrillError):
    """The service gave no answer, or not one that was expected."""


class Client:
    """One service at one address; a connection is kept between requests. Threads have their own."""

    def __init__(self, address: tuple[str, int], timeout: float = 2.0) -> None:
        self.address = address
        host, port = address
        # What is under drill is on this host: a proxy for the world has no part in it.
        self._client = httpx.Client(
            base_url=f"http://{host}:{port}", timeout=timeout, trust_env=False
        )

    def json(self, path: str, *, timeout: float | None = None) -> Mapping[str, Json]:
        """The JSON object at ``path``, whatever its status. Raises NoAnswer where there is none."""
        return _json(self._request("GET", path, timeout=timeout))

    def text(self, path: str) -> str:
        """The body at ``path`` as text. Raises NoAnswer unless the status is below 500."""
        response = self._request("GET", path)
        if response.status_code >= 500:
            raise NoAnswer(f"{path}: {response.status_code}")
        return response.text

    def post(self, path: str, body: Mapping[str, Json]) -> Mapping[str, Json]:
        """The JSON object that answers a POST. Raises NoAnswer unless it succeeded."""
        response = self._request("POST", path, content=json.dumps(body))
        if response.is_error:
            raise NoAnswer(f"POST {path}: {response.status_code}")
        return _json(response)

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
        self, method: str, path: str, *, content: str | None = None, timeout: float | None = None
    ) -> httpx.Response:
        try:
            return self._client.request(
                method,
                path,
                content=content,
                headers={"Content-Type": "application/json"} if content else None,
                timeout=httpx.USE_CLIENT_DEFAULT if timeout is None else timeout,
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NoAnswer(f"{method} {path}: {type(error).__name__}: {error}") from error


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
    value: Json = answer
    for key in dotted.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value
