"""A load balancer whose certificate has ended: whoever looks at it turns away."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from drills.errors import EngineError, PlanError
from drills.faults.application.balancer import (
    OfBalancer,
    file_as_before,
    put_back_and_reload,
    reload_configuration,
)
from drills.faults.application.restored import BY_HAND
from drills.faults.fault import Applied, Effect, ReadBack
from drills.faults.process import runs
from drills.faults.undo import Operation, Place, Undo
from drills.journal.timeline import Json
from drills.stack.runtime import Runtime

_CERTIFICATE = re.compile(rb"(^\s*ssl_certificate\s+)[^;]+(?=;)", re.MULTILINE)


def _shows_an_old_one(runtime: Runtime, undo: Undo) -> bool:
    """Whether a handshake shows one that has ended; not so where it does not run."""
    if not runs(runtime, undo):
        return False
    return runtime.host_ports.expired(undo.container, int(undo.arguments["port"]))


def _renewed(runtime: Runtime, undo: Undo) -> bool:
    return file_as_before(runtime, undo) and not _shows_an_old_one(runtime, undo)


OPERATIONS: Mapping[str, Operation] = {
    "renew-certificate": Operation(
        put_back_and_reload,
        _renewed,
        "configured as before, reloaded, and its certificate has not ended",
        f"{BY_HAND}docker kill -s HUP {{container}} || docker start {{container}}",
    ),
}


@dataclass(frozen=True, slots=True)
class CertificateExpired(OfBalancer):
    """The certificate of the load balancer has ended: whoever checks it does not go on.

    Who comes without TLS is served as before. Its configuration file names another certificate,
    which has ended, in place of its own. ``certificate`` is the path of that inside the container,
    ``port`` the one at which it is shown.
    """

    certificate: str
    port: int = 443
    file: str = "nginx.conf"
    kind: ClassVar[str] = "certificate expired"
    phrase: ClassVar[str] = "the expired certificate {certificate:quoted} at port {port:number}"
    label: ClassVar[str] = "certificate expired"
    effect: ClassVar[Effect] = ReadBack(
        "a handshake shows a certificate that has ended", _shows_an_old_one
    )
    needs: ClassVar[tuple[str, ...]] = (
        *OfBalancer.needs,
        "a certificate in it that has ended, of the same key as its own, and a published TLS port",
    )
    by_hand: ClassVar[str] = (
        "change the path behind ssl_certificate in its configuration file; "
        "docker kill -s HUP {container}"
    )

    def parameters(self) -> Mapping[str, Json]:
        """The file, the certificate and the port."""
        return {"file": self.file, "certificate": self.certificate, "port": self.port}

    def changed(self, content: bytes) -> bytes:
        """Every server shows the one that has ended."""
        name = self.certificate.encode()
        changed, count = _CERTIFICATE.subn(lambda found: found[1] + name, content)
        if not count:
            raise PlanError(f"expected `ssl_certificate PATH;` in {self.file}, found none")
        return changed

    def probe(self, runtime: Runtime, place: Place) -> Place:
        """It shows a certificate that has not ended. Raises PlanError where it shows none."""
        place = OfBalancer.probe(self, runtime, place)
        try:
            runtime.host_ports.expired(place.container, self.port)
        except EngineError as error:
            raise PlanError(f"{self.kind} of {place}: expected a TLS port: {error}") from error
        return replace(place, found={**place.found, "port": str(self.port)})

    def undo(self, place: Place, injection: str) -> Undo:
        """Put the file back, have it read, and see what it shows."""
        words = {"mark": injection or "none", "port": str(self.port), **place.found}
        return Undo("renew-certificate", place, words)

    def apply(self, runtime: Runtime, place: Place, injection: str) -> Applied:
        """Change it, and have it read. Raises WaitTimeout where no worker has."""
        path = place.found["path"]
        content = self.changed(runtime.configuration.read(path))
        runtime.configuration.change(path, injection, content, None)
        reload_configuration(runtime, place.container)
        return Applied(way="another certificate in its file, and SIGHUP")
