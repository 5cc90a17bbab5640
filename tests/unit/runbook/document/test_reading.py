"""A file that is no runbook is told with its path."""

from pathlib import Path

import pytest

from drills.errors import PlanError
from drills.runbook.document import read


def test_a_file_is_read_with_its_place(tmp_path: Path) -> None:
    """Lines are told by the path that was given."""
    path = tmp_path / "RUNBOOK.md"
    path.write_bytes(b"\xef\xbb\xbf# Title\r\n\r\ntext\r\n")
    document = read(path)
    assert document.sections[1].title == "Title"
    assert document.lines == ("# Title", "", "text")
    assert document.where(3) == f"{path}:3"


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    """A missing file, a folder, and a file that is no text."""
    with pytest.raises(PlanError, match=r"missing\.md: expected .* found nothing"):
        read(tmp_path / "missing.md")
    with pytest.raises(PlanError, match="expected a runbook in Markdown: Is a directory"):
        read(tmp_path)
    (tmp_path / "x.md").write_bytes(b"\x89PNG\0\0")
    with pytest.raises(PlanError, match="no text"):
        read(tmp_path / "x.md")
