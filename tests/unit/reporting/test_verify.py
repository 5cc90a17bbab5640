"""A finished drill shows any change: of its journal, of what lies beside it, of its renderings."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drills.cli import main
from drills.errors import JournalError
from drills.journal.facts import Attested, DrillStarted, Note
from drills.journal.folder import RENDERED
from drills.journal.integrity import hashes
from drills.journal.journal import Journal, append, last_hash, read_timeline
from drills.journal.replacing import draft_name
from drills.journal.timeline import Event, Kind
from drills.judgement.judge import judge_directory
from drills.reporting.files import read_result, write_report
from drills.reporting.verify import verify
from drills.runbook.attestation import attest
from drills.testing import ManualClock
from tests.doubles.recorded import recorded

LINES = 18  # of the recorded drill's journal; held by the first test
FILES = (
    "journal.jsonl",
    "final-read.json",
    "samples/orders.jsonl.gz",
    "samples/stalls.jsonl.gz",
    "evidence/app-1-log.txt",
    "evidence/pg-stat-activity.txt",
    *RENDERED,
)


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished drill for tests that put back what they change."""
    return recorded(tmp_path_factory.mktemp("reports") / "drill")


def files(directory: Path) -> dict[str, bytes]:
    """Every file below a directory."""
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file()
    }


def where(directory: Path) -> set[str]:
    """The places that ``verify`` names."""
    return {problem.where for problem in verify(directory)}


def test_an_untouched_drill_is_intact(finished: Path) -> None:
    """Nothing is found, and these are all of its files and lines."""
    assert verify(finished) == []
    assert files(finished).keys() == set(FILES)
    assert len((finished / "journal.jsonl").read_bytes().splitlines()) == LINES


def test_the_root_hash_is_that_of_the_last_line(finished: Path) -> None:
    """As anybody can compute it; result and report show it."""
    last = (finished / "journal.jsonl").read_bytes().splitlines(keepends=True)[-1]
    root = hashlib.sha256(last).hexdigest()
    assert last_hash(finished) == root == read_result(finished).root_hash
    assert root in (finished / "report.html").read_text("utf-8")


def test_the_seal_is_the_last_word(finished: Path) -> None:
    """It names every file but the journal and what is made from it, each with its hash."""
    last = json.loads((finished / "journal.jsonl").read_bytes().splitlines()[-1])
    assert last["kind"] == Kind.SEALED
    assert last["data"]["files"] == {
        name: hashlib.sha256(data).hexdigest()
        for name, data in files(finished).items()
        if name not in ("journal.jsonl", *RENDERED)
    }


CHANGES: dict[str, Callable[[list[bytes], int], list[bytes]]] = {
    "edited": lambda lines, n: [
        *lines[:n],
        lines[n].replace(b'"seq":', b'"seq": '),
        *lines[n + 1 :],
    ],
    "removed": lambda lines, n: [*lines[:n], *lines[n + 1 :]],
    "duplicated": lambda lines, n: [*lines[: n + 1], *lines[n:]],
    "swapped": lambda lines, n: [*lines[: n - 1], lines[n], lines[n - 1], *lines[n + 1 :]],
    "emptied": lambda lines, n: [*lines[:n], b"\n", *lines[n + 1 :]],
    "joined": lambda lines, n: [*lines[:n], lines[n][:-1], *lines[n + 1 :]],
}


@pytest.mark.parametrize("number", range(LINES))
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.thorough
def test_each_line_of_the_journal(finished: Path, change: str, number: int) -> None:
    """Edited, removed, duplicated, swapped with the one before, emptied, joined to the next."""
    path = finished / "journal.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(
        b"".join(CHANGES[change](lines, number or 1 if change == "swapped" else number))
    )
    assert verify(finished)


def chained(lines: list[bytes]) -> bytes:
    """The lines with every hash made to fit, as someone would who knows the format."""
    prev, whole = "0" * 64, b""
    for line in lines:
        entry = json.loads(line) | {"prev": prev}
        new = json.dumps(entry, separators=(",", ":")).encode() + b"\n"
        prev, whole = hashlib.sha256(new).hexdigest(), whole + new
    return whole


def test_a_forged_chain(finished: Path) -> None:
    """Who edits a line and makes all hashes fit still changes the root hash in the result."""
    path = finished / "journal.jsonl"
    lines = path.read_bytes().replace(b"ReplicaDown firing", b"ReplicaDown FIRING")
    path.write_bytes(chained(lines.splitlines()))
    assert "drill.json" in where(finished)


def forged_seal(directory: Path) -> bytes:
    """A line that seals whatever is there now."""
    seal = {
        "seq": 99,
        "at_ns": 2 * 10**12,
        "kind": "sealed",
        "text": "",
        "prev": last_hash(directory),
    }
    return json.dumps(seal | {"data": {"files": hashes(directory)}}).encode() + b"\n"


def test_a_forged_drill_against_a_noted_root_hash(finished: Path) -> None:
    """Who renders the forgery anew as well is found out by whoever noted the root hash."""
    noted = last_hash(finished)
    path = finished / "journal.jsonl"
    (finished / "final-read.json").write_text("{}", "utf-8")
    path.write_bytes(chained(path.read_bytes().splitlines()[:-1]))
    path.write_bytes(path.read_bytes() + forged_seal(finished))
    write_report(judge_directory(finished), finished)
    assert verify(finished) == []
    assert any(noted in problem.what for problem in verify(finished, noted))


def test_an_artefact_that_was_sealed_anew(finished: Path) -> None:
    """A later seal does not cover a change of what was captured: both hashes must hold."""
    (finished / "evidence" / "app-1-log.txt").write_bytes(b"nothing happened\n")
    path = finished / "journal.jsonl"
    path.write_bytes(path.read_bytes() + forged_seal(finished))
    write_report(judge_directory(finished), finished)
    assert where(finished) >= {"evidence/app-1-log.txt"}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("place", [0.0, 0.5, 1.0])
def test_one_byte_of_each_file(finished: Path, name: str, place: float) -> None:
    """At its beginning, in its middle, at its end: the file is named."""
    path = finished / name
    data = bytearray(path.read_bytes())
    data[int(place * (len(data) - 1))] ^= 1
    path.write_bytes(data)
    assert any(name in place for place in where(finished))


@given(data=st.data())
def test_any_single_byte_of_any_file(lasting: Path, data: st.DataObject) -> None:
    """Whatever it becomes, wherever it stands."""
    path = lasting / data.draw(st.sampled_from(FILES))
    before = path.read_bytes()
    at = data.draw(st.integers(0, len(before) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != before[at]))
    path.write_bytes(before[:at] + bytes([byte]) + before[at + 1 :])
    try:
        assert verify(lasting)
    finally:
        path.write_bytes(before)
    assert verify(lasting) == []


@pytest.mark.parametrize("name", FILES[1:])
def test_a_file_that_was_removed(finished: Path, name: str) -> None:
    """It is named as missing."""
    (finished / name).unlink()
    assert next(p.what for p in verify(finished) if p.where == name).startswith("is missing")


@pytest.mark.parametrize(
    "name", ["evidence/more.txt", "samples/more.jsonl.gz", "notes.txt", ".hidden", "deep/er/file"]
)
def test_a_file_that_was_added(finished: Path, name: str) -> None:
    """It is named, wherever below the drill's directory it lies."""
    path = finished / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"")
    assert name in where(finished)


@pytest.mark.parametrize("name", [*FILES[1:], "samples", "evidence"])
def test_a_link_in_the_place_of_a_file(finished: Path, tmp_path: Path, name: str) -> None:
    """It is not followed, even where it leads to the same bytes."""
    (finished / name).rename(tmp_path / "elsewhere")
    (finished / name).symlink_to(tmp_path / "elsewhere")
    assert name in where(finished)


def test_a_pipe_in_the_place_of_a_file(finished: Path) -> None:
    """Nobody waits for what somebody might write into it."""
    (finished / "final-read.json").unlink()
    os.mkfifo(finished / "final-read.json")
    assert "final-read.json" in where(finished)


def test_a_finding_is_named_where_it_is(finished: Path) -> None:
    """One line of the journal, one artefact; the renderings are not compared with what changed."""
    path = finished / "journal.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    lines[4] = lines[4].replace(b"stop", b"kill", 1)
    path.write_bytes(b"".join(lines))
    (finished / "evidence" / "app-1-log.txt").write_bytes(b"nothing happened\n")
    first, second, third = map(str, verify(finished))
    assert first == "journal.jsonl line 6: does not follow the line before it"
    assert second == "evidence/app-1-log.txt: has changed"
    assert third.startswith("drill.json, incident.md, incident.json, report.html: not compared")


def test_a_journal_without_a_chain(finished: Path) -> None:
    """It is judged as ever, and said in one line to have none."""
    path = finished / "journal.jsonl"
    lines = [json.loads(line) for line in path.read_bytes().splitlines()]
    for line in lines:
        del line["prev"]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    assert judge_directory(finished).verdict == "met"
    assert str(verify(finished)[0]) == "journal.jsonl: has no hash chain"


def test_a_drill_that_was_cut_short(finished: Path) -> None:
    """No seal, and a last line that is torn: both are said."""
    path = finished / "journal.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-2]) + lines[-2][:40])
    said = [str(problem) for problem in verify(finished)]
    assert f"journal.jsonl line {LINES - 1}: is not whole" in said
    assert "journal.jsonl: holds no seal: the drill was not brought to its end" in said


def test_no_drill_at_all(tmp_path: Path) -> None:
    """An error, which is another thing than a changed drill."""
    with pytest.raises(JournalError, match="expected a journal"):
        verify(tmp_path)


def test_an_attestation_extends_the_chain(finished: Path) -> None:
    """A person's word is part of the drill, which is intact with it and has another root hash."""
    before = last_hash(finished)
    attest(finished, "Incident commander", "A. Person", "took over")
    assert "drill.json" in where(finished)
    write_report(judge_directory(finished), finished)
    assert verify(finished) == []
    assert read_result(finished).root_hash == last_hash(finished) != before
    path = finished / "journal.jsonl"
    path.write_bytes(path.read_bytes().replace(b"A. Person", b"B. Person"))
    assert verify(finished)


def test_attestations_of_several_people_at_once(finished: Path) -> None:
    """Each follows the one before it."""
    people = [f"Person {number}" for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: attest(finished, "Communications", name), people))
    write_report(judge_directory(finished), finished)
    assert verify(finished) == []
    said = read_timeline(finished).all(Attested)
    assert {event.by for event in said} == {*people}


def test_who_waits_for_another_follows_what_that_one_wrote(
    finished: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line before is looked up once the journal is held, not while somebody else writes."""
    mine, theirs = (Event(99, 10**12, Kind.NOTE, text) for text in ("mine", "theirs"))

    def wait(_file: int, _operation: int) -> None:
        monkeypatch.undo()
        append(finished, theirs)

    monkeypatch.setattr("fcntl.flock", wait)
    append(finished, mine)
    write_report(judge_directory(finished), finished)
    assert [event.text for event in read_timeline(finished).all(Note)] == ["theirs", "mine"]
    assert verify(finished) == []


@pytest.mark.parametrize(
    "damage",
    [lambda data: data + b'{"seq": 99, "at', lambda data: data.replace(b'"at_ns":1', b'"at_ns":2')],
)
def test_nobody_attests_to_a_journal_that_was_changed(
    finished: Path, damage: Callable[[bytes], bytes]
) -> None:
    """A torn line or a changed one: it is told, and `drills judge` says it too."""
    path = finished / "journal.jsonl"
    path.write_bytes(before := damage(path.read_bytes()))
    with pytest.raises(JournalError, match=r"nothing is added to .*drills verify"):
        attest(finished, "Incident commander", "A. Person")
    assert path.read_bytes() == before


def test_judging_a_changed_journal_says_that_it_was_changed(
    finished: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its verdict is of what stands there now; an intact one has nothing said of it."""
    main(["judge", str(finished)])
    assert "THE JOURNAL" not in capsys.readouterr().out
    path = finished / "journal.jsonl"
    path.write_bytes(path.read_bytes() + b'{"seq": 99, "at')
    main(["judge", str(finished)])
    told = capsys.readouterr().out
    assert "THE JOURNAL IS NOT AS IT WAS WRITTEN: line" in told
    assert "drills verify" in told


def test_a_disk_that_refused_a_line_leaves_the_chain_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next line follows the last one that was written."""
    journal = Journal(tmp_path / "drill", ManualClock())
    journal.write(DrillStarted("began"))
    with monkeypatch.context() as full:
        full.setattr(os, "write", _refuse)
        with pytest.raises(JournalError):
            journal.write(Note("lost"))
    journal.write(Note("kept"))
    journal.close()
    first, second = (tmp_path / "drill" / "journal.jsonl").read_bytes().splitlines(keepends=True)
    assert json.loads(second)["prev"] == hashlib.sha256(first).hexdigest()


def _refuse(*_: object) -> int:
    raise OSError(28, "No space left on device")


def test_judging_again_changes_nothing(finished: Path) -> None:
    """Not a bit of any file, by function and by command."""
    before = files(finished)
    assert judge_directory(finished) == read_result(finished)
    assert main(["judge", str(finished)]) == 0
    assert files(finished) == before


def test_recording_the_same_again_gives_the_same_bytes(finished: Path, tmp_path: Path) -> None:
    """Down to the compressed samples: nothing in a drill's files is by chance."""
    for packed in (finished / "samples").iterdir():
        assert packed.read_bytes()[4:8] == bytes(4)  # where gzip has the time of writing
    again = recorded(tmp_path / "again" / "drill")
    assert files(again) == files(finished)


def test_drafts_of_a_killed_rendering_are_cleared_away(finished: Path) -> None:
    """Rendering anew leaves the drill as if nobody had been killed."""
    draft = draft_name(finished / "report.html")
    draft.write_text("<!doctype ht", "utf-8")
    assert where(finished) >= {draft.name}
    write_report(judge_directory(finished), finished)
    assert verify(finished) == []


def test_the_command(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """0 and the root hash for an intact drill, 1 and a line a problem, 2 for what is none."""
    (finished.parent / "latest").symlink_to(finished.name)
    assert main(["verify", str(finished.parent / "latest")]) == 0
    assert capsys.readouterr().out == f"intact; root hash {last_hash(finished)}\n"
    assert main(["verify", "--root", last_hash(finished).upper(), str(finished)]) == 0
    assert main(["verify", "--root", "0" * 64, str(finished)]) == 1
    (finished / "incident.md").write_text("all is well\n", "utf-8")
    capsys.readouterr()
    assert main(["verify", str(finished)]) == 1
    told = capsys.readouterr().out.splitlines()
    assert told == ["incident.md: is not what judging and rendering the journal gives"]
    assert main(["verify", str(finished.parent)]) == 2


def test_the_committed_sample_is_intact() -> None:
    """Whoever looks at it sees what this version makes of its journal."""
    assert verify(Path(__file__).parents[3] / "reports" / "sample") == []
