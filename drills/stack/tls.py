"""TLS as a client of a team's own stack has it: whom it trusts, and by which name.

Nothing here asks without verifying: who trusts nobody's certificate is told which one was shown.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from drills.errors import PlanError

_NAME, _ADDRESS = 62, 64  # OpenSSL's numbers of a certificate that is for somebody else
_WHY = {
    9: "its certificate is not valid yet",
    10: "its certificate has expired",
    18: "its certificate is untrusted: it has signed itself",
    19: "its certificate is untrusted: nobody in the CA file has signed it",
    20: "its certificate is untrusted: nobody in the CA file has signed it",
    21: "its certificate is untrusted: nobody in the CA file has signed it",
    23: "its certificate was revoked",
    _NAME: "its certificate is for another name",
    _ADDRESS: "its certificate is for another address",
}


# Where something is, or who tells where it is now.
Address: TypeAlias = "tuple[str, int] | Callable[[], tuple[str, int]]"


@dataclass(frozen=True, slots=True)
class Trust:
    """The file of certificates that is trusted, and the name that whoever answers must prove."""

    ca: str
    server_name: str


@dataclass(frozen=True, slots=True)
class Secured:
    """An address that is asked over TLS only; called, it tells where that is now."""

    address: Address
    trust: Trust

    def __call__(self) -> tuple[str, int]:
        """Where it is now."""
        return self.address() if callable(self.address) else self.address


def secured(address: Address, trust: Trust | None) -> Address:
    """The same address, asked over TLS where there is somebody to trust."""
    return Secured(address, trust) if trust else address


def context_of(ca: str) -> ssl.SSLContext:
    """What trusts the certificates of this file alone, and checks names.

    Raises PlanError where there is no such file, or no certificate in it.
    """
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cafile=ca)
    except ssl.SSLError as error:
        raise PlanError(f"{ca}: expected certificates in PEM form, found none") from error
    except OSError as error:
        raise PlanError(f"{ca}: expected a file of certificates: {error.strerror}") from error
    return context


def why(error: ssl.SSLError, name: str = "") -> str:
    """Why TLS did not come about, in words; ``name`` is the one that was to be proven."""
    if isinstance(error, ssl.SSLCertVerificationError):
        text = _WHY.get(error.verify_code, f"its certificate is untrusted: {error.verify_message}")
        return f"{text} than {name}" if error.verify_code in (_NAME, _ADDRESS) else text
    reason = (error.reason or str(error)).replace("_", " ").lower()
    if "wrong version number" in reason or "http request" in reason:
        return "it speaks no TLS"
    return f"TLS: {reason}"
