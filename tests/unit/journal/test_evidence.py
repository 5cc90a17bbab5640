"""Captured artefacts: redacted, hashed, and never the end of the drill."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from drills.errors import EngineError
from drills.journal import evidence
from drills.journal.evidence import Evidence
from drills.journal.facts import ErrorNote, EvidenceKept
from drills.journal.journal import Journal
from drills.journal.redaction import MASK, Redactor
from drills.testing import ManualClock


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """A journal that knows a secret."""
    return Journal(tmp_path / "drill", ManualClock(), Redactor(["hunter2-secret"]))


def kept(journal: Journal) -> list[EvidenceKept]:
    return journal.timeline().all(EvidenceKept)


def test_an_artefact_is_written_with_its_hash_and_its_source(journal: Journal) -> None:
    """What the journal says of a file is true of the file."""
    Evidence(journal).keep("app-1 log", "the engine", "naïve\n".encode)
    (event,) = kept(journal)
    data = (journal.directory / event.path).read_bytes()
    assert data == "naïve\n".encode()
    assert event.sha256 == hashlib.sha256(data).hexdigest()
    assert (event.size, event.text) == (len(data), "app-1 log from the engine")
    assert event.path == "evidence/app-1-log.txt"


def test_secrets_and_foreign_bytes_do_not_get_in(journal: Journal) -> None:
    """Redacted before it is written; what is no UTF-8 is replaced."""
    Evidence(journal).keep("log", "the engine", lambda: b"\xff hunter2-secret")
    text = (journal.directory / "evidence/log.txt").read_text("utf-8")
    assert text == f"\ufffd {MASK}"


def test_artefacts_of_one_name_do_not_overwrite_each_other(journal: Journal) -> None:
    """Each has a file of its own."""
    for number in range(3):
        Evidence(journal).keep("log!", "the engine", lambda: b"%d" % number)  # noqa: B023 - called at once
    paths = [event.path for event in kept(journal)]
    assert paths == ["evidence/log.txt", "evidence/log-2.txt", "evidence/log-3.txt"]
    assert [(journal.directory / path).read_text() for path in paths] == ["0", "1", "2"]


def test_only_the_end_of_a_huge_one_is_kept(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the cut leaves no half of a secret."""
    monkeypatch.setattr(evidence, "LARGEST", 20)
    Evidence(journal).keep("log", "the engine", lambda: b"hunter2-secret" + b"x" * 8)
    assert (journal.directory / "evidence/log.txt").read_text() == MASK + "x" * 8
    Evidence(journal).keep("log", "the engine", lambda: b"a" * 8 + b"hunter2-secret" + b"x" * 14)
    assert "secret" not in (journal.directory / "evidence/log-2.txt").read_text()


@pytest.mark.parametrize("error", [EngineError("the engine is gone"), OSError(28, "disk full")])
def test_one_that_cannot_be_captured_is_an_event(journal: Journal, error: Exception) -> None:
    """The others are still wanted."""

    def content() -> bytes:
        raise error

    Evidence(journal).keep("log", "the engine", content)
    Evidence(journal).keep("stats", "the engine", lambda: b"{}")
    (told,) = journal.timeline().all(ErrorNote)
    assert told.text == f"evidence log: {error}"
    assert [event.name for event in kept(journal)] == ["stats"]
