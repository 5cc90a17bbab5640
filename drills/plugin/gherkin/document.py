"""One feature file as it is written: its scenarios, their rows, and which lines they span.

Every reading parses afresh (pytest-bdd keeps what it parsed by path, so an edit between two runs
in one process would go unseen), and a file that breaks a rule of ``guards`` is never handed out.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pytest_bdd.exceptions import GherkinParseError
from pytest_bdd.gherkin_parser import GherkinDocument, get_gherkin_document
from pytest_bdd.gherkin_parser import Scenario as Written
from pytest_bdd.parser import Feature, FeatureParser, ScenarioTemplate

from drills.errors import PlanError
from drills.plugin.gherkin.guards import Problem, problems_of
from drills.plugin.gherkin.tables import RAGGED, ragged_rows
from drills.plugin.gherkin.written import first_line, placed_in, starts_in

MOST_ERRORS = 5  # of syntax; one mistake makes the parser stumble over what follows
UNKNOWN = "Unknown parsing error"  # pytest-bdd's, of what it repeats from the parser
_PLACE = re.compile(r"^\(\d+:\d+\): ")
ENCODING = "utf-8-sig"  # a byte order mark is no syntax error


class FeatureFileError(PlanError):
    """A feature file that cannot be run as it is written; the message lists every place."""

    def __init__(self, path: str, problems: list[Problem]) -> None:
        super().__init__("\n".join(f"{path}:{line}: {text}" for line, text in problems))


@dataclass(frozen=True, slots=True)
class Row:
    """One row of an outline's examples; ``id`` is unique within its outline."""

    line: int
    values: dict[str, str]
    tags: frozenset[str]
    id: str


@dataclass(frozen=True, slots=True)
class Block:
    """One scenario: pytest-bdd's template, its rows, and its lines from first tag to last row.

    ``tag_lines`` says where each tag stands that holds for it or for some of its rows.
    """

    template: ScenarioTemplate
    first_line: int
    last_line: int
    tags: frozenset[str]
    rows: tuple[Row, ...]
    tag_lines: Mapping[str, int]

    @property
    def name(self) -> str:
        """The name as written, placeholders included."""
        return self.template.name


@dataclass(frozen=True, slots=True)
class Document:
    """A feature file that passed every guard."""

    path: Path
    feature: Feature
    blocks: tuple[Block, ...]

    @property
    def tags(self) -> frozenset[str]:
        """Every tag that stands anywhere in the file, without its ``@``."""
        rows = (row.tags for block in self.blocks for row in block.rows)
        return frozenset().union(*(block.tags for block in self.blocks), *rows)


class _Reader(FeatureParser):
    """pytest-bdd's parser over a document that is parsed already."""

    def __init__(self, path: Path, document: GherkinDocument) -> None:
        super().__init__(str(path.parent), path.name, ENCODING)
        self.document = document

    def _parse_feature_file(self) -> GherkinDocument:
        return self.document


def read(path: Path, shown: str) -> Document:
    """The feature file at ``path``, which messages call ``shown``.

    Raises FeatureFileError when it cannot be parsed or breaks a guard.
    """
    source = _lines(path, shown)
    try:
        written = get_gherkin_document(str(path), ENCODING)
        if problems := problems_of(written):
            raise FeatureFileError(shown, problems)
        feature = _Reader(path, written).parse()
    except GherkinParseError as error:
        raise FeatureFileError(shown, list(_syntax_problems(error, source))) from error
    except KeyError as error:  # what pytest-bdd raises for a document without a feature
        problem = Problem(1, "expected a feature with a scenario, the file has no 'Feature:'")
        raise FeatureFileError(shown, [problem]) from error
    return Document(path, feature, tuple(_blocks(written, feature, source)))


def _lines(path: Path, shown: str) -> list[str]:
    """The lines as the parser counts them: it splits at no other character than a line's end."""
    data = path.read_bytes()
    try:
        text = data.decode(ENCODING)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        hint = ""
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            hint = ": the file is UTF-16, save it as UTF-8"
        problem = Problem(line, f"expected UTF-8, got bytes that are not ({error.reason}){hint}")
        raise FeatureFileError(shown, [problem]) from error
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _syntax_problems(error: GherkinParseError, source: list[str]) -> Iterator[Problem]:
    """What is wrong with each line that cannot be read: each said once.

    pytest-bdd's words stand before the parser's own where it has any for the first of them.
    """
    said: dict[int, str] = {}
    for cause in getattr(error.__cause__, "errors", []):
        said.setdefault(cause.location["line"], str(cause))
    said = said or {error.line: ""}
    for line, words in list(said.items())[:MOST_ERRORS]:
        if RAGGED in words:
            yield from ragged_rows(source, line)
            continue
        text = source[line - 1].strip() if 0 < line <= len(source) else ""
        first = error.message if line == error.line else "cannot be read either"
        told = [first, text or "(end of file)", words]
        if words and first.startswith(UNKNOWN):
            told = [_PLACE.sub("", words), told[1]]
        yield Problem(line, "\n    ".join(filter(None, told)))


def _blocks(document: GherkinDocument, feature: Feature, source: list[str]) -> Iterator[Block]:
    """Each scenario with the lines up to the next thing that starts, blank lines excluded."""
    starts = [*sorted(starts_in(document)), len(source) + 1]
    for written, _, above in placed_in(document):
        first = first_line(written.tags, written.location.line)
        last = min(start for start in starts if start > written.location.line) - 1
        while last > written.location.line and _says_nothing(source[last - 1]):
            last -= 1
        template = feature.scenarios[written.name]
        tags = template.tags | feature.tags | (template.rule.tags if template.rule else set())
        lines = {tag.name.lstrip("@"): tag.location.line for tag in above}
        yield Block(template, first, last, frozenset(tags), tuple(_rows(written)), lines)


def _says_nothing(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _rows(written: Written) -> Iterator[Row]:
    """The rows of all examples of an outline, named by their values, numbered where equal."""
    seen: Counter[str] = Counter()
    for examples in written.examples:
        header = examples.table_header
        names = [cell.value for cell in header.cells] if header else []
        tags = frozenset(tag.name.lstrip("@") for tag in examples.tags)
        for row in examples.table_body or []:
            values = [cell.value for cell in row.cells]
            name = "-".join(values)
            seen[name] += 1
            unique = name if seen[name] == 1 else f"{name}-{seen[name]}"
            yield Row(row.location.line, dict(zip(names, values, strict=True)), tags, unique)
