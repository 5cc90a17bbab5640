"""No secret of the system is found in any byte that a drill leaves behind."""

from __future__ import annotations

import base64
import gzip
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from drills.faults import Stop
from drills.journal.facts import EvidenceKept, Signal
from drills.lifecycle.drill import Drill
from drills.reporting.files import read_result
from drills.reporting.verify import verify
from drills.stack.runtime import Executed
from drills.testing import FakeStack
from tests.doubles.drilled import DETECTED, REPLICA
from tests.doubles.recorded import recorded
from tests.doubles.scripted import serving
from tests.doubles.world import MANIFEST, World

# By where they are planted. None is known to anybody but the system, save those it must tell us:
# the manifest's passwords, the environment file, the token that customers get.
KNOWN = {
    "manifest DSN": "observer-password",
    "manifest login": "customer-password",
    "environment DSN": "p%40ss/w:rd-of-dsn",
    "environment password": "env-passphrase-4711",
    "environment token": "token-of-the-env",
    "environment key": "AKIAENVKEYOFTHISTEST",
    "login token": "opaque-customer-token-0815",
}
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJkcmlsbCJ9.c2lnbmF0dXJlLW9mLXRoaXMtdGVzdA"
UNKNOWN = {
    "JWT": JWT,
    "DSN in a log": "hunter2-in-a-log",
    "DSN in an error": "hunter2-in-an-error",
    "DSN in a command line": "hunter2-in-argv",
    "setting in a command line": "argv-setting-9876",
    "bearer header": "bearer0value1of2this3test",
    "basic header": base64.b64encode(b"drill:basic-secret-77").decode(),
    "alert label": "label-value-4242",
    "alert annotation": "annotation-value-4343",
    "health answer": "health-value-4444",
    "JSON log": "json-log-value-4545",
    "key block": "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC",
    "wrong answer": "wrong-answer-value-4646",
    "route": "route-value-4747",
}
LOG = (
    f'{{"msg": "connected", "api_key": "{UNKNOWN["JSON log"]}"}}\n'
    f"connect postgresql://erp:{UNKNOWN['DSN in a log']}@db:5432/erp failed\n"
    f"GET / HTTP/1.1 Authorization: Bearer {UNKNOWN['bearer header']}\n"
    f"Authorization: Basic {UNKNOWN['basic header']}\n"
    f"session {JWT} opened\n"
    f"-----BEGIN PRIVATE KEY-----\n{UNKNOWN['key block']}\n-----END PRIVATE KEY-----\n"
)


def planted(world: World) -> None:
    """Every secret where a real system might let it slip out."""
    told = " ".join(KNOWN.values())
    for service in ("nginx", "app", "primary", "replica", "pager"):
        world.runtime.write(world.runtime.find(service), f"{LOG}started with {told}\n".encode())
    world.service.on("/login", {"access_token": KNOWN["login token"]})
    world.service.on("/inventory", {"items": [1], "route": f"token={UNKNOWN['route']}"})
    world.service.on("/health", {"status": f"ok secret={UNKNOWN['health answer']} {told}"})
    wrong = {"state": f"password={UNKNOWN['wrong answer']}"}
    world.service.on("/orders", lambda _: {"state": "done"} if world.replicates else wrong)
    argv = f"postgres://a:{UNKNOWN['DSN in a command line']}@b"
    argv += f" --password={UNKNOWN['setting in a command line']} {told}"
    world.runtime.answer("sh", with_=Executed(0, f"1 2048 app {argv}\n".encode()))
    page = world.page

    def with_labels(name: str) -> None:
        page(name)
        labels = {"password": UNKNOWN["alert label"], "instance": told}
        annotations = {"text": f"api_key: {UNKNOWN['alert annotation']} {JWT}"}
        world.pages[-1] |= {"labels": labels, "annotations": annotations}

    world.page = with_labels  # type: ignore[method-assign]


ENVIRONMENT = {
    "DATABASE_URL": f"postgresql://erp:{KNOWN['environment DSN']}@primary:5432/erp",
    "READ_REPLICA_URL": f"postgresql://erp:{KNOWN['environment DSN']}@replica:5432/erp",
    "ADMIN_PASSWORD": KNOWN["environment password"],
    "API_TOKEN": KNOWN["environment token"],
    "AWS_ACCESS_KEY": KNOWN["environment key"],
}


@pytest.fixture
def drill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Drill]:
    """A drill of a leaky system, at steady state."""
    with serving() as service:
        (tmp_path / "stack").mkdir()
        world = World(service, tmp_path / "stack")
        world.stack = FakeStack(
            world.runtime, tmp_path / "stack", environment=ENVIRONMENT, database=world.database
        )
        inspect = {"action": "inspect", "says": "See which process grows", "service": "app"}
        incident = MANIFEST["incidents"]["read-replica-down"]
        monkeypatch.setitem(incident, "procedure", [inspect, *incident["procedure"]])
        orders = MANIFEST["journeys"]["orders"]
        monkeypatch.setitem(orders, "expect", {"fields": {"state": "done"}})
        planted(world)
        drill = world.drill(tmp_path / "reports" / "d1", hold=0.1, patience=5.0)
        yield drill
        if world.stack.is_up:
            drill.conclude(None)


def found_in(reports: Path) -> set[str]:
    """The names of the secrets that any byte below a directory gives away, compressed or not."""
    found = set()
    for path in (path for path in reports.rglob("*") if path.is_file() and not path.is_symlink()):
        data = path.read_bytes()
        data += gzip.decompress(data) if path.suffix == ".gz" else b""
        for name, secret in (KNOWN | UNKNOWN).items():
            if any(form in data + str(path).encode() for form in forms(secret)):
                found.add(f"{name}: {path.relative_to(reports)}")
    return found


def forms(secret: str) -> list[bytes]:
    """A secret as it is, as JSON writes it, and with its percent signs read."""
    return [secret.encode(), json.dumps(secret)[1:-1].encode(), secret.replace("%40", "@").encode()]


def test_no_byte_of_a_drill_gives_a_secret_away(drill: Drill) -> None:
    """Injected, paged, answered, inspected, failed with an error, judged: nothing slipped out."""
    drill.reach_steady_state()
    drill.start_workload({"orders": 20.0})
    error = RuntimeError(
        f"connect to postgresql://u:{UNKNOWN['DSN in an error']}@h/db: {' '.join(KNOWN.values())}"
    )
    with drill.inject(Stop(), REPLICA):
        drill.expect(DETECTED)
        drill.let_respond()
        result = drill.conclude(error)
    directory = drill.journal.directory
    timeline = drill.journal.timeline()
    assert timeline.first(Signal, detector="alertmanager")
    assert timeline.first(Signal, detector="health")
    assert timeline.all(EvidenceKept)
    assert result == read_result(directory)
    assert found_in(directory.parent) == set()
    assert verify(directory) == []


def test_what_was_planted_would_be_found(tmp_path: Path) -> None:
    """The search finds each secret, in plain and in compressed files."""
    (tmp_path / "a.txt").write_text(f"{LOG} {' '.join(KNOWN.values())}", "utf-8")
    (tmp_path / "b.gz").write_bytes(gzip.compress(json.dumps([*UNKNOWN.values()]).encode()))
    assert {place.split(":")[0] for place in found_in(tmp_path)} == {*KNOWN, *UNKNOWN}


@pytest.mark.parametrize("umask", [0o022, 0o077])
def test_the_umask_says_who_may_read_a_drill(tmp_path: Path, umask: int) -> None:
    """Everybody with the usual one; nobody else with a private one, whatever file it is."""
    before = os.umask(umask)
    try:
        directory = recorded(tmp_path / "reports" / "drill")
    finally:
        os.umask(before)
    for path in [directory, *directory.rglob("*")]:
        mode = path.stat().st_mode & 0o777
        assert mode == (0o777 if path.is_dir() else 0o666) & ~umask, path
