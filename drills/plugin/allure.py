"""What a drill leaves, attached to its test where allure-pytest writes results."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from drills.journal.folder import RECORD, REPORT, RESULT

_KINDS = {REPORT: "HTML", RECORD: "TEXT", RESULT: "JSON"}


def attach(config: pytest.Config, directory: Path) -> None:
    """Attach report, record and result. A drill's verdict does not hang on it."""
    if not config.getoption("allure_report_dir", None):
        return
    with suppress(Exception):
        import allure

        for name, kind in _KINDS.items():
            if (path := directory / name).is_file():
                kind_of = getattr(allure.attachment_type, kind)
                allure.attach.file(path, name, kind_of)  # type: ignore[no-untyped-call] # it has none
