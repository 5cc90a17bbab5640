"""The connection to a container engine that speaks Docker's API.

Here the SDK's and requests' exceptions become EngineError and UnknownTarget.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from docker import APIClient
from docker.context import ContextAPI
from docker.errors import (
    APIError,
    DockerException,
    NotFound,
    create_api_error_from_http_exception,
)
from docker.utils import kwargs_from_env

from drills.errors import EngineError, UnknownTarget
from drills.stack.engines.access import forbidden, not_allowed

ACT_SECONDS = 60.0  # what may take a while: stop, start, remove, execute
READ_SECONDS = 10.0  # what answers from memory: list, inspect, logs, stats
DEFAULT_TARGET = "unix:///var/run/docker.sock"
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_FOREIGN = (DockerException, requests.RequestException, urllib3.exceptions.HTTPError, OSError)
_HINT = "Hint: `make setup` installs and starts one where it can."


class Engine:
    """A connection to the engine at ``address``, for many threads.

    Without one it is the engine that the docker command would talk to: it follows DOCKER_HOST and
    then the active context. Raises EngineError for an engine that is not on this host, unless
    ``allow_remote``: a drill must not break somebody else's containers.
    """

    def __init__(self, address: str = "", *, allow_remote: bool = False) -> None:
        self._parameters = _connection_parameters(address)
        self.target: str = self._parameters.get("base_url") or DEFAULT_TARGET
        if not allow_remote and not is_local(self.target):
            raise EngineError(
                f"the container engine at {self.target} is not on this host, so nothing is done. "
                "Hint: unset DOCKER_HOST and `docker context use default`, or allow it on purpose."
            )
        self._version: str | None = None
        self._of_thread = threading.local()

    @property
    def answered(self) -> bool:
        """Whether it ever answered: without that nothing else was asked of it, so nothing made."""
        return self._version is not None

    def client(self, seconds: float = ACT_SECONDS) -> APIClient:
        """A new connection; the caller closes it. Raises what the SDK raises.

        ``seconds`` bounds each of its answers, from the first one on, which tells the version.
        """
        # The SDK's own hint says int; it hands the number on to requests, which takes fractions.
        bound: Any = seconds
        client = APIClient(version=self._version, timeout=bound, **self._parameters)
        self._version = client.api_version
        return client

    @contextmanager
    def asked(self, question: str, *, seconds: float = READ_SECONDS) -> Iterator[APIClient]:
        """This thread's connection, its answers bounded by ``seconds``, its errors made ours."""
        with self.door(question):
            client = getattr(self._of_thread, "client", None)
            if client is None:
                client = self._of_thread.client = self.client(seconds)
            client.timeout = seconds
            yield client

    @contextmanager
    def door(self, question: str) -> Iterator[None]:
        """Turn the SDK's exceptions into UnknownTarget and EngineError that name the question."""
        try:
            yield
        except NotFound as error:
            raise UnknownTarget(f"{question}: {_reason(error)}") from error
        except APIError as error:
            raise EngineError(f"{question}: the engine refused: {_reason(error)}") from error
        except requests.exceptions.ReadTimeout as error:
            raise EngineError(f"{question}: the engine at {self.target} did not answer") from error
        except _FOREIGN as error:
            if forbidden(error):
                raise EngineError(f"{question}: {not_allowed(self.target)}") from error
            raise EngineError(
                f"{question}: no container engine answers at {self.target} ({error}). {_HINT}"
            ) from error

    def version(self) -> str:
        """The engine's version, such as ``26.1.5``."""
        with self.asked("ask the engine's version") as client:
            return str(client.version()["Version"])


def posted(client: APIClient, path: str, body: Mapping[str, Any]) -> bytes:
    """The answer to a request that the SDK has no words for. Raises what the SDK raises."""
    with post(client, path, body) as answer:
        return answer.content


def post(client: APIClient, path: str, body: Mapping[str, Any]) -> requests.Response:
    """The same, not read yet."""
    address = f"{client.base_url}/v{client.api_version}/{path}"
    answer = client.post(address, json=dict(body), timeout=client.timeout, stream=True)
    try:
        answer.raise_for_status()
    except requests.HTTPError as error:
        create_api_error_from_http_exception(error)
    return answer


def ensure_engine(allow_remote: bool = False) -> str:
    """The engine's address and version. Raises EngineError with a hint when none answers."""
    engine = Engine(allow_remote=allow_remote)
    return f"{engine.target} (version {engine.version()})"


def is_local(target: str) -> bool:
    """Whether an engine's address can only mean this host."""
    url = urlsplit(target)
    if url.scheme in {"unix", "http+unix", "npipe"}:
        return True
    return url.scheme in {"tcp", "http", "https"} and url.hostname in _LOOPBACK


def _connection_parameters(address: str) -> dict[str, Any]:
    """How to connect to an address, with the keys of today's choice where it is the same one."""
    if not address:
        return _chosen_parameters()
    with suppress(EngineError):
        chosen = _chosen_parameters()
        if address == (chosen.get("base_url") or DEFAULT_TARGET):
            return chosen
    return {"base_url": address}


def _chosen_parameters() -> dict[str, Any]:
    """What the docker command would connect to: DOCKER_HOST first, then the active context."""
    try:
        from_environment = kwargs_from_env()
        if from_environment.get("base_url"):
            return dict(from_environment)
        return dict(ContextAPI.kwargs_from_context())
    except (DockerException, OSError, ValueError) as error:
        raise EngineError(f"the engine's address cannot be found out: {error}") from error


def _reason(error: APIError) -> str:
    return str(error.explanation or error)
