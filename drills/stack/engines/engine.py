"""The connection to a container engine that speaks Docker's API.

Here the SDK's and requests' exceptions become EngineError and UnknownTarget.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

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
from docker.tls import TLSConfig
from docker.utils import kwargs_from_env

from drills.errors import EngineError, UnknownTarget
from drills.stack.engines.access import forbidden, not_allowed
from drills.stack.engines.address import DEFAULT_TARGET, Address
from drills.stack.engines.bindings import reached
from drills.stack.engines.tunnel import Tunnel, tunnel_to

ACT_SECONDS = 60.0  # what may take a while: stop, start, remove, execute
READ_SECONDS = 10.0  # what answers from memory: list, inspect, logs, stats
_FOREIGN = (DockerException, requests.RequestException, urllib3.exceptions.HTTPError, OSError)
_HINT = "Hint: `make setup` installs and starts one where it can."


class Engine:
    """A connection to the engine at ``address`` (see ``Address``), for many threads.

    Without one it is the engine that the docker command would talk to: it follows DOCKER_HOST and
    then the active context. Raises EngineError for an engine that is not on this host, unless
    ``allow_remote``: a drill must not break somebody else's containers; and for one there that
    nobody vouches for.
    """

    def __init__(self, address: str = "", *, allow_remote: bool = False) -> None:
        self._parameters = _connection_parameters(address)
        self.target: str = self._parameters.get("base_url") or DEFAULT_TARGET
        self.address = Address(self.target, _certificates(self._parameters.get("tls")))
        if self.address.remote:
            _refuse(self.address, self._parameters.get("tls"), allowed=allow_remote)
        self._tunnel: Tunnel | None = None
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
        client = _Client(version=self._version, timeout=bound, **self._reaching())
        self._version = client.api_version
        return client

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which the docker command and compose ask this very engine.

        Raises EngineError where it is not reached by ssh.
        """
        if self.address.by_ssh:
            return Address(self._by_ssh().engine()).environment
        return self.address.environment

    def published(self, bindings: Sequence[Mapping[str, str]]) -> tuple[str, int]:
        """Where a port that it published so is reached from here. Raises EngineError."""
        tunnel = self._by_ssh() if self.address.by_ssh else None
        return reached(bindings, self.address, tunnel)

    @contextmanager
    def asked(self, question: str, *, seconds: float = READ_SECONDS) -> Iterator[APIClient]:
        """This thread's connection, its answers bounded by ``seconds``, its errors made ours."""
        with self.door(question):
            self._reaching()
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

    def _reaching(self) -> dict[str, Any]:
        """The SDK's words for it; where it is reached by ssh, once the way there is open."""
        if self.address.by_ssh:
            return {"base_url": self._by_ssh().engine()}
        return self._parameters

    def _by_ssh(self) -> Tunnel:
        if self._tunnel is None:
            self._tunnel = tunnel_to(self.target)
        return self._tunnel

    def version(self) -> str:
        """The engine's version, such as ``26.1.5``."""
        with self.asked("ask the engine's version") as client:
            return str(client.version()["Version"])


class _Client(APIClient):
    """A connection that goes by what it is given alone.

    Of the environment ``requests`` would take other authorities to believe (REQUESTS_CA_BUNDLE)
    before those of the engine, a proxy on the way, and passwords.
    """

    trust_env = property(lambda _self: False, lambda _self, _given: None)


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


def _refuse(address: Address, tls: TLSConfig | None, *, allowed: bool) -> None:
    """Raise EngineError for an engine elsewhere that is not allowed, or not vouched for."""
    where = f"the container engine at {address.target}"
    if not allowed:
        raise EngineError(
            f"{where} is not on this host, so nothing is done. Hint: unset DOCKER_HOST and `docker "
            "context use default`, or allow it on purpose: --drill-remote for drills, --remote for "
            "the drills command"
        )
    if tls is not None and not address.certificates:
        raise EngineError(
            f"{where} would be believed to be who it says it is, so nothing is done. Hint: "
            "DOCKER_TLS_VERIFY=1, or a context without skip-tls-verify"
        )


def _certificates(tls: TLSConfig | None) -> str:
    """The folder of certificates that are checked against each other, "" for none."""
    if tls is None or not tls.verify or not tls.cert:
        return ""
    return str(Path(tls.cert[0]).absolute().parent)


def _connection_parameters(text: str) -> dict[str, Any]:
    """How to connect to an address, with the keys of today's choice where it is the same one."""
    if not text:
        return _chosen_parameters()
    address = Address.of(text)
    if address.certificates:
        return {"base_url": address.target, "tls": _tls(Path(address.certificates))}
    with suppress(EngineError):
        chosen = _chosen_parameters()
        if address.target == (chosen.get("base_url") or DEFAULT_TARGET):
            return chosen
    return {"base_url": address.target}


def _tls(folder: Path) -> TLSConfig:
    """Raises EngineError where the certificates are not there any more."""
    try:
        return TLSConfig(
            client_cert=(str(folder / "cert.pem"), str(folder / "key.pem")),
            ca_cert=str(folder / "ca.pem"),
            verify=True,
        )
    except DockerException as error:
        raise EngineError(f"the engine's certificates are not in {folder}: {error}") from error


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
