"""``drills config`` tells what holds and what that makes possible."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from drills.cli import main
from tests.unit.config.manifests import MINIMAL


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "drills.toml").write_text(MINIMAL)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_it_says_where_each_value_comes_from(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Options and variables too; what keeps the compose file from being read is told."""
    assert main(["config", "--drill-hold", "3 s"]) == 0
    said = capsys.readouterr().out
    assert "  hold = 3.0 (--drill-hold)" in said
    assert f'  stack.name = "erp" ({project.resolve() / "drills.toml"}:3)' in said
    assert "expected a compose file there or above" in said
    assert "password" not in said.replace("login.password", "")


def test_it_says_so_to_machines(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One document with all of it, and no secret in it."""
    monkeypatch.setenv("DRILL_PATIENCE", "90 s")
    assert main(["config", "--json"]) == 0
    text = capsys.readouterr().out
    told = json.loads(text)
    assert {"key": "patience", "value": 90.0, "source": "DRILL_PATIENCE"} in told["settings"]
    assert {"kind": "metric", "text": "lost writes", "needs": []} in told["metrics"]
    (missing,) = (each for each in told["sentences"] if each["text"] == "exports keep working")
    assert missing["needs"] == ["[journeys.exports]"]
    assert "login-password" not in text
    assert "node-password" not in text


def test_what_is_wrong_is_no_success(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is told apart from what holds, and by the exit code."""
    (tmp_path / "drills.toml").write_text('[stack]\ncompose_file = "nope.yaml"\n')
    assert main(["config", "--manifest", str(tmp_path / "drills.toml")]) == 2
    assert "drills: expected a compose file, found none: " in capsys.readouterr().err
