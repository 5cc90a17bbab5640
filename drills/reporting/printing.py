"""A report as PDF, printed by a Chromium that is on this machine; none is brought along."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from drills.errors import JournalError, PlanError

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
)
_PATIENCE_S = 120.0


def browser() -> str:
    """The program that prints. Raises PlanError where there is none, with those looked for."""
    for name in BROWSERS:
        if found := shutil.which(name):
            return found
    listed = ", ".join(BROWSERS)
    raise PlanError(
        f"expected a Chromium on PATH to print a PDF, found none of {listed}. "
        "Hint: install one, or open the report and print it there"
    )


def print_pdf(report: Path, to: Path) -> None:
    """Print the report into the file ``to``, on A4.

    Raises PlanError where there is no browser or no such folder, JournalError where it fails.
    """
    program = browser()
    if not to.parent.is_dir():
        raise PlanError(f"{to}: expected a folder that is there, found none at {to.parent}")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        draft = Path(scratch) / "report.pdf"
        command = [program, *_options(scratch), f"--print-to-pdf={draft}"]
        command.append(report.resolve().as_uri())
        try:
            ended = subprocess.run(command, capture_output=True, timeout=_PATIENCE_S, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise JournalError(f"{program}: expected to print {report}: {error}") from error
        if not draft.is_file():
            said = ended.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
            told = said[0] if said else f"it ended with {ended.returncode}"
            raise JournalError(f"{program}: expected to print {report}: {told}")
        try:
            shutil.copyfile(draft, to)
        except OSError as error:
            raise JournalError(f"{to}: expected to write it: {error.strerror or error}") from error


def _options(profile: str) -> list[str]:
    """No window, no network, nothing kept; the page's policy allows no script but its own."""
    options = ["--headless", "--disable-gpu", "--no-first-run", f"--user-data-dir={profile}"]
    options += ["--no-pdf-header-footer", "--host-resolver-rules=MAP * ~NOTFOUND"]
    return [*options, "--no-sandbox"] if os.geteuid() == 0 else options
