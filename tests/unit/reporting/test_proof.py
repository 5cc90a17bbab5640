"""Evidence held against what was captured."""

from __future__ import annotations

import hashlib
from pathlib import Path

from drills.judgement.result import EvidenceResult
from drills.reporting.html import render_html
from drills.reporting.proof import exhibit
from tests.unit.reporting import example
from tests.unit.reporting.markup import Page


def captured(root: Path, content: bytes) -> EvidenceResult:
    """An artefact as the drill wrote it."""
    path = root / "evidence" / "app.log"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    return EvidenceResult(name="app log", path="evidence/app.log", sha256=digest, size=len(content))


def test_an_untouched_artefact_matches(tmp_path: Path) -> None:
    """A file that is still what was captured says so, and is linked relative to the report."""
    shown = exhibit(captured(tmp_path, b"line\n"), tmp_path)
    assert (shown.state, shown.href) == ("matches", "evidence/app.log")


def test_a_changed_artefact_is_told(tmp_path: Path) -> None:
    """A file that was edited afterwards is reported as different."""
    one = captured(tmp_path, b"line\n")
    (tmp_path / one.path).write_bytes(b"another\n")
    assert exhibit(one, tmp_path).state == "differs"


def test_a_vanished_artefact_is_told(tmp_path: Path) -> None:
    """A file that is no longer there is reported as missing."""
    one = captured(tmp_path, b"line\n")
    (tmp_path / one.path).unlink()
    assert exhibit(one, tmp_path).state == "missing"


def test_a_link_out_of_the_directory_is_not_followed(tmp_path: Path) -> None:
    """A symbolic link that leads outside is not read."""
    root = tmp_path / "drill"
    root.mkdir()
    one = captured(root, b"secret")
    outside = tmp_path / "secret"
    (root / one.path).rename(outside)
    (root / one.path).symlink_to(outside)
    assert exhibit(one, root).state == "outside"


def test_odd_names_become_safe_addresses(tmp_path: Path) -> None:
    """A space or a quote in a name is encoded in the link."""
    one = captured(tmp_path, b"").model_copy(update={"path": 'evidence/a "b"#c?.log'})
    assert exhibit(one, None).href == "evidence/a%20%22b%22%23c%3F.log"


def test_the_report_says_whether_evidence_was_checked(tmp_path: Path) -> None:
    """With the drill's directory the state of each file is shown, without it that nobody looked."""
    result = example.result(evidence=[captured(tmp_path, b"line\n")])
    assert "hash checked when this was written" in Page(render_html(result, tmp_path)).text
    assert "not checked when this was written" in Page(render_html(result)).text
