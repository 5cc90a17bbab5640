"""Where a container engine is, and with which certificates it is asked there."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

DEFAULT_TARGET = "unix:///var/run/docker.sock"
SSH = "ssh"
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_SOCKETS = {"unix", "http+unix", "npipe"}
_TCP = {"tcp", "http", "https"}


@dataclass(frozen=True, slots=True)
class Address:
    """An engine's address as DOCKER_HOST has it, and the folder of its certificates.

    That folder has ``ca.pem``, ``cert.pem`` and ``key.pem``; "" where it is asked without them. As
    text, which is kept for whoever heals a drill, it follows a ``#``: no key is in it.
    """

    target: str = DEFAULT_TARGET
    certificates: str = ""

    @classmethod
    def of(cls, text: str) -> Address:
        """The address that a text stands for."""
        target, _, certificates = text.partition("#")
        return cls(target, certificates)

    def __str__(self) -> str:
        return f"{self.target}#{self.certificates}" if self.certificates else self.target

    @property
    def by_ssh(self) -> bool:
        """Whether it is reached by ssh."""
        return urlsplit(self.target).scheme == SSH

    @property
    def remote(self) -> bool:
        """Whether it may be on another machine."""
        return not is_local(self.target)

    @property
    def host(self) -> str:
        """The name or address of its machine, "" for a socket of this one."""
        return urlsplit(self.target).hostname or ""

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which the docker command and compose ask this engine."""
        url = urlsplit(self.target)
        target = self.target
        if url.scheme in _TCP:
            target = url._replace(scheme="tcp").geturl()
        elif url.scheme == "http+unix":
            target = self.target.removeprefix("http+")
        tls = {"DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": self.certificates}
        return {"DOCKER_HOST": target, **(tls if self.certificates else {})}


def is_local(target: str) -> bool:
    """Whether an engine's address can only mean this host."""
    url = urlsplit(target)
    if url.scheme in _SOCKETS:
        return True
    return url.scheme in _TCP and url.hostname in _LOOPBACK
