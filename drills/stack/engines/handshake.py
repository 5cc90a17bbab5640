"""What a server shows of itself when a TLS connection begins."""

from __future__ import annotations

import socket
import ssl

from drills.errors import EngineError

SECONDS = 2.0
_ENDED = 10  # X509_V_ERR_CERT_HAS_EXPIRED


def expired(host: str, port: int) -> bool:
    """Whether the certificate that is served there has ended, whoever it was issued by.

    Raises EngineError where nobody begins a TLS connection there.
    """
    try:
        shown = ssl.get_server_certificate((host, port), timeout=SECONDS)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_flags = ssl.VERIFY_X509_PARTIAL_CHAIN  # it vouches for itself here
        context.load_verify_locations(cadata=shown)
        with socket.create_connection((host, port), SECONDS) as plain, context.wrap_socket(plain):
            return False
    except ssl.SSLCertVerificationError as error:
        return error.verify_code == _ENDED
    except (OSError, ValueError) as error:
        raise EngineError(f"no certificate is shown at {host}:{port}: {error}") from error
