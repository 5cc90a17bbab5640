"""A whole drill on real containers of customers who log in by a form over TLS, and put jobs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from drills.clock import SystemClock
from drills.config.document import Manifest
from drills.config.settings import Settings
from drills.errors import SteadyStateNotReached
from drills.faults import Stop
from drills.faults.target import Target
from drills.journal.facts import DrillStarted
from drills.journal.journal import Journal
from drills.journal.redaction import Redactor
from drills.journal.samples import read_samples
from drills.judgement.criterion import Comparator, Criterion
from drills.lifecycle.drill import Drill
from drills.lifecycle.plan import Plan
from drills.observers.ledger import acknowledged_of
from drills.stack.engines.compose import ComposeStack
from drills.stack.engines.source import Source
from tests.doubles.certified import CA, CERTIFICATES, NAME

pytestmark = pytest.mark.engine

JOBS = "/tmp/jobs"  # noqa: S108 - in the container
SHOP = Path(__file__).parent / "foreign" / "asked"
WEB = {"service": "web", "port": 8443, "ca": CA, "server_name": NAME}
MANIFEST: dict[str, Any] = {
    "stack": {
        "name": "shop",
        "entry": WEB,
        "ready": {"web": {**WEB, "path": "/", "contains": "?"}},
    },
    "blast_radius": {"services": ["queue"]},
    "login": {
        "path": "/login",
        "form": {"user": "drill", "password": "{env:SHOP_PASSWORD}"},
        "cookie": "sid",
    },
    "journeys": {
        "home": {"path": "/", "always": True, "rate": 5, "expect": {"contains": "Welcome"}},
        "broker": {
            "connect": {"service": "queue", "port": 6379},
            "send": "PING\r\n",
            "expect": {"contains": "+PONG"},
            "always": True,
        },
        "jobs": {
            "command": ["sh", "-c", f"echo $0 >> {JOBS} && echo taken", "{id}"],
            "in": "queue",
            "expect": {"contains": "taken"},
            "rate": 3,
            "slow": 2.0,
            "timeout": 4.0,
        },
    },
}


class Shop:
    """The stack of one drill, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(shutil.copytree(SHOP, folder / "shop"))
        for name in ("valid.pem", "server.key"):
            shutil.copyfile(CERTIFICATES / name, self.folder / "shop" / name)
        self.clock = SystemClock()
        self.id = uuid4().hex[:8]
        source = Source(self.folder / "compose.yaml", environment={})
        self.stack = ComposeStack(source, f"drill-{self.id}", self.id, self.clock)

    def drill(self, directory: Path, **changes: Any) -> Drill:
        manifest = Manifest.of({**MANIFEST, **changes})
        plan = Plan(self.id, manifest, "", "", None, DrillStarted(feature="f"))
        redactor = Redactor(manifest.secrets())
        journal = Journal(directory, self.clock, redactor)
        settings = Settings(hold=1.0, requests=2, patience=20.0, steady_within=10.0)
        return Drill(plan, self.stack, journal, redactor, settings, self.clock)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    try:
        yield made
    finally:
        made.stack.down()


def test_a_queue_that_stops_takes_no_jobs_and_loses_none(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages go on, who was known stays known, and each job that was acknowledged is there."""
    monkeypatch.setenv("SHOP_PASSWORD", "made-up")
    directory = tmp_path / "reports" / "d1"
    drill = shop.drill(directory)
    drill.start_workload({"jobs": 3.0})
    drill.reach_steady_state()
    with drill.inject(Stop(), Target("queue"), lasting=2.0):
        drill.expect(Criterion("pages", "availability", Comparator.AT_LEAST, 0.99, "home"))
        drill.roll_back()
        (queue,) = drill.runtime.containers("queue")
        drill.settle()
        drill.observers.stop_workload()
        kept = drill.runtime.execute(queue, ["cat", JOBS]).output.decode().split()
        result = drill.conclude(None)
    assert result.verdict == "met", result.reason
    told = {name: set(result.availability[name].outcomes) for name in ("broker", "jobs")}
    assert told["broker"] & {"refused", "reset"}
    assert "refused" in told["jobs"]
    acknowledged = acknowledged_of(read_samples(directory / "samples")["jobs"])
    assert len(acknowledged) > 3
    assert acknowledged.keys() <= set(kept)
    shown = [one for one in directory.rglob("*") if one.is_file() and b"4711" in one.read_bytes()]
    assert b"made-up" not in (directory / "journal.jsonl").read_bytes()
    assert [one.name for one in shown if b"sid=4711" in one.read_bytes()] == []


def test_who_is_not_let_in_is_told(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is injected, and it says what was answered to the form."""
    monkeypatch.setenv("SHOP_PASSWORD", "another")
    drill = shop.drill(tmp_path / "reports" / "d1")
    refused = r"expected the cookie 'sid', got no cookie; answered 200: Wrong password"
    with pytest.raises(SteadyStateNotReached, match=refused) as caught:
        drill.reach_steady_state()
    drill.conclude(caught.value)
