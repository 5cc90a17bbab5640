"""Tags become marks: ``@P2`` the mark ``P2``, ``@severity:P2`` the mark ``severity(level="P2")``.

pytest's own ``pytest.mark`` refuses names that begin with an underscore or are not registered,
and a registered name ends at a colon or a parenthesis. So ``@name:value`` becomes ``name("value")``
(and, for ``-m``, a mark of the whole text), ``@issue(42)`` becomes ``issue(42)``, and marks that
pytest would not make are made here. All other tags take pytest-bdd's own way, and of each tag a
project's ``pytest_bdd_apply_tag`` is asked first.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import pytest
from pytest_bdd import plugin as pytest_bdd_plugin

from drills.plugin.gherkin.document import Block, Document

CALLED = re.compile(r"([^(:]+)\((.*)\)")


def register_markers(config: pytest.Config, document: Document) -> None:
    """Make every tag of the file a known marker, as ``--strict-markers`` asks for."""
    known = {_marker_name(line) for line in config.getini("markers")}
    names = {_marker_name(tag) for tag in document.tags}
    for name in sorted(names - known - {""}):
        config.addinivalue_line("markers", f"{name}: a tag in {document.path.name}")


def _marker_name(line: str) -> str:
    return line.partition(":")[0].partition("(")[0].strip()


def marks_of(tag: str) -> list[pytest.MarkDecorator]:
    """The marks of a tag without its ``@``; more than one for a tag that carries a value."""
    if called := CALLED.fullmatch(tag):
        arguments, named = _arguments(called[2])
        return [_mark(called[1], *arguments, **named)]
    name, colon, value = tag.partition(":")
    if not colon or not name:
        return [_mark(tag)]
    whole = _mark(tag)
    return [_mark(name, level=value) if name == "severity" else _mark(name, value), whole]


def _arguments(text: str) -> tuple[tuple[object, ...], dict[str, object]]:
    """What stands in a tag's parentheses: Python's literals, else the text as it is."""
    try:
        call = ast.parse(f"f({text})", mode="eval").body
        if not isinstance(call, ast.Call):
            return (text,), {}
        given = tuple(ast.literal_eval(each) for each in call.args)
        named = {each.arg: ast.literal_eval(each.value) for each in call.keywords if each.arg}
    except (SyntaxError, ValueError):
        return (text,), {}
    return given, named


def _mark(name: str, *arguments: object, **named: object) -> pytest.MarkDecorator:
    """The mark, whatever its name: ``pytest.mark`` refuses some that ``-m`` can select by."""
    mark = pytest.Mark(name, arguments, named, _ispytest=True)
    return pytest.MarkDecorator(mark, _ispytest=True)


def special(tags: Iterable[str]) -> set[str]:
    """The tags that pytest-bdd cannot make marks of."""
    return {tag for tag in tags if _marker_name(tag) != tag or tag.startswith("_")}


def apply_tags(config: pytest.Config, tags: Iterable[str], function: Callable[..., object]) -> None:
    """Mark the function with tags that were hidden from pytest-bdd, as it would have done."""
    others = config.pluginmanager.subset_hook_caller("pytest_bdd_apply_tag", [pytest_bdd_plugin])
    for tag in sorted(tags):
        if others(tag=tag, function=function) is None:
            for mark in marks_of(tag):
                mark(function)


@contextmanager
def special_tags_hidden(block: Block) -> Iterator[None]:
    """Keep from pytest-bdd, while it makes marks of tag names, those that it cannot."""
    template = block.template
    tag_sets = [template.tags, template.feature.tags]
    if template.rule is not None:
        tag_sets.append(template.rule.tags)
    hidden = [(tags, special(tags)) for tags in tag_sets]
    for tags, those in hidden:
        tags.difference_update(those)
    try:
        yield
    finally:
        for tags, those in hidden:
            tags.update(those)
