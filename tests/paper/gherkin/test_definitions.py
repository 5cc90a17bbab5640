"""What a step has below it and what its function asks for, held together at collection."""

from __future__ import annotations

import pytest

from tests.paper.gherkin.project import Project
from tests.paper.gherkin.test_steps import feature

TAKES = {
    "table": ("datatable", "      | a | b |\n"),
    "doc string": ("docstring", '      """\n      a\n      """\n'),
}


def placed(where: str, below: str) -> tuple[str, int]:
    """A feature with a step and what stands below it in one of its places, and the step's line."""
    step = f"    Given a place\n{below}"
    outline = "  Scenario Outline: A <x>\n"
    rows = "    Examples:\n      | x |\n      | 1 |\n      | 2 |\n"
    texts = {
        "scenario": "Feature: F\n  Scenario: A\n" + step,
        "background": f"Feature: F\n  Background:\n{step}  Scenario: A\n    Then it works\n",
        "outline": "Feature: F\n" + outline + step + rows,
        "rule": f"Feature: F\n  Rule: R\n    Background:\n{step}    Scenario: A\n"
        "      Then it works\n",
    }
    lines = texts[where].splitlines()
    return texts[where], lines.index("    Given a place") + 1


@pytest.mark.parametrize("where", ["scenario", "background", "outline", "rule"])
@pytest.mark.parametrize("word", TAKES)
def test_what_a_step_function_does_not_take_is_refused(
    project: Project, where: str, word: str
) -> None:
    """A table or a doc string below it would be dropped, criteria and all."""
    name, below = TAKES[word]
    project.more_steps('@given("a place")\ndef _(**others): pass')
    text, line = placed(where, below)
    result = project.run(project.feature(text))
    assert result.ret == pytest.ExitCode.INTERRUPTED
    at = line + 1 if name == "datatable" else line
    said = f"features/replica.feature:{at}: expected no {word} below 'Given a place': *conftest.py*"
    assert len([line for line in result.outlines if "expected no" in line]) == 1
    result.stdout.fnmatch_lines([said])


@pytest.mark.parametrize("where", ["scenario", "background", "outline", "rule"])
@pytest.mark.parametrize("word", TAKES)
@pytest.mark.parametrize("star", ["", "*, "])
def test_what_a_step_function_needs_has_to_stand_below_it(
    project: Project, where: str, word: str, star: str
) -> None:
    """Else it would be missed only once the fault is in."""
    name, below = TAKES[word]
    project.more_steps(f'@given("a place")\ndef _({star}{name}): print("GOT", {name})')
    text, line = placed(where, "")
    result = project.run(project.feature(text))
    assert result.ret == pytest.ExitCode.INTERRUPTED
    said = f"features/replica.feature:{line}: expected a {word} below 'Given a place': *"
    result.stdout.fnmatch_lines([said])
    result = project.run("-s", project.feature(placed(where, below)[0]))
    result.stdout.fnmatch_lines(["*GOT *a*"])


def test_a_table_with_a_default_may_be_left_out(project: Project) -> None:
    """And a fixture of the team's may stand in for one."""
    project.more_steps("""
        @given("a place")
        def _(datatable=None): pass

        @given("another")
        def _(docstring): pass

        @pytest.fixture
        def docstring(): return "words"
    """)
    text = feature("Given a place", "And another", "And a place", "  | a |")
    project.run(project.feature(text)).assert_outcomes(passed=1)


def test_a_fixture_that_nobody_has_is_told_before_anything_runs(project: Project) -> None:
    """What a Given hands to later steps counts as had."""
    project.more_steps("""
        @given("a number", target_fixture="number")
        def _(): return 7

        @then("it is used")
        def _(number, tmp_path, request, words="none"): pass

        @then("it is mistyped")
        def _(nmber): pass
    """)
    text = feature("Given a number", "Then it is used", "And it is mistyped")
    result = project.run(project.feature(text))
    assert result.ret == pytest.ExitCode.INTERRUPTED
    (line,) = [line for line in result.outlines if "expected a fixture" in line]
    said = "features/replica.feature:5: expected a fixture 'nmber' for 'And it is mistyped': "
    assert line.startswith(said)


def test_a_value_that_a_converter_refuses_is_told_before_anything_runs(project: Project) -> None:
    """With the converter's own words."""
    project.more_steps("""
        @then(parsers.parse("it takes {number}"), converters={"number": int})
        def _(number): pass
    """)
    result = project.run(project.feature(feature("Then it takes 5", "And it takes five")))
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["*feature:4: And it takes five: ValueError: *'five'"])


@pytest.mark.parametrize(
    ("odd", "named"),
    [
        ("a\u00a0system", "no-break space (U+00A0)"),
        ("a system\u200b", "zero width space (U+200B)"),
        ("a  system", "double space"),
        ("a\tsystem", "control character (U+0009)"),
    ],
)
def test_a_sentence_that_only_looks_right_is_told_by_its_odd_character(
    project: Project, odd: str, named: str
) -> None:
    """What a wiki or a word processor puts there cannot be seen."""
    result = project.run(project.feature(feature(f"Given {odd}")))
    result.stdout.fnmatch_lines([f"*one does without its {named}: write 'Given a system'"])
    result.stdout.no_fnmatch_line("*to paste*")


def test_quotes_of_a_word_processor_are_told(project: Project) -> None:
    """By their names."""
    step = "When the \u201cdb\u201d service suffers stop"
    result = project.run(project.feature(feature("Given a system", step)))
    said = '*left double quotation mark (U+201C), right double *: write \'When the "db" service *'
    result.stdout.fnmatch_lines([said])


def test_a_suggestion_takes_what_stands_below_the_step(project: Project) -> None:
    """A pasted function would else be refused."""
    text = feature("Given a place", "  | a |", "And words", '  """', "  a", '  """')
    result = project.run(project.feature(text))
    result.stdout.fnmatch_lines(
        ["*def _(datatable: list[[]list[[]str]]) -> None:", "*def _(docstring: str) -> None:"]
    )


GERMAN = """# language: de
Funktionalit\u00e4t: Das Replikat
  Grundlage:
    Angenommen ein System
  Regel: Es gibt Regeln
    Szenariogrundriss: Es erleidet <St\u00f6rung>
      Wenn es <St\u00f6rung> erleidet
        | Grenze |
        | <Grenze> |
      Und es wartet
      Aber es geht
      Beispiele:
        | St\u00f6rung | Grenze |
        | Frost      | 5 min  |
    Szenario: Es bricht
      Angenommen ein System
      Dann bricht es
"""


def test_a_german_drill_runs_through(project: Project) -> None:
    """Backgrounds, rules, outlines, tables; messages speak with the words of the file."""
    project.more_steps("""
        given("ein System")(lambda: None)
        when("es wartet")(lambda: None)
        when("es geht")(lambda: None)

        @when(parsers.parse("es {fault} erleidet"))
        def _(fault, datatable): print("GOT", fault, datatable)

        @then("bricht es")
        def _(): raise RuntimeError("kaputt")
    """)
    path = project.feature(GERMAN)
    result = project.run("-s", path, f"{path}:14", f"{path}:15")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*GOT Frost [[][[]'Grenze'], [[]'5 min']]*"])
    result.stdout.fnmatch_lines(["E *features/replica.feature:17: Dann bricht es"])
    project.feature(GERMAN.replace("es geht", "es gehd"))
    result = project.run(path)
    result.stdout.fnmatch_lines(
        ["*feature:11: no step function matches 'Aber es gehd'", "*@when('es gehd')"]
    )


@pytest.mark.parametrize(
    ("language", "feature_word", "scenario", "step", "told"),
    [
        ("fr", "Fonctionnalit\u00e9", "Sc\u00e9nario", "\u00c9tant donn\u00e9 qu'il gele", ""),
        ("ja", "\u6a5f\u80fd", "\u30b7\u30ca\u30ea\u30aa", "\u524d\u63d0\u7cfb", ""),
        ("en", "Feature", "Scenario", "Given  a box", "Given a box"),
    ],
)
def test_a_step_is_told_as_its_language_writes_it(
    project: Project, language: str, feature_word: str, scenario: str, step: str, told: str
) -> None:
    """Where a keyword ends without a space, none is put there, and its capitals stay."""
    text = f"# language: {language}\n{feature_word}: F\n  {scenario}: A\n    {step}\n"
    result = project.run(project.feature(text))
    result.stdout.fnmatch_lines([f"*feature:4: no step function matches '{told or step}'"])
