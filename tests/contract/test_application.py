"""Real services with a wrong configuration: what their customers see, and how it is put right."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from drills.errors import EngineError, PlanError
from drills.faults import (
    ConfigurationRefused,
    CrashLoop,
    EnvironmentBroken,
    FileEmptied,
    FileUnreadable,
    SecretRotated,
    TokenLifetimeCut,
    UpstreamWrong,
)
from drills.faults.fault import Fault
from drills.stack.runtime import Container
from drills.wait import until
from tests.contract.shop import ANSWERS, REFUSED, Shop

pytestmark = pytest.mark.engine
NGINX = Path(__file__).parents[2] / "compose" / "nginx" / "nginx.conf"
SETTINGS = "DATABASE_URL=postgresql://db\nJWT_SECRET=hush-hush\nTOKEN_TTL=3600\n"
# Reads its settings once, when it starts, and tells everybody which secret it has.
SERVER = """
import http.server, sys
text = open("/app/config/erp.env").read()
known = dict(line.split("=", 1) for line in text.splitlines())
if not known["DATABASE_URL"].startswith("postgresql:"):
    sys.exit("DATABASE_URL must be a PostgreSQL URL")
class Answering(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        said = (known["JWT_SECRET"] + " " + known["TOKEN_TTL"]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)
http.server.ThreadingHTTPServer(("0.0.0.0", 8000), Answering).serve_forever()
"""
HEALTHY = {"test": ["CMD", "http-ok", "8000", "/"], "interval": 200_000_000}


class Office(Shop):
    """Two instances that read one file of the drill's own folder, and a load balancer."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "journal", "app", "other", "nginx")
        self.config = folder / f"drills-{self.project}-{secrets.token_hex(8)}" / "config"
        self.config.mkdir(parents=True)
        self.file, self.front = self.config / "erp.env", self.config / "nginx.conf"
        self.file.write_text(SETTINGS)
        self.front.write_bytes(NGINX.read_bytes())
        for path in (self.file, self.front):
            path.chmod(0o644)

    def instance(self, service: str) -> Container:
        mounted: dict[str, Any] = {"binds": [f"{self.config}:/app/config:ro"]}
        command = ["python3", "-c", SERVER]
        app = self.open(service, command=command, healthcheck=HEALTHY, **mounted)
        self.healthy(app)
        return app

    def healthy(self, app: Container) -> None:
        until(
            lambda: self.runtime.state(app).health == "healthy",
            awaited=f"{app.name} is healthy",
            within=20,
        )

    def whole(self) -> None:
        """The files are as they were, and so is who may read them."""
        assert self.file.read_text() == SETTINGS
        assert self.front.read_bytes() == NGINX.read_bytes()
        assert [each.stat().st_mode & 0o777 for each in (self.file, self.front)] == [0o644, 0o644]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """All of it is removed afterwards."""
    office = Office(tmp_path_factory.mktemp("office"))
    try:
        for service in ("app", "other"):
            office.instance(service)
        yield office
    finally:
        office.close()


@pytest.fixture
def app(office: Office) -> Iterator[Container]:
    """It has its own settings and its own policy again, whatever a test did to it."""
    app = office.found("app")
    before = office.picture(app)
    yield app
    if office.rollbacks:
        office.undo()
    office.whole()
    until(
        lambda: office.asked(app) == (ANSWERS, b"hush-hush 3600"),
        awaited=f"{app.name} has its settings again",
        within=20,
        last_seen=lambda: str(office.asked(app)),
    )
    until(
        lambda: office.picture(app) == before,
        awaited=f"{app.name} is as before",
        within=10,
        last_seen=lambda: f"{office.picture(app)}, before {before}",
    )
    office.healthy(app)


@pytest.mark.parametrize(
    "fault",
    [
        EnvironmentBroken("DATABASE_URL"),
        FileUnreadable(),
        FileEmptied("erp.env"),
        CrashLoop("DATABASE_URL"),
    ],
    ids=lambda fault: fault.kind,
)
def test_an_instance_that_is_restarted_does_not_come_up(
    office: Office, app: Container, fault: Fault
) -> None:
    """Nobody answers its customers; the other one, which was not restarted, goes on."""
    office.inject(fault, "app")
    office.effect()
    assert office.ask(app) == REFUSED
    assert office.asked(office.found("other")) == (ANSWERS, b"hush-hush 3600")
    if isinstance(fault, CrashLoop):
        assert office.runtime.state(app).restarts >= 2


@pytest.mark.parametrize("fault", [SecretRotated(), TokenLifetimeCut(1)], ids=lambda f: f.kind)
def test_one_instance_has_another_setting_and_the_file_is_as_before(
    office: Office, app: Container, fault: Fault
) -> None:
    """It answers, and says that it is healthy."""
    office.inject(fault, "app")
    office.effect()
    how, said = office.asked(app)
    secret, lifetime = said.decode().split()
    assert how == ANSWERS
    assert (secret == "hush-hush", lifetime) == (
        (False, "3600") if isinstance(fault, SecretRotated) else (True, "1")
    )
    office.whole()
    assert secret not in str(office.intended()[-1].undo)


@pytest.mark.parametrize("fault", [ConfigurationRefused(), UpstreamWrong()], ids=lambda f: f.kind)
def test_a_balancer_with_a_wrong_file(office: Office, app: Container, fault: Fault) -> None:
    """One that its check refuses it does not read; a wrong upstream is an error for everybody."""
    network = office.network(fault.kind.replace(" ", "-"))
    office.client.connect_container_to_network(app.id, network, aliases=["app"])
    front = office.open(
        "nginx",
        port=8080,
        command=(),
        image="incident-drills/nginx:latest",
        network=network,
        tmpfs={"/tmp": "size=16m,mode=1777", "/var/log/nginx": "uid=33"},  # noqa: S108 - a container's
        binds=[f"{office.front}:/etc/nginx/nginx.conf:ro"],
    )
    inode = office.front.stat().st_ino
    office.inject(fault, "nginx")
    office.effect()
    assert office.ask(front) == (ANSWERS if isinstance(fault, ConfigurationRefused) else "502")
    office.undo()
    assert office.ask(front) == ANSWERS
    office.whole()
    assert office.front.stat().st_ino == inode
    office.inject(fault, "nginx")  # and where it ended meanwhile, it is started with its own file
    office.runtime.stop(front, grace=0)
    office.undo()
    office.awaited(front, ANSWERS)
    office.remove(front)
    office.client.disconnect_container_from_network(app.id, network)


def test_the_team_s_own_file_is_never_touched(office: Office, tmp_path: Path) -> None:
    """Neither found, nor read, nor changed, nor what a link in the drill's folder leads to."""
    own = tmp_path / "team.env"
    own.write_text(SETTINGS)
    link = office.config / "linked.txt"
    link.symlink_to(own)
    team = office.add("team", binds=[f"{tmp_path}:/app/config"])
    configuration = office.runtime.configuration
    with pytest.raises(PlanError, match=r"own copy of the configuration \(it reads none\)"):
        configuration.find(team.id, "")
    with pytest.raises(PlanError, match=r"erp.env, /app/config/nginx.conf\), got 'linked.txt'"):
        configuration.find(office.found("app").id, "linked.txt")
    for path in (own, link):
        for touch in (
            lambda path=path: configuration.change(str(path), "m-1", b"", None),
            lambda path=path: configuration.put_back(str(path), "m-1", "", 0),
            lambda path=path: configuration.read(str(path)),
        ):
            with pytest.raises(EngineError, match="not the drill's own copy of anything"):
                touch()
    assert own.read_text() == SETTINGS
    link.unlink()
    office.remove(team)


def test_a_copy_is_for_nobody_else_and_kept_once(office: Office) -> None:
    """Before anything is changed; under a mark that is there already nothing is."""
    configuration = office.runtime.configuration
    path = str(office.file)
    before = configuration.held(path, "m-1")
    assert before is not None
    configuration.change(path, "m-1", b"other", 0)
    (kept,) = (office.config.parent / "kept").glob("m-1-*")
    assert kept.stat().st_mode & 0o777 == 0o600
    assert kept.parent.stat().st_mode & 0o777 == 0o700
    with pytest.raises(EngineError, match="not to be changed"):
        configuration.change(path, "m-1", b"another", None)
    assert configuration.put_back(path, "m-1", before.digest, before.mode)
    assert not configuration.put_back(path, "m-1", before.digest, before.mode)
    office.whole()
    for mark in ("../m", "", "."):
        with pytest.raises(EngineError, match="expected the mark of an injection"):
            configuration.change(path, mark, b"", None)
