"""What a terminal shows while a drill runs and when it is over."""

from __future__ import annotations

import io
import re

import pytest
from rich.cells import cell_len

from drills.reporting.advice import advice
from drills.reporting.criteria import held_to, margin_text, measured_text
from drills.reporting.opening import opening
from drills.reporting.progress import Row
from drills.reporting.terminal import PhaseLines, drawn, summary
from tests.unit.reporting import example


@pytest.mark.parametrize("width", [20, 60, 80, 120])
@pytest.mark.parametrize("variant", example.VARIANTS)
def test_no_line_is_wider_than_the_terminal(variant: str, width: int) -> None:
    """Whatever the texts, lines fit; only the path of the report is never cut."""
    path = "reports/" + "x" * 150 + "/report.html"
    lines = summary(example.VARIANTS[variant](), path, width).splitlines()
    assert lines[-1] == f"Report: {path}"
    told = [line for line in lines[:-1] if not line.startswith("  $ ")]
    assert max(len(line) for line in told) <= max(width, 40)


def test_a_summary_tells_verdict_score_and_every_criterion() -> None:
    """Verdict first, then the score with its cap, then each criterion with its figures."""
    lines = summary(example.missed(), "reports/latest/report.html", 120).splitlines()
    text = "\n".join(lines)
    assert lines[1] == "MISSED  The read replica stops"
    assert "Score: 49 of 100, U unable to be performed, capped: missed: reads failed over" in text
    row = next(line for line in lines if line.startswith("Missed"))
    assert " ".join(row.split()) == (
        "Missed reads failed over 6.04 s ± 0.05, at most 5 s, 990 ms too much"
    )
    for one in example.missed().criteria:
        assert sum(one.name in line for line in lines if line.startswith(one.verdict.capitalize()))


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("name", ["short", "a name that says a lot " * 6, "障害" * 30])
def test_what_was_measured_and_its_limit_are_never_cut(name: str, width: int) -> None:
    """The name is cut and the figures are wrapped, by columns; nothing is wider than asked."""
    huge = {"unit": "count", "value": 1.0, "low": 123456789012345.0, "high": 9e15, "limit": 8e15}
    odd = example.missed().criteria[1].model_copy(update={**huge, "verdict": "inconclusive"})
    for one in (*example.missed().criteria, odd):
        result = example.result(criteria=[one.model_copy(update={"name": name})])
        lines = summary(result, "r", width).splitlines()
        begin = next(i for i, line in enumerate(lines) if line.startswith("Score:")) + 1
        table = [line for line in lines[begin:-1] if not line.startswith("  $ ")]
        assert max(map(cell_len, table)) <= width
        told = "".join("".join(table).split())
        if one.verdict != "not assessed":
            for figure in (measured_text(one), held_to(one), margin_text(one)):
                assert "".join(figure.split()) in told


def test_what_people_must_assess_shows_why_it_was_not() -> None:
    """A criterion that was not assessed shows its reason instead of empty figures."""
    text = summary(example.result(), "r", 120)
    assert re.search(r"Not assessed +internal team notified +only people can attest this", text)


def test_an_aborted_drill_says_so() -> None:
    """The status is told when the drill did not run to its end."""
    assert "The drill was aborted." in summary(example.aborted(), "r", 100)


def test_colour_is_only_there_when_asked_for() -> None:
    """Without colour there is no escape sequence at all, with it there is."""
    assert "\x1b" not in summary(example.missed(), "r", 100, colour=False)
    assert "\x1b[1;31mMISSED\x1b[0m" in summary(example.missed(), "r", 100, colour=True)


def test_hostile_text_does_not_reach_the_terminal() -> None:
    """Escapes of others are gone, and every line stays one line."""
    hostile = example.hostile("a\x1b]0;owned\x07\r\nb\x9b31m[bold]c[/bold]")
    text = summary(hostile, "r", 200)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", text)
    assert "[bold]c[/bold]" in text


def test_wide_characters_count_as_wide() -> None:
    """A text of characters two columns wide is cut by columns, not by characters."""
    text = summary(example.result(scenario="障" * 100), "r", 60)
    assert text.splitlines()[1].count("障") == 27  # in 60 columns: 5, 27 of two, an ellipsis


def test_plain_lines_where_it_is_no_terminal() -> None:
    """In a log each thing said is a line of its own, said once, and again after others wrote."""
    stream = io.StringIO()
    say = PhaseLines(stream)
    say("stack up", "starting 9 services")
    say("stack up", "starting 9 services")
    say("steady state", "held\n2 s")
    say("inject")
    say.close()
    say("inject")
    assert stream.getvalue() == (
        "stack up: starting 9 services\nsteady state: held 2 s\ninject\ninject\n"
    )


ROWS = [
    Row("drill", "The read replica stops", ("1 min 05 s in all",), fill="-"),
    Row("watch", "watching: the incident is detected " * 5, ("12 s",)),
    Row("Met", "障害" * 40, ("1.32 s ± 0.02, at most 5 min", "1.32 s ± 0.02")),
    Row("steady state", "holding steady state with customers for 10 s", ("(11.2 s)",), fill=""),
]


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.word)
def test_of_a_row_the_text_is_cut_and_not_its_figures(row: Row, width: int) -> None:
    """Whatever the text, in columns; where not all figures fit, the shorter ones are whole."""
    line = drawn(row, width, False)
    assert cell_len(line) <= width
    assert line.endswith(row.figures)
    assert line.startswith(f"{row.word:<16}")


def test_the_figures_of_a_frame_stand_below_each_other() -> None:
    """At the right; those of a line that stays follow its text."""
    assert drawn(Row("watch", "recovery", ("12 s",)), 40, False) == (
        "watch            recovery           12 s"
    )
    assert drawn(Row("watch", "recovery", ("(12 s)",), fill=""), 40, False) == (
        "watch            recovery (12 s)"
    )


def test_a_row_is_coloured_only_where_that_is_asked_for() -> None:
    """Without colour there is no escape sequence in it at all."""
    row = Row("Met", "we notice", ("3 s",), "bold green")
    assert "\x1b" not in drawn(row, 80, False)
    assert drawn(row, 80, True).startswith("\x1b[1;32mMet")


def test_a_summary_tells_what_earlier_drills_left() -> None:
    """What is open comes first, a line each; what is too much is counted."""
    lines = summary(example.result(follow_ups=example.follow_ups(9)), "r", 100).splitlines()
    begin = lines.index("Left by earlier drills of this incident:") + 1
    assert lines[begin] == "  still open since 2026-10-02 (drill d1, f-000000): step 0 *"
    assert [line[:12] for line in lines[begin : begin + 5]] == ["  still open"] * 5
    assert lines[begin + 5].startswith("  attested by Ann, was open since 2026-10-02")
    assert lines[begin + 6 :] == ["  and 3 more, in the report", "Report: r"]
    assert "Left by" not in summary(example.result(), "r", 100)


def test_a_summary_counts_the_actions_that_are_open() -> None:
    """They are many, and the same after each drill: the report lists them."""
    actions = [one.model_copy(update={"what": "action"}) for one in example.follow_ups(6)]
    lines = summary(example.result(follow_ups=actions), "r", 100).splitlines()
    told = "  still open since 2026-10-02 (drill d1): 3 actions, listed in the report"
    assert lines[-2] == told
    assert sum("attested by Ann" in line for line in lines) == 3


@pytest.mark.parametrize("width", [40, 80])
def test_what_was_missed_is_never_cut(width: int) -> None:
    """Not its name, not its figures, not why: they are folded; nor is the drill's reason."""
    name, why = "reads of every customer fail over " * 4, "no answer came from the other side " * 4
    one = example.missed().criteria[1].model_copy(update={"name": name, "reason": why})
    nothing = dict.fromkeys(("value", "low", "high", "margin"))
    late = one.model_copy(update={**nothing, "at_least": 60.0})
    table = ""
    for each in (one, late):
        result = example.result(verdict="missed", reason=f"missed: {name}", criteria=[each])
        text = " ".join(summary(result, "r", width).split())
        table = text.partition("Score:")[2]
        assert " ".join(name.split()) in text.partition("Score:")[0]
        assert " ".join(name.split()) in table
        for figure in (measured_text(each), held_to(each), margin_text(each)):
            assert figure in table
    assert "at least 55 s too much" in table
    assert " ".join(why.split()) in table


def test_the_five_sentences_and_the_commands_are_whole() -> None:
    """Sentences are folded; a command is on a line of its own, as it is typed."""
    result = example.result(feature="features/replica.feature")
    text = summary(result, "r", 60)
    flat = " ".join(text.split())
    for sentence in opening(result):
        assert f"{sentence.question}: {' '.join(sentence.text.split())}" in flat
    commands = [line[4:] for line in text.splitlines() if line.startswith("  $ ")]
    assert commands == [one.command for one in advice(result)]
    assert "pytest features/replica.feature::'The read replica stops'" in commands


def test_the_worst_criteria_come_first() -> None:
    """Whatever their order in the scenario."""
    lines = summary(example.missed(), "r", 120).splitlines()
    begin = next(i for i, line in enumerate(lines) if line.startswith("Score:")) + 1
    assert [line.split()[0] for line in lines[begin : begin + 4]] == [
        *("Missed", "Inconclusive", "Not", "Met")
    ]
