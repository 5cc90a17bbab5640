"""What is wrong with a team's template of the incident record, before a drill needs it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from drills.errors import near
from drills.judgement.result import IncidentRecord
from drills.reporting.record import RECORDED

if TYPE_CHECKING:
    from jinja2.nodes import Template

LARGEST = 64 * 1024  # characters of a template
_OF_A_MAPPING = ("get", "items", "keys", "values")


def mistakes(text: str) -> list[tuple[int, str]]:
    """Each line of it with a mistake, and what was expected there; [] for a good template.

    It is read and not filled in: what depends on a drill is not seen.
    """
    from jinja2 import TemplateSyntaxError

    from drills.reporting.template.sandbox import environment

    if len(text) > LARGEST:
        return [(1, f"expected at most {LARGEST:,} characters, found {len(text):,}")]
    try:
        return sorted(set(_mistakes(environment().parse(text))))
    except TemplateSyntaxError as error:
        return [(error.lineno, f"expected a template of jinja2: {error.message}")]
    except RecursionError:
        return [(1, "expected a template of jinja2: it is nested too deep")]


def _mistakes(tree: Template) -> Iterator[tuple[int, str]]:
    from jinja2 import nodes

    from drills.reporting.template.sandbox import environment

    known = environment()
    own = {each.name for each in tree.find_all(nodes.Name) if each.ctx != "load"}
    own |= {each.name for each in tree.find_all(nodes.Macro)}
    own |= {"loop", "self", "caller", "varargs", "kwargs"}
    for node in tree.find_all((nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)):
        yield node.lineno, f"expected one file: {type(node).__name__.lower()} reaches no other"
    for name in tree.find_all(nodes.Name):
        names = (*RECORDED, *known.globals, *own)
        yield from _unknown(name.lineno, name.name, names, "the record's data", RECORDED)
    fields = IncidentRecord.model_fields
    for part in tree.find_all(nodes.Getattr) if "record" not in own else ():
        if isinstance(part.node, nodes.Name) and part.node.name == "record":
            names = (*fields, *_OF_A_MAPPING)
            yield from _unknown(part.lineno, part.attr, names, "the record's parts", fields)
    for each in tree.find_all(nodes.Filter):
        yield from _unknown(each.lineno, each.name, known.filters, "the filters")
    for asked in tree.find_all(nodes.Test):
        yield from _unknown(asked.lineno, asked.name, known.tests, "the tests")


def _unknown(
    line: int, name: str, known: Collection[str], what: str, shown: Collection[str] = ()
) -> Iterator[tuple[int, str]]:
    if name in known:
        return
    listed = f" ({', '.join(sorted(shown))})" if shown else ""
    yield line, f"expected one of {what}{listed}, found {name!r}{near(name, [*known])}"
