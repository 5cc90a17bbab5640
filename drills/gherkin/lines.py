"""``pytest features/replica.feature:12``: the line under an editor's cursor as a test's address.

The argument is rewritten to node ids before pytest looks at it, so that everything after (xdist,
``--lf``, the summary) sees ordinary ids.
"""

from __future__ import annotations

import re

import pytest

from drills.gherkin.document import Document, FeatureFileError, read
from drills.gherkin.named import absolute

_ADDRESS = re.compile(r"(?P<path>.+\.feature):(?P<line>\d+)")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Let pytest find the conftest files beside a feature file that is named with a line."""
    named = early_config.known_args_namespace.file_or_dir
    named[:] = [match["path"] if (match := _ADDRESS.fullmatch(arg)) else arg for arg in named]


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Rewrite every argument of the form ``file.feature:line``."""
    config.args[:] = [rewritten for arg in config.args for rewritten in rewrite(arg, config)]


def rewrite(argument: str, config: pytest.Config) -> list[str]:
    """The node ids of what stands on the line; the argument itself where it names no line.

    A broken file is left to collection, which lists what is wrong. Raises ``pytest.UsageError``
    when the line is in no scenario.
    """
    match = _ADDRESS.fullmatch(argument)
    if match is None or not (path := absolute(match["path"], config)).is_file():
        return [argument]
    try:
        document = read(path, match["path"])
    except FeatureFileError:
        return [match["path"]]
    names = names_at(document, int(match["line"]))
    if not names:
        raise pytest.UsageError(_nothing_there(document, argument, match["path"]))
    return [f"{match['path']}::{name}" for name in names]


def names_at(document: Document, line: int) -> list[str]:
    """The names of the items at a line: one row's on its line, else all of the scenario's."""
    for block in document.blocks:
        if block.first_line <= line <= block.last_line:
            rows = [row for row in block.rows if row.line == line] or block.rows
            return [f"{block.name}[{_escaped(row.id)}]" for row in rows] or [block.name]
    return []


def _escaped(row_id: str) -> str:
    """The id as pytest writes it: what is not ASCII as an escape."""
    return row_id.encode("unicode_escape").decode("ascii")


def _nothing_there(document: Document, argument: str, path: str) -> str:
    places = "".join(
        f"\n  {path}:{block.first_line}-{block.last_line}: {block.name}"
        for block in document.blocks
    )
    return f"expected a line inside a scenario, {argument} is in none. Scenarios are at{places}"
