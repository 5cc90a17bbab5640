"""`drills history`, `drills compare` and `drills show ID`."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from drills.cli import main
from drills.history.records import FILE
from drills.history.standing import Standing, Word, write_standing
from drills.journal.folder import EVIDENCE, INDEX, PRUNED, RESULT, SAMPLES
from tests.doubles.finished import HOSTILE, drill, row


@pytest.fixture
def reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three drills, in a project without a manifest."""
    monkeypatch.chdir(tmp_path)
    drill(tmp_path / "reports", 0)
    drill(tmp_path / "reports", 1, verdict="missed", scenario="It hangs")
    drill(tmp_path / "reports", 2)
    return tmp_path / "reports"


def said(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


def listed(text: str) -> list[str]:
    return [line.split()[0] for line in text.splitlines()[1:]]


@pytest.mark.parametrize(
    ("options", "numbers"),
    [
        ([], [0, 1, 2]),
        (["--verdict", "missed"], [1]),
        (["--scenario", "HANGS"], [1]),
        (["--since", "2026-11-27T08:30"], [0]),
        (["--since", "2026-11-27T08:30+01:00"], [0, 1]),
        (["--most", "1"], [0]),
    ],
)
def test_drills_are_listed(
    reports: Path, capsys: pytest.CaptureFixture[str], options: list[str], numbers: list[int]
) -> None:
    """The newest first, narrowed as it is asked; in a table, and for machines."""
    assert main(["history", *options]) == 0
    assert listed(said(capsys)) == [row(number).id for number in numbers]
    assert main(["history", *options, "--json"]) == 0
    told = json.loads(said(capsys))
    assert [each["id"] for each in told] == [row(number).id for number in numbers]


def test_a_line_has_what_one_compares(reports: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """When, what, the verdict, the score, how long it took to detect and to recover."""
    main(["history", "--most", "1"])
    assert " ".join(said(capsys).splitlines()[1].split()) == (
        f"{row(0).id} 2026-11-27 09:00 The read replica stops Met 99.9 331 ms 0 ms –"
    )


def test_a_line_says_what_became_of_it_against_earlier_drills(
    reports: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As it was known when the drill ended, and as far as it was."""
    known = Standing(
        id=row(0).id, machine="", runs=9, elsewhere=0, verdict=Word.REGRESSED, why="", findings=[]
    )
    write_standing(known, reports / row(0).folder)
    write_standing(known, reports / row(2).folder)  # another drill's
    main(["history"])
    ends = [line.split()[-1] for line in said(capsys).splitlines()[1:]]
    assert ends == ["regressed", "–", "–"]


def test_nothing_is_told_as_nothing(
    reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whether there is no drill, or none that is asked for."""
    main(["history", "--verdict", "inconclusive"])
    main(["history", "--reports", str(tmp_path / "none")])
    assert said(capsys).splitlines() == ["no drill that is so", f"no drill in {tmp_path / 'none'}"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (["history", "--verdict", "mised"], "found 'mised'; did you mean 'missed'?"),
        (["history", "--since", "soon"], "expected a date such as 2026-01-31, or an age"),
        (["history", "--most", "-1"], "--most: expected 1 or more, found -1"),
        (["history", "prune"], "expected --keep N, --older-than DAYS, or both, found none"),
        (["history", "prune", "--keep", "-1"], "expected 0 or more"),
        (["history", "add", "none.zip"], "none.zip: nothing was added"),
        (["compare", "0000", "x"], "0000: expected the beginning of one drill's id, found several"),
        (["compare", "00000000", "00000009"], "found none; did you mean '0000000"),
        (["show", "0000"], "expected the id of one drill, 0000 begins those of reports/2026"),
    ],
)
def test_bad_input_is_told(
    reports: Path, capsys: pytest.CaptureFixture[str], line: list[str], told: str
) -> None:
    """With what was expected, and near misses."""
    assert main(line) == 2
    assert told in capsys.readouterr().err


def test_an_artefact_is_added_and_on_the_page(
    reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What could not be read is named, and makes the command fail."""
    folder = drill(tmp_path / "theirs", 7, scenario=HOSTILE)
    bad = drill(tmp_path / "theirs", 8)
    (bad / RESULT).write_text("{")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for path in (tmp_path / "theirs").rglob("*"):
            archive.write(path, path.relative_to(tmp_path))
    assert main(["history", "add", "a.zip"]) == 1
    out, err = capsys.readouterr()
    assert out.startswith(f"added {row(7).id}: ")
    assert "\x1b" not in out
    assert f"left out: a.zip: {bad.name}/" in err
    assert f"{folder.name}/report.html" in (reports / INDEX).read_text("utf-8")
    assert main(["history", "add", "theirs"]) == 1
    assert said(capsys).startswith(f"known already: {row(7).id}: ")


def test_it_is_made_anew(reports: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """History and page; what is no drill is named."""
    (reports / FILE).write_bytes(b"damaged" * 1000)
    assert main(["history", "rebuild"]) == 0
    assert said(capsys) == "3 drills read from reports; wrote reports/index.html\n"
    (drill(reports, 9) / RESULT).write_text("{")
    assert main(["history", "rebuild"]) == 1
    assert row(9).folder in capsys.readouterr().err


def test_a_history_that_cannot_be_written_is_read_from_the_folders(
    reports: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And that is said."""
    (reports / FILE).mkdir()
    assert main(["history"]) == 0
    out, err = capsys.readouterr()
    assert len(listed(out)) == 3
    assert "could not be opened" in err
    assert main(["history", "add", str(reports)]) == 2
    assert "nothing was added" in capsys.readouterr().err


def test_pruning_asks_first(reports: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing goes without --yes; with it, what is heavy does, and the drill is still listed."""
    folder = drill(reports, 5, whole=True)
    line = ["history", "prune", "--keep", "0", "--older-than", "0"]
    assert main(line) == 0
    assert (
        said(capsys)
        .splitlines()[-1]
        .endswith("of 1 drill would be removed; nothing was. With --yes it is done")
    )
    assert (folder / SAMPLES).is_dir()
    assert main([*line, "--yes"]) == 0
    assert said(capsys).splitlines()[-1].endswith("of 1 drill; rows, journals and reports stay")
    assert not (folder / SAMPLES).exists()
    assert not (folder / EVIDENCE).exists()
    main(["history"])
    assert row(5).id in said(capsys)


def test_what_was_pruned_is_not_judged_again(
    reports: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its verdict would be another one, for want of what it rested on."""
    folder = drill(reports, 5, whole=True)
    main(["history", "prune", "--keep", "0", "--yes"])
    before = (folder / RESULT).read_bytes()
    assert (folder / PRUNED).is_file()
    assert main(["judge", str(folder)]) == 2
    assert "removed samples, evidence" in capsys.readouterr().err
    assert (folder / RESULT).read_bytes() == before


def test_two_drills_are_compared(reports: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By as much of their ids as no other one has; in a table, and for machines."""
    assert main(["compare", row(1).id, row(0).id]) == 0
    out = said(capsys)
    assert out.startswith(f"A: {row(1).id}, 2026-11-27 08:00 UTC, It hangs: Missed")
    assert "The incident is detected (at most 5 min)" in out
    assert "\nB: Cannot tell what got worse since 1 earlier drill: " in out
    assert main(["compare", row(1).id, row(0).id, "--json"]) == 0
    told = json.loads(said(capsys))
    assert (told["first"]["id"], told["second"]["id"]) == (row(1).id, row(0).id)
    assert told["pairs"][0]["kind"] == "criterion"
    assert told["pairs"][0]["first"]["limit"] == 300.0
    assert (told["standing"]["id"], told["standing"]["runs"]) == (row(0).id, 1)


def test_a_drill_is_shown_by_its_id(reports: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Or by its folder, as before."""
    assert main(["show", row(2).id]) == 0
    assert f"Report: reports/{row(2).folder}/report.html" in said(capsys)
    assert main(["show", f"reports/{row(2).folder}"]) == 0
    assert main(["show", "zzz"]) == 2
    drill(reports, 9, id="abcdef01", folder="20260101T000000Z-x-abcdef01")
    said(capsys)
    assert main(["show", "abcd"]) == 0
    assert "x-abcdef01/report.html" in said(capsys)


def test_judging_anew_is_known_to_the_history(
    reports: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where one is kept; none is made for it."""
    folder = drill(reports, 5, whole=True, folder="20261101T000000Z-x-5e8fac18")
    main(["judge", str(folder)])
    assert not (reports / FILE).exists()
    main(["history"])
    said(capsys)
    assert row(5).id not in {each["id"] for each in _json(capsys)}
    (reports / FILE).unlink()
    main(["history"])
    main(["judge", str(folder)])
    assert "5e8fac18" in {each["id"] for each in _json(capsys)}


def _json(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    said(capsys)
    main(["history", "--json"])
    told: list[dict[str, object]] = json.loads(said(capsys))
    return told
