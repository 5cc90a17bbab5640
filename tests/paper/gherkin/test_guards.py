"""Feature files that pytest-bdd would run with something silently missing."""

from __future__ import annotations

import pytest
from gherkin.dialect import DIALECTS

from drills.plugin.gherkin.document import FeatureFileError, read
from tests.paper.gherkin.project import Project

NAME = "Feature: F\n  Scenario: A\n    Given a system\n"
OUTLINE = "Feature: F\n  Scenario Outline: A <x>\n    Given a system\n"


def test_a_broken_file_is_one_clear_error_of_collection(project: Project) -> None:
    """Nothing of the run starts; the message has the place and no traceback."""
    project.write("x.feature", NAME + "  Scenario: B\n")
    result = project.run("x.feature")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["x.feature:4: expected steps, scenario 'B' has none *"])
    result.stdout.no_fnmatch_line("*raise*")


def test_a_name_twice_is_refused_even_under_two_rules(project: Project) -> None:
    """The second would replace the first; the error names both places."""
    text = NAME + "  Rule: R\n    Scenario: A\n      Given a system\n"
    refused(project, text, "x.feature:5: *name of its own, 'A' is also *at line 2")


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n"])
def test_an_empty_file_is_refused(project: Project, text: str) -> None:
    """It is an error of the file, not a KeyError and not zero tests."""
    refused(project, text, "x.feature:1: expected a feature with a scenario, *no 'Feature:'")


def test_a_feature_without_a_scenario_is_refused(project: Project) -> None:
    """Words and a background alone test nothing."""
    text = "# F\nFeature: F\n  Words.\n  Background:\n    Given a system\n"
    refused(project, text, "x.feature:2: expected at least one scenario*")


def test_a_scenario_without_steps_is_refused(project: Project) -> None:
    """It would pass; a background does not make it a test."""
    text = "Feature: F\n  Background:\n    Given a system\n  Scenario: A\n    Words.\n"
    refused(project, text, "x.feature:4: expected steps, scenario 'A' has none*")


def test_a_scenario_without_a_name_is_refused(project: Project) -> None:
    """Nobody could select it."""
    refused(project, NAME.replace(" A", ""), "x.feature:2: expected a name after the colon*")


def test_a_name_with_two_colons_is_refused(project: Project) -> None:
    """Such an id could never be selected."""
    refused(project, NAME.replace(" A", " A::B"), "x.feature:2: expected a name without '::'*")


RAGGED = """\
      | a | b |
      | 1 |
      # a comment

      | x \\| y | z |
      | 1 | 2 | 3 |
    And a system
      | q |
      | q | r |
"""


def test_every_ragged_row_is_told_once(project: Project) -> None:
    """With its line, how many cells it has, and how many its header has."""
    project.write("x.feature", NAME + RAGGED)
    result = project.run("x.feature")
    said = [line for line in result.outlines if line.startswith("x.feature:")]
    assert said == [
        "x.feature:5: row has 1 cell, header (line 4) has 2",
        "x.feature:9: row has 3 cells, header (line 4) has 2",
        "x.feature:12: row has 2 cells, header (line 11) has 1",
    ]
    assert "cell count" not in result.stdout.str()


def test_what_the_parser_says_is_told_once(project: Project) -> None:
    """Where pytest-bdd has no words of its own it repeats the parser's."""
    project.write("x.feature", NAME + '      """\n      never closed\n')
    text = project.run("x.feature").stdout.str()
    assert text.count("unexpected end of file") == 1
    assert "x.feature:6: unexpected end of file, expected: #DocStringSeparator" in text


def test_a_syntax_error_shows_line_and_text(project: Project) -> None:
    """The line as it stands now is shown, with the parser's own words."""
    text = NAME + "    Gibberish here\n"
    refused(project, text, "x.feature:4: *", "*Gibberish here*", "*(4:5): expected*")
    refused(project, NAME + "    Nonsense now\n", "x.feature:4: *", "*Nonsense now*")


def test_every_line_that_cannot_be_read_is_told(project: Project) -> None:
    """Each once, in the parser's words."""
    text = "@P2\n@with space\n" + NAME + "    Gibberish here\n    Given a system\n    More of it\n"
    refused(
        project,
        text,
        "x.feature:2: *",
        "*@with space",
        "*tag may not contain whitespace",
        "x.feature:6: cannot be read either",
        "*Gibberish here",
        "x.feature:8: cannot be read either",
    )


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_any_end_of_line_is_one(project: Project, end: str) -> None:
    """Windows' and the old one of the Mac; the lines are counted alike."""
    path = project.pytester.path / "x.feature"
    path.write_bytes((NAME + "  Scenario: B\n    Given a system\n").replace("\n", end).encode())
    blocks = read(path, "x.feature").blocks
    assert [(block.first_line, block.last_line) for block in blocks] == [(2, 3), (4, 5)]


@pytest.mark.parametrize("odd", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028"])
def test_no_other_character_ends_a_line(project: Project, odd: str) -> None:
    """The parser counts no line there, so neither do addresses and messages."""
    text = f"Feature: F\n  Words{odd}more.\n  Scenario: A\n    Given a system\n  Scenario: B\n"
    refused(project, text, "x.feature:5: expected steps, scenario 'B' has none*")
    project.write("x.feature", text + "    Given a system\n    Gibberish\n")
    with pytest.raises(FeatureFileError, match=r"(?s)x\.feature:7: .*Gibberish"):
        read(project.pytester.path / "x.feature", "x.feature")


def test_utf_16_is_told_by_its_name(project: Project) -> None:
    """What Windows calls Unicode."""
    path = project.pytester.path / "x.feature"
    path.write_bytes(NAME.encode("utf-16"))
    with pytest.raises(FeatureFileError, match=r"x\.feature:1: .* UTF-16, save it as UTF-8"):
        read(path, "x.feature")


def test_a_language_that_there_is_not_is_told(project: Project) -> None:
    """With its line."""
    refused(project, "# language: xx\n" + NAME, "x.feature:1: Language not supp*", "*language: xx*")


def test_a_ragged_table_is_refused(project: Project) -> None:
    """An examples row with a cell too many is an error at its line."""
    text = OUTLINE + "    Examples:\n      | x |\n      | 1 | 2 |\n"
    refused(project, text, "x.feature:6: row has 2 cells, *", "*1 | 2*")


def test_a_file_that_is_not_utf8_is_refused(project: Project) -> None:
    """The error names the line of the first byte that is not."""
    project.write("x.feature", "")
    (project.pytester.path / "x.feature").write_bytes(NAME.encode() + b"\xff\n")
    result = project.run("x.feature")
    result.stdout.fnmatch_lines(["*x.feature:4: expected UTF-8*"])


def test_a_byte_order_mark_is_no_error(project: Project) -> None:
    """Some editors write one."""
    project.write("x.feature", "\ufeff" + NAME)
    project.run("x.feature").assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("step", "line"),
    [
        ("    Given <y> is up\n", 4),
        ('    Given a text\n      """\n      about <y>\n      """\n', 5),
        ("    Given a table\n      | a | <y> |\n", 5),
    ],
)
def test_a_placeholder_without_a_column_is_refused(project: Project, step: str, line: int) -> None:
    """In a step, its text block or its table: it would reach the step function as it stands."""
    text = OUTLINE + step + "    Examples:\n      | x |\n      | 1 |\n"
    refused(project, text, f"x.feature:{line}: expected a column 'y' in the Examples *there is x")


def test_every_examples_table_needs_every_column(project: Project) -> None:
    """The second table of an outline is looked at like the first."""
    tables = "    Examples:\n      | x |\n      | 1 |\n    Examples:\n      | z |\n      | 1 |\n"
    refused(project, OUTLINE + tables, "x.feature:2: expected a column 'x' *at line 7 *there is z")


def test_a_limit_written_with_a_comparator_is_refused(project: Project) -> None:
    """pytest-bdd reads ``<= <x>`` as one placeholder and never fills it in."""
    text = OUTLINE + "    Given <= <x>\n    Examples:\n      | x |\n      | 1 |\n"
    refused(project, text, "x.feature:4: *write 'at most' for '<='*")


@pytest.mark.parametrize("examples", ["    Examples:\n", "    Examples:\n      | x |\n"])
def test_examples_without_a_row_are_refused(project: Project, examples: str) -> None:
    """The outline would run once, with its placeholders unfilled."""
    refused(project, OUTLINE + examples, "x.feature:4: expected at least one row of Examples*")


def test_an_outline_without_examples_is_refused(project: Project) -> None:
    """The same."""
    refused(project, OUTLINE, "x.feature:2: expected Examples, outline 'A <x>' has none")


@pytest.mark.parametrize("language", sorted(DIALECTS))
def test_an_outline_without_examples_is_refused_in_every_language(
    project: Project, language: str
) -> None:
    """By the words that Gherkin itself has for it."""
    words = DIALECTS[language]
    for outline in words["scenarioOutline"]:
        text = (
            f"# language: {language}\n{words['feature'][0]}: F\n  {outline}: A\n"
            f"    {words['given'][-1]}a system\n"
        )
        refused(project, text, "x.feature:3: expected Examples, outline 'A' has none")


@pytest.mark.parametrize("language", sorted(DIALECTS))
def test_a_plain_scenario_needs_no_examples_in_any_language(
    project: Project, language: str
) -> None:
    """No word for a scenario is one for an outline only."""
    words = DIALECTS[language]
    for scenario in words["scenario"]:
        text = (
            f"# language: {language}\n{words['feature'][0]}: F\n  {scenario}: A\n"
            f"    {words['given'][-1]}a system\n"
        )
        project.write("x.feature", text)
        document = read(project.pytester.path / "x.feature", "x.feature")
        assert [block.name for block in document.blocks] == ["A"]


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("| x | x |", "expected every column of the Examples once, 'x' stands there twice"),
        ("| x | x  | x |", "expected every column of the Examples once, 'x' * 3 times"),
        ("| x |   |", "expected a name for every column of the Examples, one has none"),
    ],
)
def test_a_column_stands_there_once_and_has_a_name(
    project: Project, header: str, said: str
) -> None:
    """Of two the second would win, and one without a name could not be filled in."""
    row = "      " + "| 1 " * (header.count("|") - 1) + "|\n"
    text = OUTLINE + f"    Examples:\n      {header}\n" + row
    refused(project, text, f"x.feature:5: {said}")


@pytest.mark.parametrize(
    ("use", "fine"),
    [
        ("Given <x> and <note>", True),
        ('Given a text\n      """\n      <note>\n      """', True),
        ("Given a table\n      | <note> |", True),
        ("Given <x>", False),
    ],
)
def test_a_column_that_nothing_takes_is_refused(project: Project, use: str, fine: bool) -> None:
    """Rows that differ there alone would be one and the same drill, judged alike."""
    text = f"Feature: F\n  Scenario Outline: A <x>\n    {use}\n    Examples:\n"
    text += "      | x | note |\n      | 1 | 5 min |\n"
    if fine:
        project.write("x.feature", text)
        assert read(project.pytester.path / "x.feature", "x.feature").blocks
        return
    refused(project, text, "x.feature:5: expected <note> somewhere in 'A <x>', nothing takes *")


def test_a_column_may_be_for_readers(project: Project) -> None:
    """In the name or the description."""
    text = OUTLINE.replace("    Given", "    Because of <why>.\n    Given")
    project.write("x.feature", text + "    Examples:\n      | x | why |\n      | 1 | 2 |\n")
    assert read(project.pytester.path / "x.feature", "x.feature").blocks


PARTS = {
    "step": "Given <y> is up\n",
    "doc string": 'Given a text\n      """\n      about <y>\n      """\n',
    "table": "Given a table\n      | a | <y> |\n",
}


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("rule", [False, True])
def test_a_background_s_placeholder_needs_a_column(
    project: Project,
    part: str,
    rule: bool,
) -> None:
    """In every outline that it runs before, whether it is the feature's or a rule's."""
    above = "Feature: F\n  Rule: R\n" if rule else "Feature: F\n"
    text = (
        above
        + "  Background:\n    "
        + PARTS[part]
        + "  Scenario Outline: A <x>\n    Given a system\n"
        + "    Examples:\n      | x |\n      | 1 |\n"
    )
    line = above.count("\n") + (2 if part == "step" else 3)
    refused(
        project, text, f"x.feature:{line}: expected a column 'y' in the Examples of 'A <x>' at *"
    )
    filled = text.replace("| x |", "| x | y |").replace("| 1 |", "| 1 | 2 |")
    project.write("x.feature", filled)
    assert read(project.pytester.path / "x.feature", "x.feature").blocks


@pytest.mark.parametrize("part", ["step", "table"])
def test_a_placeholder_without_any_examples_is_refused(project: Project, part: str) -> None:
    """It would reach the stack as ``<y>``, from a scenario or from its background."""
    line = 3 if part == "step" else 4
    said = f"x.feature:{line}: expected Examples with a column 'y' for <y>, "
    refused(project, f"Feature: F\n  Scenario: A\n    {PARTS[part]}", f"{said}the scenario has *")
    text = f"Feature: F\n  Background:\n    {PARTS[part]}  Scenario: A\n    Given a system\n"
    refused(project, text, f"{said}'A' has none")


@pytest.mark.parametrize(
    "steps",
    ["Given 2 < 5 and 7 > 1\n", 'Given a text\n      """\n      <order/> and <y>\n      """\n'],
)
def test_what_is_no_placeholder_is_left_alone(project: Project, steps: str) -> None:
    """A comparison, or the markup of a doc string where nothing is filled in."""
    project.write("x.feature", f"Feature: F\n  Scenario: A\n    {steps}")
    assert read(project.pytester.path / "x.feature", "x.feature").blocks


def test_a_tag_without_a_name_is_refused(project: Project) -> None:
    """It would be a mark that nobody can name."""
    refused(project, "@P2 @\n" + NAME, "x.feature:1: expected a name after the '@', the tag has *")


def test_all_problems_of_a_file_are_told_at_once(project: Project) -> None:
    """One run tells everything that is to be mended."""
    text = NAME + "  Scenario: A\n  Scenario: B\n"
    refused(project, text, "x.feature:4: expected ever*", "x.feature:4: *steps*", "x.feature:5: *")


def test_a_broken_file_named_by_line_tells_what_is_broken(project: Project) -> None:
    """The address is not the problem then."""
    project.write("x.feature", NAME + "    Gibberish\n")
    result = project.run("x.feature:2")
    result.stdout.fnmatch_lines(["*x.feature:4: *", "*Gibberish*"])


def refused(project: Project, text: str, *lines: str) -> None:
    """Reading the text as x.feature fails with the lines."""
    project.write("x.feature", text)
    with pytest.raises(FeatureFileError) as failure:
        read(project.pytester.path / "x.feature", "x.feature")
    pytest.LineMatcher(str(failure.value).splitlines()).fnmatch_lines(lines)
