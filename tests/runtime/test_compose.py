"""What a stack can be asked and refuses before any engine is needed."""

from __future__ import annotations

from pathlib import Path

import pytest

from drills.errors import EngineError, StackError
from drills.runtime.compose import ComposeStack, _last, _port_variables
from drills.testing import ManualClock


@pytest.fixture(autouse=True)
def _private_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of these stacks stays behind on the machine."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


def stack(directory: Path, project: str = "p") -> ComposeStack:
    file = directory / "compose.yaml"
    file.write_text("services: {}\n")
    return ComposeStack(file, project, {}, directory / "config", "d", ManualClock())


def test_ports_of_the_file_are_found_in_every_spelling(tmp_path: Path) -> None:
    """With or without a default, once each; other variables are left alone."""
    file = tmp_path / "compose.yaml"
    file.write_text(
        "${ERP_PORT:-8000} ${DB_PORT} ${ERP_PORT} ${PORTAL:-x} ${REPORT:-1} $PLAIN_PORT"
    )
    assert _port_variables(file) == {"ERP_PORT", "DB_PORT"}


def test_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A wrong path is told before anything is made."""
    with pytest.raises(StackError, match=r"missing\.yaml"):
        ComposeStack(tmp_path / "missing.yaml", "p", {}, tmp_path, "d", ManualClock())


@pytest.mark.parametrize("project", ["", "Upper", "../x", "-x", "a b"])
def test_project_is_a_name_that_compose_takes(tmp_path: Path, project: str) -> None:
    """A name that compose would change behind our back would never be found again."""
    with pytest.raises(StackError, match="expected a project"):
        stack(tmp_path, project)


def test_environment_file_is_there_only_from_up_to_down(tmp_path: Path) -> None:
    """Asked too early it says so; it never gives the path of the original."""
    with pytest.raises(StackError, match=r"from up\(\) to down\(\)"):
        stack(tmp_path).environment_file()


def test_configuration_that_is_missing_stops_up_before_any_container(tmp_path: Path) -> None:
    """An application without its configuration would only fail later and less clearly."""
    with pytest.raises(StackError, match="configuration cannot be copied"):
        stack(tmp_path).up()


def test_command_that_is_missing_is_an_engine_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Compose not being installed is told with the way to install it."""
    (tmp_path / "config").mkdir()
    monkeypatch.setattr("testcontainers.compose.compose.is_podman", lambda: False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EngineError, match="make setup"):
        stack(tmp_path).up()


def test_last_lines_are_what_an_error_shows() -> None:
    """Compose's progress is long; its trouble stands at the end."""
    errors = b"".join(b"line %d\n\n" % number for number in range(100))
    shown = _last(errors).splitlines()
    assert (shown[0], shown[-1]) == ("line 85", "line 99")
    assert _last(b" \n") == "(it said nothing)"
