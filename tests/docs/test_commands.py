"""Every call of ``drills`` that the documents show is one that the command understands."""

from __future__ import annotations

import re
import shlex

import pytest

from drills.cli import _parser
from tests.docs.test_examples import DOCUMENTS, blocks, commands

TEXTS = [path.read_text("utf-8") for path in DOCUMENTS]
TYPED = re.compile(r"^(?:\.venv/bin/)?(drills [^#\n]*)", re.MULTILINE)
IN_A_SENTENCE = re.compile(r"`(drills [^`]+)`")
LINES = [*blocks("sh"), *commands("drills"), *commands(".venv/bin/drills")]
SAID = sorted({each.strip() for text in LINES for each in TYPED.findall(text)})
WORDS = sorted({" ".join(each.split()) for text in TEXTS for each in IN_A_SENTENCE.findall(text)})


@pytest.mark.parametrize("line", SAID)
def test_a_line_to_type_is_understood_as_it_stands(line: str) -> None:
    """With all that the command has to be given."""
    assert _parser().parse_args(shlex.split(line)[1:]).run


@pytest.mark.parametrize("words", WORDS)
def test_a_call_in_a_sentence_is_of_a_command_with_such_options(
    words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A sentence may leave out what has to be given, and nothing else is wrong with it."""
    try:
        assert _parser().parse_args(shlex.split(words)[1:]).run
    except SystemExit:
        assert "the following arguments are required" in capsys.readouterr().err
