"""A report as PDF: by a browser that is there, or not, and then it says what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from drills.errors import JournalError, PlanError
from drills.reporting.printing import browser, print_pdf


def pretend(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """A chromium on PATH that does what the script says, and nothing else there."""
    program = folder / "chromium"
    program.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


def test_without_a_browser_it_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each name that was looked for."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PlanError, match=r"found none of chromium, .*google-chrome"):
        browser()


def test_what_was_printed_is_where_it_was_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The browser is told the report's address, and no network."""
    script = (
        'for each in "$@"; do case "$each" in '
        '--print-to-pdf=*) echo "$@" > "${each#--print-to-pdf=}";; esac; done'
    )
    pretend(tmp_path, monkeypatch, script)
    report, to = tmp_path / "report.html", tmp_path / "out.pdf"
    report.write_text("<p>", "utf-8")
    print_pdf(report, to)
    assert report.as_uri() in to.read_text("utf-8")
    assert "--host-resolver-rules=MAP * ~NOTFOUND" in to.read_text("utf-8")


def test_a_browser_that_prints_nothing_is_an_error_with_its_last_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And a folder that is not there is bad input."""
    pretend(tmp_path, monkeypatch, "echo first >&2; echo no display >&2; exit 3")
    with pytest.raises(JournalError, match="no display"):
        print_pdf(tmp_path / "report.html", tmp_path / "out.pdf")
    with pytest.raises(PlanError, match="expected a folder that is there"):
        print_pdf(tmp_path / "report.html", tmp_path / "none" / "out.pdf")
