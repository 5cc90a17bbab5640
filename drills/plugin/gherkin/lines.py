"""``pytest features/replica.feature:12``: the line under an editor's cursor as a test's address.

Several lines are several addresses, ``x.feature:12:20``; ``x.feature:12-20`` is all between them.

The argument is rewritten to node ids before pytest looks at it, so that everything after (xdist,
``--lf``, the summary) sees ordinary ids.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from drills.plugin.gherkin.named import absolute
from drills.plugin.gherkin.root import may_have_moved, settle_root

if TYPE_CHECKING:
    from drills.plugin.gherkin.document import Document

_ADDRESS = r"(?P<path>.+?\.feature)(?P<lines>(?::\d+(?:-\d+)?)+)"


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> None:
    """Let pytest find its root and the conftest files from feature files named with a line."""
    named = early_config.known_args_namespace.file_or_dir
    if may_have_moved(args, named):
        settle_root(early_config, args, [_path_of(argument) for argument in named])
        named = early_config.known_args_namespace.file_or_dir
    named[:] = [_path_of(argument) for argument in named]


def _path_of(argument: str) -> str:
    match = _address(argument)
    return match["path"] if match else argument


def _address(argument: str) -> re.Match[str] | None:
    return re.fullmatch(_ADDRESS, argument) if ".feature:" in argument else None


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Rewrite every argument of the form ``file.feature:line``."""
    config.args[:] = [rewritten for arg in config.args for rewritten in rewrite(arg, config)]


def rewrite(argument: str, config: pytest.Config) -> list[str]:
    """The node ids of what stands on the lines; the argument itself where it names no line.

    A broken file is left to collection, which lists what is wrong. Raises ``pytest.UsageError``
    when a line is in no scenario.
    """
    match = _address(argument)
    if match is None or not (path := absolute(match["path"], config)).is_file():
        return [argument]
    from drills.plugin.gherkin.document import FeatureFileError, read

    try:
        document = read(path, match["path"])
    except FeatureFileError:
        return [match["path"]]
    names: list[str] = []
    for address in match["lines"].removeprefix(":").split(":"):
        first, _, last = address.partition("-")
        found = names_between(document, int(first), int(last or first))
        if not found:
            raise pytest.UsageError(_nothing_there(document, f"{match['path']}:{address}"))
        names += found
    return [f"{match['path']}::{name}" for name in dict.fromkeys(names)]


def names_between(document: Document, first: int, last: int) -> list[str]:
    """The names of the items at these lines, both included."""
    found = (name for line in range(first, last + 1) for name in names_at(document, line))
    return list(dict.fromkeys(found))


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


def _nothing_there(document: Document, address: str) -> str:
    path = address.rpartition(":")[0]
    places = "".join(
        f"\n  {path}:{block.first_line}-{block.last_line}: {block.name}"
        for block in document.blocks
    )
    return f"expected a line inside a scenario, {address} is in none. Scenarios are at{places}"
