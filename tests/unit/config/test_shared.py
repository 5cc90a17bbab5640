"""The server of a team's history: no password stands in a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from drills.config.document import Manifest, load
from drills.errors import PlanError

URL = "postgresql://team:{env:DRILLS_HISTORY_PASSWORD}@db.example:5432/history"


def test_the_password_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever signs are in it; it is a secret of the manifest's, and no repr shows it."""
    monkeypatch.setenv("DRILLS_HISTORY_PASSWORD", "p@ss/word")
    manifest = Manifest.of({"history": URL})
    assert manifest.history_server() == "postgresql://team:p%40ss%2Fword@db.example:5432/history"
    assert "p@ss/word" in manifest.secrets()
    assert "db.example" not in repr(manifest)


def test_a_variable_that_is_not_set_stops_no_drill(tmp_path: Path) -> None:
    """The manifest is read; whoever asks for the server is told, with the key's place."""
    file = tmp_path / "drills.toml"
    file.write_text(f'history = "{URL}"\n')
    manifest = load(file)
    with pytest.raises(PlanError) as caught:
        manifest.history_server()
    assert str(caught.value) == (
        f"{file}:1: history: expected DRILLS_HISTORY_PASSWORD in the environment, found nothing"
    )


@pytest.mark.parametrize(
    "url", ["postgresql://team@h/db", "postgres://team@h:1/db?sslmode=require"]
)
def test_a_server_may_need_no_password(url: str) -> None:
    """PGPASSWORD and the like are the driver's own."""
    assert Manifest.of({"history": url}).history_server() == url


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://team:s3cret@h/db",
        "postgresql://team:s3cret{env:X}@h/db",
        "postgresql://team@h/db?password=s3cret",
    ],
)
def test_a_password_in_the_file_is_refused_and_not_shown(url: str) -> None:
    """With the form that it should have."""
    with pytest.raises(PlanError, match="expected the password in a variable") as caught:
        Manifest.of({"history": url})
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["", "x", "mysql://h/db", "postgresql://h", "postgresql:///db", "sqlite:///x", 1]
)
def test_what_is_no_server_is_refused(url: object) -> None:
    """An embedded file needs no key."""
    with pytest.raises(PlanError, match="history: expected"):
        Manifest.of({"history": url})


def test_it_stands_in_pyproject_toml_too(tmp_path: Path) -> None:
    """As every key does."""
    file = tmp_path / "pyproject.toml"
    file.write_text('[tool.drills]\nhistory = "postgresql://team@h/db"\n')
    assert load(file).history == "postgresql://team@h/db"
