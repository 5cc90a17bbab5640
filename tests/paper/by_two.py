"""One run of a drill of each verdict by two workers, for tests that only read what it left."""

from __future__ import annotations

import fcntl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.paper.project import INCONCLUSIVE, MET, MISSED, Project

EXPORTED = ("ctrf", "cucumber", "openmetrics", "badge")
BODIES = "spans-*"  # what was sent to the collector of spans, a file each


class _Answering(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.bodies.append(body)  # type: ignore[attr-defined] # of who serves
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Silent."""


@contextmanager
def collecting() -> Iterator[tuple[str, list[bytes]]]:
    """The address of a collector of spans, and what was sent to it."""
    with HTTPServer(("127.0.0.1", 0), _Answering) as server:
        server.bodies = []  # type: ignore[attr-defined] # for this run
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", server.bodies  # type: ignore[attr-defined]
        server.shutdown()


def _run(project: Project, endpoint: str) -> None:
    """Everything that a run tells other programs is asked for at once."""
    (project.path / "summary.md").write_text("before\n", "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GITHUB_STEP_SUMMARY", str(project.path / "summary.md"))
        patch.setenv("GITHUB_ACTIONS", "true")
        patch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)
        patch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "none")
        project.feature(It_is_met=MET, It_is_missed=MISSED, It_is_open=INCONCLUSIVE)
        asked = [f"--drill-export={name}=out/{name}" for name in EXPORTED]
        others = ("--junitxml=junit.xml", "--cucumberjson=bdd.json", "--alluredir=allure")
        quickly = ("--drill-patience", "500 ms")
        done = project.run_alone("-n", "2", "-p", "allure_pytest", *others, *asked, *quickly)
    (project.path / "said").write_text(done.stdout.str(), "utf-8")
    (project.path / "code").write_text(str(int(done.ret)), "utf-8")


@pytest.fixture
def left(project: Project, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Where that run was. Whichever worker's test is first makes it; nobody may change it."""
    base = tmp_path_factory.getbasetemp()
    place = (base if worker_id == "master" else base.parent) / "by-two"
    with place.open("a+", encoding="utf-8") as where:
        fcntl.flock(where, fcntl.LOCK_EX)
        where.seek(0)
        if known := where.read():
            return Path(known)
        with collecting() as (address, bodies):
            _run(project, address)
        for number, body in enumerate(bodies):
            (project.path / BODIES.replace("*", str(number))).write_bytes(body)
        where.write(str(project.path))
    return project.path
