"""A real load balancer whose certificate has ended: what a customer who checks it sees."""

from __future__ import annotations

import os
import secrets
import ssl
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from drills.errors import EngineError
from drills.faults import CertificateExpired
from drills.stack.runtime import Container
from drills.wait import until
from tests.contract.faulted import Faulted

pytestmark = pytest.mark.engine
NGINX = Path(__file__).parents[2] / "compose" / "nginx" / "nginx.conf"
IMAGE = f"incident-drills/nginx:{os.environ.get('DRILLS_IMAGE_TAG') or 'latest'}"
FAULT = CertificateExpired("/etc/nginx/tls/expired.crt", 8443)


class Front(Faulted):
    """One nginx that reads its file in the drill's own folder, as the reference stack's does."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "journal", "nginx")
        self.file = folder / f"drills-{self.project}-{secrets.token_hex(8)}" / "nginx.conf"
        self.file.parent.mkdir(parents=True)
        self.file.write_bytes(NGINX.read_bytes())
        self.file.chmod(0o644)

    def open(self) -> Container:
        front = self.add(
            "nginx",
            command=(),
            image=IMAGE,
            network="bridge",
            read_only=True,
            tmpfs={"/tmp": "mode=1777", "/var/log/nginx": "uid=33"},  # noqa: S108 - a container's
            binds=[f"{self.file}:/etc/nginx/nginx.conf:ro"],
            port_bindings={8443: ("127.0.0.1",), 8080: ("127.0.0.1",)},
            exposed=[8443, 8080],
        )
        until(lambda: self.asked(front) == "answers", awaited="nginx answers", within=20)
        return front

    def asked(self, front: Container) -> str:
        """How a customer fares who trusts the authority, and checks date and name."""
        ports = self.client.inspect_container(front.id)["NetworkSettings"]["Ports"] or {}
        bound = ports["8443/tcp"] or []
        authority = self.run(front, "cat", "/etc/nginx/tls/authority.crt")
        context = ssl.create_default_context(cadata=authority)
        try:
            # No instance is behind it, so it says that there is none.
            url = f"https://localhost:{bound[0]['HostPort']}/nginx-has-none"
            urlopen(url, timeout=2, context=context)
        except URLError as error:
            reason = getattr(error, "reason", "")
            if isinstance(reason, ssl.SSLCertVerificationError):
                return reason.verify_message
            return "answers" if getattr(error, "code", 0) == 502 else str(error)
        return "answers"


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Front]:
    """All of it is removed afterwards."""
    with closing(Front(tmp_path)) as front:
        yield front


def test_who_checks_it_does_not_go_on_until_it_is_undone(front: Front) -> None:
    """Also where nginx ended meanwhile: then it is started with its own."""
    nginx = front.open()
    assert not front.runtime.host_ports.expired(nginx, 8443)
    front.inject(FAULT, "nginx")
    low, high = front.effect()
    assert low < high
    assert front.asked(nginx) == "certificate has expired"
    front.undo()
    assert front.asked(nginx) == "answers"
    assert front.file.read_bytes() == NGINX.read_bytes()
    front.inject(FAULT, "nginx")
    front.runtime.stop(nginx, 0)
    assert not front.runtime.host_ports.expired(nginx, 8443)
    front.undo()
    assert front.asked(nginx) == "answers"
    with pytest.raises(EngineError, match="no certificate is shown"):
        front.runtime.host_ports.expired(nginx, 8080)
    assert front.helpers() == []
