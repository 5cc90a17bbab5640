"""A load balancer's certificate that has ended: what it shows, and that it shows its own again."""

from __future__ import annotations

import pytest

from drills.errors import EngineError, InjectionFailed, PlanError
from drills.faults import CertificateExpired
from drills.faults.target import Target
from drills.faults.undo import Undo
from drills.journal.facts import FaultEffective, FaultIntended
from drills.stack.runtime import Container, Executed
from tests.doubles.bench import Bench

FRONT = Target("replica")
PATH = "/drill/config/nginx.conf"
OWN, OLD = b"/tls/server.crt", "/tls/expired.crt"
CONTENT = (
    b"server {\n  listen 8443 ssl;\n  ssl_certificate %s;\n  ssl_certificate_key /k;\n}\n" % OWN
)
FAULT = CertificateExpired(OLD, 8443)


@pytest.fixture
def front(bench: Bench) -> Container:
    """It shows the certificate that its file names, and its file is always right."""
    bench.runtime.configuration.add(PATH, CONTENT)

    def expires(_container: Container, _port: int) -> bool:
        return OLD.encode() in bench.runtime.configuration.contents[PATH]

    bench.runtime.host_ports.expires = expires
    bench.runtime.answer("nginx", with_=Executed(0, b"test is successful"))
    return bench.runtime.find("replica")


@pytest.mark.parametrize("how", ["", "restart", "stop", "kill", "vanish"])
def test_it_shows_its_own_again_whatever_became_of_it(
    bench: Bench, front: Container, how: str
) -> None:
    """Its file is as before; twice is once."""
    bench.injector().inject(FAULT, FRONT, "d")
    (intended,) = bench.on_disk(FaultIntended)
    changed = CONTENT.replace(OWN, OLD.encode())
    assert bench.runtime.configuration.contents[PATH] == changed
    assert bench.event(FaultEffective).low_ns <= bench.event(FaultEffective).high_ns
    if how:
        getattr(bench.runtime, how)(front)
    for _ in range(2):
        (done,) = bench.rollbacks.unwind(budget=5)
        assert done.problem == ""
        bench.rollbacks.arm(Undo.from_data(intended.undo), intended)
    assert bench.runtime.configuration.contents[PATH] == CONTENT
    if how != "vanish":
        assert bench.runtime.state(front).status == "running"


def test_an_undo_is_believed_by_a_handshake_only(bench: Bench, front: Container) -> None:
    """A file that is as before proves nothing where the old certificate is shown still."""
    bench.injector().inject(FAULT, FRONT, "d")
    bench.runtime.host_ports.expires = lambda _container, _port: True
    (done,) = bench.rollbacks.unwind(budget=1)
    assert "its certificate has not ended" in done.problem


def test_one_that_shows_an_old_one_already_is_refused(bench: Bench, front: Container) -> None:
    """It would prove nothing; nothing is armed."""
    bench.runtime.host_ports.expires = lambda _container, _port: True
    with pytest.raises(InjectionFailed, match="but it is so already"):
        bench.injector().inject(FAULT, FRONT, "d")
    assert bench.on_disk(FaultIntended) == []


def test_what_shows_no_certificate_is_refused(bench: Bench, front: Container) -> None:
    """A port without TLS, and a file that names none; nothing is armed."""

    def none(_container: Container, _port: int) -> bool:
        raise EngineError("no certificate is shown at 127.0.0.1:1")

    bench.runtime.host_ports.expires = none
    with pytest.raises(PlanError, match="expected a TLS port: no certificate is shown"):
        bench.injector().inject(FAULT, FRONT, "d")
    bench.runtime.configuration.overwrite(PATH, b"listen 8080;\n")
    with pytest.raises(PlanError, match=r"expected `ssl_certificate PATH;` in nginx.conf"):
        bench.injector().inject(FAULT, FRONT, "d")
    assert bench.on_disk(FaultIntended) == []
