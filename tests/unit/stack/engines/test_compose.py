"""What a stack can be asked and refuses before any engine is needed."""

from __future__ import annotations

from pathlib import Path

import pytest

from drills.errors import EngineError, StackError
from drills.stack.engines.compose import ComposeStack
from drills.stack.engines.compose_command import last_lines, refusal_in, warnings
from drills.stack.engines.preview import preview
from drills.stack.engines.source import Source
from drills.testing import ManualClock
from tests.doubles.hung_engine import hung_engine


@pytest.fixture(autouse=True)
def _private_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of these stacks stays behind on the machine."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


def stack(directory: Path, project: str = "p") -> ComposeStack:
    file = directory / "compose.yaml"
    file.write_text("services: {}\n")
    return ComposeStack(Source(file), project, "d", ManualClock())


@pytest.mark.parametrize("project", ["", "Upper", "../x", "-x", "a b"])
def test_project_is_a_name_that_compose_takes(tmp_path: Path, project: str) -> None:
    """A name that compose would change behind our back would never be found again."""
    with pytest.raises(StackError, match="expected a project"):
        stack(tmp_path, project)


def test_what_is_known_from_up_on_is_not_known_before(tmp_path: Path) -> None:
    """Asked too early it says so; it never gives the path of the original."""
    with pytest.raises(StackError, match=r"from up\(\) to down\(\)"):
        stack(tmp_path).environment_file()
    with pytest.raises(StackError, match=r"from up\(\) on"):
        stack(tmp_path).environments()


def test_command_that_is_missing_is_an_engine_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Compose not being installed is told with the way to install it."""
    monkeypatch.setattr("testcontainers.compose.compose.is_podman", lambda: False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EngineError, match="make setup"):
        stack(tmp_path).up()


def test_nothing_is_left_on_an_engine_that_never_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing was asked of it, so nothing can have been made: there is nothing to remove later."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/no-engine.sock")
    stack(tmp_path).down()


def test_what_an_engine_holds_that_answered_once_is_not_taken_for_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It went away since, with whatever was made there."""
    with hung_engine(tmp_path) as engine:
        monkeypatch.setenv("DOCKER_HOST", engine.address)
        engine.closing.set()  # it tells its version and then hangs up
        one = stack(tmp_path)
        with pytest.raises(EngineError):
            one.describe()
    (tmp_path / "engine.sock").unlink(missing_ok=True)
    with pytest.raises(EngineError, match="no container engine answers"):
        one.down()


def test_a_dry_run_without_compose_says_that_it_has_not_looked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which is no problem of the plan."""
    monkeypatch.setattr("testcontainers.compose.compose.is_podman", lambda: False)
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "compose.yaml").write_text("services: {}\n")
    seen = preview(Source(tmp_path / "compose.yaml"))
    assert (seen.problems, seen.services) == ((), {})
    assert seen.notes[0].startswith("not checked against compose.yaml: compose cannot be run")


def test_a_dry_run_without_the_file_says_so(tmp_path: Path) -> None:
    """The same words as the drill's own."""
    seen = preview(Source(tmp_path / "compose.yaml"))
    assert seen.problems == (f"expected a compose file, found none: {tmp_path / 'compose.yaml'}",)


def test_last_lines_are_what_an_error_shows() -> None:
    """Compose's progress is long; its trouble stands at the end."""
    errors = b"".join(b"line %d\n\n" % number for number in range(100))
    shown = last_lines(errors).splitlines()
    assert (shown[0], shown[-1]) == ("line 85", "line 99")
    assert last_lines(b" \n") == "(it said nothing)"


def test_warnings_are_told_once_and_as_they_read() -> None:
    """Compose says each several times, in the form of its log."""
    line = rb'time="2026-01-01T00:00:00Z" level=warning msg="The \"X\" variable is not set."'
    assert warnings(line + b"\n progress\n" + line) == ['The "X" variable is not set.']


DAEMON = " Container p-a-1  Creating\nError response from daemon: "


@pytest.mark.parametrize(
    "said",
    [
        "invalid mount config for type \"volume\": invalid mount path: 'd:/d' must be absolute",
        "the working directory 'rel' is invalid, it needs to be an absolute path",
        'failed to create shim task: exec: "nosuch": executable file not found in $PATH',
        "unable to find user nosuchuser: no matching entries in passwd file",
        'invalid CapAdd: unknown capability: "CAP_NOPE"',
        "unknown or invalid runtime name: nope",
        "Minimum memory limit allowed is 6MB",
        "conflicting options: port publishing and the container type network mode",
    ],
)
def test_what_the_engine_refuses_tomorrow_too_is_told_by_its_words(said: str) -> None:
    """Another try would not help: what is written has to change."""
    told = refusal_in(DAEMON + said)
    assert told
    assert said.endswith(told)


@pytest.mark.parametrize(
    "said",
    [
        "invalid pool request: Pool overlaps with other one on this address space",
        "driver failed programming external connectivity: port is already allocated",
        'Conflict. The container name "/x" is already in use',
        "No such image: x:latest",
        "context deadline exceeded",
    ],
)
def test_what_may_be_gone_tomorrow_is_no_such_refusal(said: str) -> None:
    """When in doubt it is worth another try."""
    assert refusal_in(DAEMON + said) == ""
