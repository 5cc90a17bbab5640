"""The words that Gherkin has for its keywords, language by language: the parser's own lists."""

from __future__ import annotations

from functools import cache

from gherkin.dialect import DIALECTS

STEPS = ("given", "when", "then", "and", "but")


def outline_keywords(language: str) -> frozenset[str]:
    """The words of a language that announce an outline and nothing else."""
    dialect = DIALECTS[language]
    return frozenset(dialect["scenarioOutline"]) - frozenset(dialect["scenario"])


@cache
def keyword_before_text(language: str, keyword: str) -> str:
    """A step's keyword as it stands before the step's text, with the space that follows, if any.

    pytest-bdd strips it and changes its capitals; ``Étant donné qu'`` and ``前提`` have no space.
    """
    dialect = DIALECTS[language]
    words = [word for kind in STEPS for word in dialect[kind]]  # type: ignore[literal-required]
    alike = [word for word in words if word.strip().title() == keyword.strip().title()]
    return str(alike[0]) if alike else f"{keyword.strip()} "
