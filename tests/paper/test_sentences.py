"""The sentences of features: each is used or documented, and each says what it means."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from types import ModuleType

import pytest
from pytest_bdd.parsers import StepParser
from pytest_bdd.steps import StepNamePrefix

import steps.faults
import steps.judgement
import steps.recovery
import steps.runbook
import steps.stack
import steps.workload
from drills.errors import PlanError
from drills.judgement.claims import within
from drills.judgement.criterion import Comparator, Criterion, Priority
from drills.judgement.metrics import METRICS
from drills.plugin.sentences import modules
from steps.judgement import criteria_of

ROOT = Path(__file__).parents[2]
MODULES = (
    *(steps.stack, steps.workload, steps.faults),
    *(steps.recovery, steps.runbook, steps.judgement),
)
HEADER = ["criterion", "metric", "limit"]
CODE = re.compile(r"`([^`\n]+)`")
STEP = re.compile(r"^\s*(?:Given|When|Then|And|But|\*) (.+)$", re.MULTILINE)


def parsers_of(module: ModuleType) -> list[StepParser]:
    """What a module's sentences look like."""
    return [
        fixture._fixture_function().parser
        for name, fixture in vars(module).items()
        if name.startswith(StepNamePrefix.step_def.value)
    ]


def sentences() -> list[tuple[str, StepParser]]:
    found = [(parser.name, parser) for module in MODULES for parser in parsers_of(module)]
    assert len(found) > 15
    return found


def written() -> list[str]:
    """Every step of a feature and of the documents, one row of an outline filled in."""
    texts = [path.read_text("utf-8") for path in (ROOT / "features").glob("*.feature")]
    texts += [path.read_text("utf-8") for path in (ROOT / "docs").rglob("*.md")]
    texts.append((ROOT / "README.md").read_text("utf-8"))
    steps = [step for text in texts for step in (*STEP.findall(text), *CODE.findall(text))]
    return [step.replace("<fault>", "a freeze") for step in steps]


@pytest.mark.parametrize("sentence", sentences(), ids=lambda pair: pair[0])
def test_every_sentence_is_used_or_documented(sentence: tuple[str, StepParser]) -> None:
    """In a feature, the README or the documents: one that nobody can find is not there."""
    name, parser = sentence
    assert any(parser.is_matching(step) for step in written()), f"nobody writes {name!r}"


@pytest.mark.parametrize(
    "path", sorted((ROOT / "features").glob("*.feature")), ids=lambda p: p.stem
)
def test_features_name_no_port_url_query_or_sleep(path: Path) -> None:
    """They are the requirement, readable by someone who has never seen Python."""
    text = path.read_text("utf-8")
    assert not re.search(r"https?://|localhost|127\.0|:\d{4}|SELECT|sleep|wait \d", text)


def test_every_module_of_sentences_is_registered() -> None:
    """Without anybody naming it; none imports another, so that each can be taken alone."""
    names = {module.__name__ for module in MODULES}
    assert {name.removeprefix("drills.") for name in modules()} == names
    for module in MODULES:
        assert "steps." not in str(
            re.findall(r"(?m)^(?:from|import) .*", inspect.getsource(module))
        )


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_a_step_is_one_call(module: ModuleType) -> None:
    """Whatever it does is done by the drill, so that it can be done without pytest too."""
    source = inspect.getsource(module)
    for body in re.findall(r"^def _\(.*?\).*?:\n(.*?)(?=^\S|\Z)", source, re.MULTILINE | re.DOTALL):
        assert body.count("drill.") == 1, body


class TestTables:
    def test_a_row_is_a_criterion(self) -> None:
        """Metric, subject, comparator, limit in the metric's own unit, and must by default."""
        table = [HEADER, ["exports go on", "availability of exports", "at least 99.5 %"]]
        assert criteria_of(table) == [
            Criterion("exports go on", "availability", Comparator.AT_LEAST, 0.995, "exports")
        ]

    def test_a_fourth_column_is_the_priority(self) -> None:
        """Must or should."""
        table = [[*HEADER, "priority"], ["we notice", "time to detect", "at most 5 min", "should"]]
        (criterion,) = criteria_of(table)
        assert (criterion.priority, criterion.limit) == (Priority.SHOULD, 300)

    @pytest.mark.parametrize(
        "header",
        [["metric", "limit", "criterion"], HEADER[:2], [*HEADER, "weight"], [*HEADER, "", ""]],
    )
    def test_a_header_that_is_none_is_an_error(self, header: list[str]) -> None:
        """With the columns that were expected."""
        with pytest.raises(PlanError, match=r"expected the columns criterion, metric, limit \(and"):
            criteria_of([header, ["a"] * len(header)])

    def test_a_table_without_rows_is_an_error(self) -> None:
        """A drill without criteria would pass."""
        with pytest.raises(PlanError, match="at least one criterion"):
            criteria_of([HEADER])

    @pytest.mark.parametrize(
        ("metric", "limit", "priority", "expected"),
        [
            ("happiness", "at most 5 min", "must", "expected one of the metrics"),
            ("time to detect", "5 min", "must", "expected 'at most', 'at least' or 'exactly'"),
            ("time to detect", "at most 5", "must", "expected a duration"),
            ("availability of reads", "at least 99", "must", "expected a percentage"),
            ("lost orders", "exactly none", "must", "expected a whole number"),
            ("lost orders", "exactly 0", "may", "expected the priority must or should, got 'may'"),
            ("lost orders of payments", "exactly 0", "must", "lost orders cannot be narrowed"),
            ("availability", "at least 9 %", "must", "expected 'availability of' one of the jour"),
            ("lost orders", "at least 0", "must", "expected a limit that can be missed"),
        ],
    )
    def test_a_bad_row_is_an_error_that_names_it(
        self, metric: str, limit: str, priority: str, expected: str
    ) -> None:
        """By its number and its name, with what was expected there."""
        good = ["fine", "lost orders", "exactly 0", "must"]
        table = [[*HEADER, "priority"], good, ["broken", metric, limit, priority]]
        with pytest.raises(PlanError, match=rf"^row 2 of the criteria, 'broken': {expected}"):
            criteria_of(table)

    def test_every_bad_row_is_told_at_once(self) -> None:
        """So that a table is mended in one go."""
        bad = [[name, "happiness", "at most 5 min"] for name in ("first", "second")]
        with pytest.raises(PlanError, match=r"(?s)row 1 .*'first'.*\nrow 2 .*'second'"):
            criteria_of([HEADER, *bad])

    def test_every_metric_may_stand_in_a_table(self) -> None:
        """Under the name that the error message lists."""
        for name, metric in METRICS.items():
            limit = {"seconds": "1 s", "ratio": "1 %", "count": "1"}[metric.unit.value]
            narrowed = f"{name} of it" if metric.has_to_be else name
            comparator = metric.better or "at most"
            (criterion,) = criteria_of([HEADER, ["c", narrowed, f"{comparator} {limit}"]])
            assert criterion.metric == name


class TestWords:
    def test_a_limit_without_a_unit_is_an_error(self) -> None:
        """Numbers have units."""
        with pytest.raises(PlanError, match="expected a duration"):
            within("c", "time to detect", "5")


def test_sentences_of_a_step_function_are_found() -> None:
    """The way in which these tests look for them finds something."""
    assert [parser.name for parser in parsers_of(steps.stack)] == [
        "the system is in steady state",
        "the ERP is in steady state",
        "a backup of the database is made",
    ]
