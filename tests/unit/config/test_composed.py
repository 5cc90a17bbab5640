"""The compose file that a manifest means, and what is merged over it."""

from __future__ import annotations

from pathlib import Path

from drills.config.composed import source_of
from drills.config.document import Manifest


def test_what_compose_merges_over_its_own_file_goes_with_it(tmp_path: Path) -> None:
    """Where nothing names the file; one that is named goes with those that are named after it."""
    for name in ("compose.yaml", "compose.override.yaml", "ci.yaml"):
        (tmp_path / name).touch()
    found = source_of(Manifest.of({}), tmp_path)
    assert (found.file.name, [each.name for each in found.overrides]) == (
        "compose.yaml",
        ["compose.override.yaml"],
    )
    named = source_of(Manifest.of({"stack": {"compose_file": "compose.yaml"}}), tmp_path)
    assert list(named.overrides) == []
    files = ["compose.yaml", "ci.yaml"]
    several = source_of(Manifest.of({"stack": {"compose_file": files}}), tmp_path)
    assert [several.file, *several.overrides] == [tmp_path / name for name in files]
