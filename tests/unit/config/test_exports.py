"""What is to be exported: which word goes before which, and whose mistake is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from drills.config.document import Manifest, load
from drills.config.exports import check, said
from drills.errors import PlanError


def test_an_option_goes_before_the_variable() -> None:
    """None where neither says anything: then the manifest does."""
    assert said(["ctrf=a"], {"DRILL_EXPORT": "badge=b"}) == ["ctrf=a"]
    assert said([], {"DRILL_EXPORT": "badge=b, ctrf=c,"}) == ["badge=b", "ctrf=c"]
    assert said(None, {"DRILL_EXPORT": " "}) is None
    assert said([], {}) is None


@pytest.mark.parametrize(
    ("given", "environment", "source"),
    [(["x"], {}, "--drill-export"), ([], {"DRILL_EXPORT": "x,y=z"}, "DRILL_EXPORT")],
)
def test_a_mistake_is_told_by_what_says_it(
    given: list[str], environment: dict[str, str], source: str
) -> None:
    """Each line of it."""
    with pytest.raises(PlanError) as told:
        check(given, environment)
    assert {line.partition(": ")[0] for line in str(told.value).splitlines()} == {source}


def test_a_manifest_says_it_above_its_sections(tmp_path: Path) -> None:
    """A mistake there is told with its line and key."""
    path = tmp_path / "drills.toml"
    path.write_text('export = ["ctrf=out/ctrf.json", "badge=b.svg"]\n')
    assert load(path).export == ("ctrf=out/ctrf.json", "badge=b.svg")
    path.write_text('export = [\n  "ctrf=a",\n  "bagde=b.svg",\n]\n')
    with pytest.raises(PlanError, match=r"drills.toml:3: export.1: .*did you mean 'badge'\?"):
        load(path)
    with pytest.raises(PlanError, match=r"^export.0: expected NAME=PATH"):
        Manifest.of({"export": ["ctrf"]})
