"""Drills of the version before schema 2 are shown, judged and verified."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from drills.cli import main
from drills.errors import JournalError
from drills.judgement.criterion import Comparator, Criterion, Unit
from drills.judgement.score import Judged
from drills.judgement.statement import state
from drills.judgement.verdict import Measured, Measurement, Unassessed, Unmeasured
from drills.reporting.criteria import limit_text, margin_text, measured_text, metric_text
from drills.reporting.files import read_result
from drills.reporting.schema1 import upgraded
from drills.units import Interval

SAMPLE = Path(__file__).parent / "schema1"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A drill's folder as the version before left it."""
    return Path(shutil.copytree(SAMPLE, tmp_path / "drill"))


def document(directory: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((directory / "drill.json").read_text("utf-8"))
    return found


def test_it_is_shown(old: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the figures that its own words gave."""
    assert document(old)["schema_version"] == 1
    assert main(["show", str(old)]) == 0
    shown = capsys.readouterr().out
    for each in document(old)["criteria"]:
        assert each["measured"] in shown
        assert f"{each['comparator']} {each['limit']}" in shown


def test_it_is_verified(old: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Intact, and what could not be compared is said."""
    assert main(["verify", str(old)]) == 0
    said = capsys.readouterr().out
    assert said.startswith("intact; root hash ")
    assert "report.html was not compared" in said


def test_it_is_judged_as_it_was_and_written_in_numbers(
    old: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Then nothing of it is old, and all of it is compared."""
    before = document(old)
    assert main(["judge", str(old)]) == 0
    after = document(old)
    assert after["schema_version"] == 2
    for key in ("id", "verdict", "reason", "score", "faults", "data", "record", "root_hash"):
        assert told_of(after[key], before[key]) == before[key]
    assert after["record"]["findings"] == []
    (old / "report.html").write_text("all was well")
    capsys.readouterr()
    assert main(["verify", str(old)]) == 1
    assert "not compared" not in capsys.readouterr().out


def told_of(after: Any, before: Any) -> Any:
    """What a value says under the keys of another."""
    if isinstance(before, list):
        return [told_of(*each) for each in zip(after, before, strict=True)]
    if isinstance(before, dict):
        return {key: told_of(after[key], before[key]) for key in before}
    return after


def test_its_numbers_are_as_exact_as_its_words() -> None:
    """What was said in words is what the numbers say."""
    told, result = document(SAMPLE), read_result(SAMPLE)
    for words, one in zip(told["criteria"], result.criteria, strict=True):
        shown = (metric_text(one), limit_text(one), measured_text(one), margin_text(one))
        assert shown == (words["metric"], words["limit"], words["measured"], words["margin"])
    assert result.criteria[2].limit == 0.99
    assert result.criteria[2].subject == "exports"
    for name, metric in result.metrics.items():
        assert metric.value == told["metrics"][name.replace(" ", "_")]["seconds"]


@pytest.mark.parametrize(
    ("key", "value"),
    [("verdict", "missed"), ("id", "another"), ("duration_s", 1), ("criteria", []), ("new", 1)],
)
def test_a_change_of_its_result_is_seen(old: Path, key: str, value: object) -> None:
    """As one of this schema's is."""
    (old / "drill.json").write_text(json.dumps({**document(old), key: value}))
    assert main(["verify", str(old)]) == 1


def test_a_change_of_a_criterion_s_words_is_seen(old: Path) -> None:
    """Although the words are not in the result any more."""
    changed = document(old)
    changed["criteria"][0]["measured"] = "1.00 s"
    (old / "drill.json").write_text(json.dumps(changed))
    assert main(["verify", str(old)]) == 1


def test_a_result_that_says_a_thing_twice_is_no_result(old: Path) -> None:
    """One reader would see the first, another one the second."""
    text = (old / "drill.json").read_text("utf-8")
    (old / "drill.json").write_text('{"verdict": "missed",' + text.strip()[1:])
    assert main(["verify", str(old)]) == 1


def test_an_older_one_lacks_what_came_later(old: Path) -> None:
    """Schema 1 had grown: the first results had no word on altered writes."""
    first = document(old)
    for name in ("altered", "altered_ids", "misread", "content_proven"):
        del first["data"][name]
    (old / "drill.json").write_text(json.dumps(first))
    assert main(["verify", str(old)]) == 0


def test_a_drill_of_today_is_not_excused_as_an_old_one(old: Path) -> None:
    """Its journal says which schema it had, so its report is always compared."""
    lines = (old / "journal.jsonl").read_text().splitlines()
    first = json.loads(lines[0])
    first["data"]["schema"] = 2
    (old / "journal.jsonl").write_text("\n".join([json.dumps(first), *lines[1:]]) + "\n")
    from drills.reporting.verify import of_schema_1

    assert not of_schema_1(old)


@pytest.mark.parametrize("text", ['{"schema_version": 1}', '{"schema_version": 1, "criteria": 3}'])
def test_what_is_no_result_is_an_error_of_the_user_s(old: Path, text: str) -> None:
    """With the file's name, and no traceback."""
    (old / "drill.json").write_text(text)
    with pytest.raises(JournalError, match="expected a judged drill"):
        read_result(old)


def judged(metric: str, comparator: Comparator, limit: float, found: Measurement) -> Judged:
    unit = {"availability": Unit.RATIO, "time to detect": Unit.SECONDS}.get(metric, Unit.COUNT)
    return Judged.of(Criterion("it", metric, comparator, limit), unit, found)


MOST, LEAST, JUST = Comparator.AT_MOST, Comparator.AT_LEAST, Comparator.EXACTLY


@pytest.mark.parametrize(
    "item",
    [
        judged("time to detect", MOST, 300, Measured(Interval(1.32, 1.3, 1.34), "")),
        judged("time to detect", MOST, 300, Measured(Interval(0.993, 0.99, 1.348), "")),
        judged("time to detect", MOST, 300, Measured(Interval(150, 148, 152), "")),
        judged("time to detect", MOST, 5, Measured(Interval(4000, 3999, 4001), "")),
        judged("time to detect", MOST, 1, Measured(Interval(0.7, 0, 1.45), "")),
        judged("time to detect", MOST, 300, Unmeasured("nobody told", 60)),
        judged("time to detect", MOST, 300, Unmeasured("nobody told")),
        judged("lost orders", JUST, 0, Measured(Interval.exact(3), "")),
        judged("lost orders", JUST, 0, Measured(Interval.exact(0), "")),
        judged("crashes before detection", MOST, 1, Unmeasured("nobody told", 3)),
        judged("availability", LEAST, 0.99, Measured(Interval.exact(0.9512), "")),
        judged("availability", LEAST, 0.99, Measured(Interval.exact(1), "")),
        judged("attestation", JUST, 1, Unassessed("nobody took part")),
    ],
)
def test_every_kind_of_words_is_read_back(item: Judged) -> None:
    """As numbers that give the same words again."""
    one = state(item)
    words = {
        **one.model_dump(exclude={"subject", "unit", "value", "low", "high", "at_least"}),
        "limit": limit_text(one),
        "measured": measured_text(one),
        "margin": margin_text(one),
    }
    read = upgraded({**document(SAMPLE), "criteria": [words]})["criteria"][0]
    again = type(one).model_validate(read)
    assert measured_text(again) == measured_text(one)
    assert (limit_text(again), margin_text(again)) == (limit_text(one), margin_text(one))
    assert (again.margin is None) == (one.margin is None)
