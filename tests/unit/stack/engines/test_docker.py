"""Which engine is talked to, and what is said when there is none. Needs no engine."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest
import requests
from docker.errors import APIError, DockerException, NotFound

from drills.clock import SystemClock
from drills.errors import EngineError, UnknownTarget
from drills.stack.engines.address import Address
from drills.stack.engines.compose_command import ComposeCommand
from drills.stack.engines.docker import DockerRuntime, _whole_seconds
from drills.stack.engines.engine import Engine, ensure_engine


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nobody's own choice of an engine has a say here."""
    for name in [key for key in os.environ if key.startswith("DOCKER_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))


def certificates(folder: Path) -> None:
    """The three files, empty."""
    for name in ("ca", "cert", "key"):
        (folder / f"{name}.pem").touch()


class TestTarget:
    def test_elsewhere_is_refused_by_name(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A drill does not break somebody else's containers because of a left-over variable."""
        monkeypatch.setenv("DOCKER_HOST", "tcp://10.0.0.5:2375")
        for refused in (Engine, ensure_engine, lambda: DockerRuntime("p", SystemClock())):
            with pytest.raises(EngineError, match=r"tcp://10\.0\.0\.5:2375 is not on this host"):
                refused()

    def test_elsewhere_is_taken_when_allowed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Who allows it on purpose gets it."""
        monkeypatch.setenv("DOCKER_HOST", "tcp://10.0.0.5:2375")
        assert Engine(allow_remote=True).target == "tcp://10.0.0.5:2375"

    def test_the_refusal_says_how_to_allow_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Both words that do: of the drills, and of the command."""
        monkeypatch.setenv("DOCKER_HOST", "ssh://production")
        with pytest.raises(EngineError, match="--drill-remote for drills, --remote for the drills"):
            Engine()

    def test_elsewhere_has_to_be_vouched_for(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        """Who asks with certificates and checks nobody's may be asking a stranger."""
        certificates(tmp_path)
        monkeypatch.setenv("DOCKER_HOST", "tcp://10.0.0.5:2376")
        monkeypatch.setenv("DOCKER_CERT_PATH", str(tmp_path))
        with pytest.raises(EngineError, match="DOCKER_TLS_VERIFY=1"):
            Engine(allow_remote=True)
        monkeypatch.setenv("DOCKER_TLS_VERIFY", "1")
        assert Engine(allow_remote=True).address == Address("tcp://10.0.0.5:2376", str(tmp_path))

    def test_its_kept_address_is_enough_to_ask_it_again(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        """Whoever heals has another environment: the text names the certificates' folder."""
        certificates(tmp_path)
        monkeypatch.setenv("DOCKER_HOST", "unix:///run/other.sock")
        again = Engine(f"tcp://10.0.0.5:2376#{tmp_path}", allow_remote=True)
        assert again.target == "tcp://10.0.0.5:2376"
        assert again._parameters["tls"].cert == (f"{tmp_path}/cert.pem", f"{tmp_path}/key.pem")
        assert again._parameters["tls"].verify is True
        with pytest.raises(EngineError, match=f"certificates are not in {tmp_path}/gone"):
            Engine(f"tcp://10.0.0.5:2376#{tmp_path}/gone", allow_remote=True)

    def test_nobody_else_s_authorities_are_believed(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        """Those that the environment names for everybody do not vouch for an engine."""
        certificates(tmp_path)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/etc/everybody.pem")
        monkeypatch.setenv("HTTPS_PROXY", "http://10.0.0.9:3128")
        engine = Engine(f"tcp://10.0.0.5:2376#{tmp_path}", allow_remote=True)
        engine._version = "1.41"  # so that nobody is asked
        with engine.client() as client:
            taken = client.merge_environment_settings(client.base_url, {}, None, None, None)
        assert taken["verify"] == f"{tmp_path}/ca.pem"
        assert not taken["proxies"]

    def test_compose_asks_the_same_one(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        """Whatever context is chosen while a drill is under way."""
        certificates(tmp_path)
        monkeypatch.setenv("DOCKER_HOST", "tcp://10.0.0.5:2376")
        monkeypatch.setenv("DOCKER_TLS_VERIFY", "1")
        monkeypatch.setenv("DOCKER_CERT_PATH", str(tmp_path))
        engine = Engine(allow_remote=True)
        monkeypatch.setenv("DOCKER_CONTEXT", "another")
        command = ComposeCommand(tmp_path / "x", "p", {"A": "b"}, asks=lambda: engine.environment)
        asked = {k: v for k, v in command.environment.items() if k.startswith("DOCKER_")}
        assert asked == {
            "DOCKER_HOST": "tcp://10.0.0.5:2376",
            "DOCKER_TLS_VERIFY": "1",
            "DOCKER_CERT_PATH": str(tmp_path),
            "DOCKER_CONFIG": str(tmp_path),
        }

    def test_of_the_active_context_counts_too(self, tmp_path: Path) -> None:
        """The docker command would go there, so we would: hence refused by its address."""
        meta = tmp_path / "contexts" / "meta" / hashlib.sha256(b"away").hexdigest()
        meta.mkdir(parents=True)
        endpoint = {"docker": {"Host": "tcp://192.0.2.7:2376", "SkipTLSVerify": False}}
        (meta / "meta.json").write_text(
            json.dumps({"Name": "away", "Metadata": {}, "Endpoints": endpoint})
        )
        (tmp_path / "config.json").write_text(json.dumps({"currentContext": "away"}))
        with pytest.raises(EngineError, match=r"tcp://192\.0\.2\.7:2376 is not on this host"):
            Engine()

    def test_an_address_outdoes_every_choice(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A drill that died is healed where it ran, whatever is in use by then."""
        monkeypatch.setenv("DOCKER_HOST", "unix:///run/other.sock")
        assert Engine("unix:///run/its.sock").target == "unix:///run/its.sock"
        with pytest.raises(EngineError, match=r"tcp://10\.0\.0\.5:2375 is not on this host"):
            Engine("tcp://10.0.0.5:2375")

    def test_an_address_is_enough_where_no_choice_makes_sense(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A broken setting of today does not keep anybody from healing."""
        monkeypatch.setenv("DOCKER_HOST", "nonsense://")
        with pytest.raises(EngineError):
            Engine()
        assert Engine("unix:///run/its.sock").target == "unix:///run/its.sock"

    def test_its_own_address_keeps_its_keys(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        """An engine behind TLS is the same engine when a drill names it."""
        certificates(tmp_path)
        monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:2376")
        monkeypatch.setenv("DOCKER_TLS_VERIFY", "1")
        monkeypatch.setenv("DOCKER_CERT_PATH", str(tmp_path))
        assert "tls" in Engine(Engine().target)._parameters
        assert "tls" not in Engine("tcp://127.0.0.1:1")._parameters

    def test_without_any_choice_is_the_usual_socket(self) -> None:
        """As the docker command has it."""
        assert Engine().target == "unix:///var/run/docker.sock"


class TestNoEngine:
    def test_is_one_sentence_with_one_hint(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        """The error names the address and what to do."""
        monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
        with pytest.raises(EngineError, match=f"answers at unix://{tmp_path}/none.sock") as caught:
            ensure_engine()
        assert "make setup" in str(caught.value)
        assert caught.value.__cause__ is not None

    def test_is_an_engine_error_of_every_question(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        """No exception of a library gets past the door."""
        monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
        runtime = DockerRuntime("p", SystemClock())
        for ask in (runtime.containers, runtime.events, lambda: runtime.port("app", 80)):
            with pytest.raises(EngineError):
                ask()


class TestDoor:
    @pytest.mark.parametrize(
        ("foreign", "ours", "words"),
        [
            (NotFound("x", explanation="No such container: 7"), UnknownTarget, "No such container"),
            (APIError("x", explanation="disk full"), EngineError, "refused: disk full"),
            (requests.ReadTimeout("read"), EngineError, "did not answer"),
            (requests.ConnectionError("gone"), EngineError, "no container engine answers"),
            (OSError("broken pipe"), EngineError, "broken pipe"),
            (PermissionError(13, "denied"), EngineError, "may not be opened by user .* group"),
        ],
    )
    def test_makes_foreign_exceptions_ours(
        self, foreign: Exception, ours: type[Exception], words: str
    ) -> None:
        """Each names the question that was asked, and keeps its cause."""
        with (
            pytest.raises(ours, match=f"stop app-1: .*{words}") as caught,
            Engine().door("stop app-1"),
        ):
            raise foreign
        assert caught.value.__cause__ is foreign

    def test_a_socket_that_may_not_be_opened_is_no_engine_that_is_away(self) -> None:
        """However deep the library hides it; starting the engine is not what helps."""
        hidden = requests.ConnectionError("aborted")
        hidden.__context__ = PermissionError(13, "Permission denied")
        with pytest.raises(EngineError, match="usermod -aG docker") as caught, Engine().door("ask"):
            raise DockerException("no version") from hidden
        assert "make setup" not in str(caught.value)

    def test_lets_our_own_bugs_through(self) -> None:
        """A mistake in this package must not look like a trouble of the engine."""
        with pytest.raises(ZeroDivisionError), Engine().door("count"):
            raise ZeroDivisionError


@pytest.mark.parametrize(("grace", "seconds"), [(0, 0), (0.2, 1), (1.0, 1), (1.01, 2)])
def test_grace_is_never_cut_short(grace: float, seconds: int) -> None:
    """The engine knows whole seconds only."""
    assert _whole_seconds(grace) == seconds
