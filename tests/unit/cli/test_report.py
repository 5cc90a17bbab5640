"""``drills report``, and ``drills show`` of a drill that is named by its id."""

from __future__ import annotations

from pathlib import Path

import pytest

from drills.cli import main
from tests.doubles.recorded import recorded


@pytest.fixture
def drill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A drill in the reports of the folder that one is in."""
    monkeypatch.chdir(tmp_path)
    return recorded(tmp_path / "reports" / "20261127T091257Z-the-read-replica-stops-d1")


def test_it_renders_what_the_drill_rendered(
    drill: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same bytes, by id, by path, and whatever stood there."""
    before = (drill / "report.html").read_bytes()
    for name in ("d1", str(drill)):
        (drill / "report.html").write_text("gone", "utf-8")
        assert main(["report", name]) == 0
        assert (drill / "report.html").read_bytes() == before
    assert "report.html" in capsys.readouterr().out
    assert main(["verify", "d1"]) == 0


def test_a_pdf_without_a_browser_says_what_is_missing(
    drill: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The report is rendered all the same."""
    monkeypatch.setenv("PATH", str(drill))
    (drill / "report.html").unlink()
    assert main(["report", "d1", "--pdf", "x.pdf"]) == 2
    assert "expected a Chromium on PATH" in capsys.readouterr().err
    assert (drill / "report.html").is_file()


def test_it_is_opened(drill: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By whatever shows pages here; where nothing does, that is said."""
    opened: list[str] = []

    def show(uri: str) -> bool:
        opened.append(uri)
        return True

    monkeypatch.setattr("webbrowser.open", show)
    assert main(["report", "d1", "--open"]) == 0
    assert opened == [(drill / "report.html").as_uri()]
    monkeypatch.setattr("webbrowser.open", lambda _: False)
    assert main(["report", "d1", "--open"]) == 2


def test_show_takes_an_id_and_the_terminals_width(
    drill: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No line but a command and the report's path is wider."""
    monkeypatch.setenv("COLUMNS", "50")
    main(["show", "d1"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].endswith(f"{drill.name}/report.html")
    assert max(len(line) for line in lines[:-1] if not line.startswith("  $ ")) <= 50
