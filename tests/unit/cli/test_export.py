"""``drills export`` writes finished drills as other programs read them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from drills.cli import main

SAMPLE = Path(__file__).parents[3] / "reports" / "sample"


@pytest.fixture
def reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two drills that are alike but for their folders, and a link to the second."""
    for name in ("20260101T000000Z-it-stops-aaaa0001", "20260102T000000Z-it-stops-bbbb0002"):
        shutil.copytree(SAMPLE, tmp_path / "reports" / name)
    (tmp_path / "reports" / "latest").symlink_to("20260102T000000Z-it-stops-bbbb0002")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("reports")
def test_the_latest_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """Its links count from where one stands."""
    assert main(["export", "ctrf"]) == 0
    (test,) = json.loads(capsys.readouterr().out)["results"]["tests"]
    assert test["attachments"][0]["path"] == (
        "reports/20260102T000000Z-it-stops-bbbb0002/report.html"
    )


@pytest.mark.usefixtures("reports")
def test_drills_are_named_by_id_or_folder_and_each_is_told_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """However often it is named."""
    assert main(["export", "summary", "aaaa", "reports/latest", "bbbb0002"]) == 0
    assert capsys.readouterr().out.startswith("## Incident drills: 2 met")


def test_a_file_is_written(reports: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is printed for others to read."""
    assert main(["export", "badge", "-o", "out/badge.svg"]) == 0
    assert "2 met" not in capsys.readouterr().out
    assert "drills: 1 met" in (reports / "out/badge.svg").read_text("utf-8")


@pytest.mark.usefixtures("reports")
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["bagde"], "did you mean 'badge'?"),
        (["badge", "cccc"], "expected the folder of a drill, cccc is not there"),
        (["badge", "--reports", "nowhere"], "nowhere/latest is not there; no drill was run"),
        (["badge", "-o", "reports"], "reports: expected to write badge there"),
    ],
)
def test_bad_input_is_told(words: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With exit code 2."""
    assert main(["export", *words]) == 2
    assert told in capsys.readouterr().err
