"""A judged result that cannot be read says what is wrong with it, where, and what to do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from drills.cli import main
from drills.errors import JournalError
from drills.journal.folder import JOURNAL, RESULT
from drills.reporting.files import read_result

SAMPLE = Path(__file__).parents[3] / "reports" / "sample"
FOREIGN = ("pydantic", "http", "Input should", "Field required", "input_value", "type=")


def told(path: Path, text: str) -> str:
    (path / RESULT).write_text(text, "utf-8")
    with pytest.raises(JournalError) as caught:
        read_result(path)
    said = str(caught.value)
    assert not any(word in said for word in FOREIGN)
    return said.replace(f"{path / RESULT}:", "")


def test_all_that_does_not_fit_is_told_by_line_and_key(tmp_path: Path) -> None:
    """With what was expected and found, and the nearest key there is; nothing of the library's."""
    document: dict[str, Any] = json.loads((SAMPLE / RESULT).read_text("utf-8"))
    document["criteria"][0]["unit"] = "secnds"
    document["verdikt"] = document.pop("verdict")
    document["score"]["value"] = "much"
    del document["data"]["lost"]
    (tmp_path / JOURNAL).write_text("")
    text = json.dumps(document, indent=1)
    lines = text.splitlines()
    first, *others, hint = told(tmp_path, text).splitlines()
    assert first.endswith(": score.value: expected a number, found 'much'")
    assert lines[int(first.partition(":")[0]) - 1].strip() == '"value": "much",'
    assert [line.partition(": ")[2][:72] for line in others] == [
        "data.lost: expected a whole number, found nothing",
        "criteria.0.unit: expected one of 'seconds', 'ratio' or 'count', found 's",
        "verdikt: expected one of the keys schema_version, id, feature, scenario,",
    ]
    assert others[1].endswith("found 'secnds'; did you mean 'seconds'?")
    assert others[2].endswith("found 'verdikt'; did you mean 'verdict'?")
    assert hint == f"Hint: `drills judge {tmp_path}` writes it anew, from the journal"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{\n"id": ', "2: expected a judged drill, as JSON: Expecting value"),
        ("[]", "1: expected a table, found an empty list"),
        ('{"schema_version": 1}', " expected a judged drill: expected a result of schema 1, it l"),
    ],
)
def test_what_is_no_result_at_all_is_told(tmp_path: Path, text: str, said: str) -> None:
    """Torn, of another kind, or of another version that it is not."""
    assert told(tmp_path, text).startswith(said)


def test_a_folder_without_a_result_is_none(tmp_path: Path) -> None:
    """Nor is there anything to judge anew."""
    with pytest.raises(
        JournalError, match=r"drill.json: expected a judged drill: No such file"
    ) as caught:
        read_result(tmp_path)
    assert "Hint" not in str(caught.value)


CONTRADICTIONS: dict[str, tuple[dict[str, Any], str]] = {
    "a drill that was cut off": ({"status": "aborted"}, "the drill cannot be met: it was aborted"),
    "a part is missing": ({"failed_parts": {"samples": "gone"}}, "could not be judged in part (sa"),
    "no criterion": ({"criteria": []}, "the drill cannot be met: no criterion is"),
}
MET_WITHOUT: dict[str, tuple[dict[str, Any], str]] = {
    "a measurement": ({"value": None, "low": None, "high": None}, "met: nothing was measured"),
    "its limit": ({"value": 900, "low": 900, "high": 900}, "what was measured is not at most its"),
    "its bounds": ({"value": 1, "low": 2, "high": 3}, "lies outside its own bounds"),
    "the drill": ({"verdict": "missed"}, "the drill cannot be met: "),
}


@pytest.mark.parametrize("what", [*CONTRADICTIONS, *MET_WITHOUT])
def test_a_result_that_contradicts_itself_is_told(
    tmp_path: Path, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Somebody wrote "met" into it; nobody who judges does, so it is not shown as met."""
    document: dict[str, Any] = json.loads((SAMPLE / RESULT).read_text("utf-8"))
    document |= CONTRADICTIONS.get(what, ({}, ""))[0]
    if what in MET_WITHOUT:
        document["criteria"][0].update(MET_WITHOUT[what][0])
    said = told(tmp_path, text := json.dumps(document, indent=1)).splitlines()[0]
    expected = {**CONTRADICTIONS, **MET_WITHOUT}[what][1]
    assert expected in said
    assert '"verdict": "met"' in text.splitlines()[int(said.partition(":")[0]) - 1]
    assert main(["show", str(tmp_path)]) == 2
    assert "Met" not in capsys.readouterr().out
