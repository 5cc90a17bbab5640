"""What a terminal shows: lines while a drill runs, a summary when it is over."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import TYPE_CHECKING, TextIO

from drills.judgement.result import CriterionResult, DrillResult, ScoreResult
from drills.reporting import earlier
from drills.reporting.advice import advice
from drills.reporting.cleansing import clean_line, shorten
from drills.reporting.criteria import by_id, held_to, margin_text, measured_text
from drills.reporting.figures import points, score_bounds
from drills.reporting.follow_ups import TITLE, in_short
from drills.reporting.notices import notices
from drills.reporting.opening import opening
from drills.reporting.progress import Row
from drills.reporting.words import RATINGS, VERDICT_STYLES, VERDICTS

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from drills.history.standing import Standing

_NARROWEST = 40  # columns; no terminal is taken to have fewer
_VERDICT = max(len(word) for word in VERDICTS.values())
_FIGURES = 24  # columns; with less room figures stand below their criterion's name
_REASON = 16  # columns; with less room a reason has a line of its own
WORD = 16  # columns of the word that begins a line of a running drill
_COMMAND = "  $ "  # begins a line with a command
_ADVICE = 3  # things to do that are told below the criteria
_LONG = 600  # characters of a text that is folded and not cut
_LEAST = 12  # columns that a row's text is left, where it can be


def summary(
    result: DrillResult,
    report_path: str,
    width: int = 100,
    colour: bool = False,
    standing: Standing | None = None,
) -> str:
    """Verdict, five sentences, score, criteria, and where the report is; ends with a newline.

    With ``standing`` it says what got worse since earlier drills.

    No line is wider than ``width`` columns but those with a command (``  $ ...``) or the report's
    path, which are never cut. What was missed is never cut either: it is folded.
    """
    width = max(width, _NARROWEST)
    stream = io.StringIO()
    console = _console(stream, width, colour)
    for line in _lines(result, width, standing):
        if not line.plain.startswith(_COMMAND):
            line.truncate(width, overflow="ellipsis")  # counts columns, where we count characters
        console.print(line, soft_wrap=True)
    console.print(_text("Report: ", "bold", clean_line(report_path)), soft_wrap=True)
    return stream.getvalue()


def _lines(result: DrillResult, width: int, standing: Standing | None) -> list[Text]:
    head = _text(VERDICTS[result.verdict].upper(), VERDICT_STYLES[result.verdict], "")
    head.append("  " + shorten(result.scenario, width - len(head) - 2))
    lines = [_text("", "", ""), head, *_paragraph("", "", clean_line(result.reason, _LONG), width)]
    for notice in notices(result):
        lines += _paragraph(clean_line(notice.sentence, _LONG), "bold yellow", "", width)
    if standing is not None:
        told = clean_line(earlier.sentence(standing), _LONG)
        lines += _paragraph(told, earlier.STYLES[earlier.word_of(standing)], "", width)
    for sentence in opening(result):
        said = clean_line(sentence.text, _LONG)
        lines += _paragraph(f"{sentence.question}: ", "bold", said, width)
        lines += _command(sentence.command)
    lines.append(_text("Score: ", "bold", shorten(_score(result.score), width - 7)))
    criteria = [one for _, one in by_id(result)]
    return [*lines, *_table(criteria, width), *_then(result, width), *_left(result, width)]


def _paragraph(styled: str, style: str, plain: str, width: int) -> list[Text]:
    """All of it, folded; what follows the first line is indented. Nothing for nothing."""
    whole = _text(styled, style, plain)
    if not whole.plain:
        return []
    console = _console(io.StringIO(), width - 2, colour=False)
    folded = whole.wrap(console, width - 2, overflow="fold", no_wrap=False)
    for line in folded:
        line.rstrip()
    first, *more = folded
    return [first, *(_text("  ", "", "") + line for line in more)]


def _command(command: str) -> list[Text]:
    return [_text(_COMMAND, "dim", clean_line(command))] if command else []


def _then(result: DrillResult, width: int) -> list[Text]:
    """What else is to be done, after what the sentences end with."""
    lines = []
    for one in advice(result)[1 : 1 + _ADVICE]:
        lines += _paragraph("Then: ", "bold", clean_line(one.sentence, _LONG), width)
        lines += _command(one.command)
    return lines


def _left(result: DrillResult, width: int) -> list[Text]:
    """What earlier drills left, a line each; nothing where they left nothing."""
    told = [_text("", "", f"  {shorten(one, width - 2)}") for one in in_short(result.follow_ups)]
    return [_text(f"{TITLE}:", "bold", ""), *told] if told else []


def _score(score: ScoreResult) -> str:
    if score.value is None:
        return f"none ({score.formula.removeprefix('no score: ')})"
    words = [f"{points(score.value)} of 100", score_bounds(score)]
    words.append(f"{score.rating} {RATINGS[score.rating].lower()}" if score.rating else "")
    words.append(f"capped: {score.capped_by}" if score.capped_by else "")
    return ", ".join(word for word in words if word)


def _table(criteria: list[CriterionResult], width: int) -> list[Text]:
    """A criterion a line: verdict, name, figures. Names are cut, figures never: they are wrapped.

    Where that leaves the figures too little room, they stand below the names. Of what was missed
    nothing is cut.
    """
    if not criteria:
        return []
    rest = width - _VERDICT - 2
    longest = max(_plain(one.name).cell_len for one in criteria)
    wanted = max(_plain(", ".join(_figures(one))).cell_len for one in criteria)
    name_room = min(longest, max(rest - 2 - wanted, rest // 3))
    below = rest - 2 - name_room < min(wanted, _FIGURES)
    lines = []
    for one in criteria:
        name = _plain(one.name)
        verdict = _text(f"{VERDICTS[one.verdict]:<{_VERDICT}}", VERDICT_STYLES[one.verdict], "  ")
        if one.verdict == "missed" and name.cell_len > (rest if below else name_room):
            first, *more = _folded(name.plain, rest)
            lines += [
                verdict + first,
                *(_text(" " * (_VERDICT + 2), "", "") + line for line in more),
            ]
            lines += [_text("    ", "", "") + line for line in _held(one, width - 4)]
            continue
        name.truncate(rest if below else name_room, overflow="ellipsis", pad=not below)
        head = verdict + name
        if below:
            lines += [head, *(_text("    ", "", "") + line for line in _held(one, width - 4))]
            continue
        margin = " " * (head.cell_len + 2)
        first, *more = _held(one, width - len(margin))
        lines += [
            head + _text("  ", "", "") + first,
            *(_text(margin, "", "") + line for line in more),
        ]
    return lines


def _figures(one: CriterionResult) -> list[str]:
    """Measured, limit and margin, where they are known."""
    if one.verdict == "not assessed":
        return []
    parts = (measured_text(one), held_to(one), margin_text(one))
    return [clean_line(part) for part in parts if part]


def _held(one: CriterionResult, room: int) -> list[Text]:
    """The figures, whole, on as many lines as they need; what is missing is told on what is left.

    There is one line at least.
    """
    lines: list[Text] = []
    for part in _figures(one):
        joined = _plain(f"{lines[-1].plain}, {part}") if lines else _plain(part)
        if joined.cell_len < room:  # a comma may follow
            lines[-1:] = [joined]
            continue
        if lines:
            lines[-1].append(",")
        lines += _folded(part, room - 1)
    told = one.verdict == "missed" and one.value is None  # then the reason is what there is to know
    if margin_text(one) and one.verdict != "not assessed" and not told:
        return lines or [_plain("")]
    reason = _plain(one.reason)
    if lines and reason.plain and room - lines[-1].cell_len - 2 >= min(_REASON, reason.cell_len):
        reason = lines.pop().append(", ") + reason
    if reason.plain and one.verdict == "missed":
        lines += _folded(reason.plain[:_LONG], room)
    elif reason.plain:
        reason.truncate(room, overflow="ellipsis")
        lines.append(reason)
    return lines or [reason]


def _folded(text: str, room: int) -> list[Text]:
    """The whole text on lines of so many columns, broken at words where there are any."""
    console = _console(io.StringIO(), room, colour=False)
    return list(_plain(text).wrap(console, room, overflow="fold", no_wrap=False))


def _plain(text: str) -> Text:
    return _text("", "", clean_line(text))


def _text(styled: str, style: str, plain: str) -> Text:
    from rich.text import Text

    text = Text(no_wrap=True)
    text.append(styled, style)
    text.append(plain)
    return text


def _console(stream: TextIO, width: int, colour: bool) -> Console:
    """A console that reads no markup and guesses nothing."""
    # Loaded on first use: an import of this package shall cost next to nothing.
    from rich.console import Console

    return Console(
        file=stream,
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
    )


class PhaseLines:
    """Tells the phases of a drill where there is no terminal: each thing said is a line, once."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._said = ("", "")

    def __call__(self, phase: str, text: str = "") -> None:
        """The drill is in this phase, and this is what it does or waits for."""
        said = shorten(phase, WORD), clean_line(text, 400)
        if said == self._said:
            return
        self._said = said
        self._stream.write(": ".join(filter(None, said)) + "\n")
        self._stream.flush()

    def close(self) -> None:
        """Others write: what is said next is said even where it was the last thing said."""
        self._said = ("", "")


@lru_cache(maxsize=256)  # most rows of a frame are those of the one before
def drawn(row: Row, width: int, colour: bool) -> str:
    """The row as one line of at most so many columns, with its colours if they are wanted.

    Where it is too long its text is cut, and not its figures.
    """
    stream = io.StringIO()
    _console(stream, width, colour).print(_row(row, width), soft_wrap=True)
    return stream.getvalue().rstrip("\n")


def _row(row: Row, width: int) -> Text:
    line = _text(f"{shorten(row.word, WORD):<{WORD}}", row.style, " ")
    text, room = _plain(row.text), width - line.cell_len
    fitting = (one for one in row.figures if room - _width(one) >= _LEAST)
    figures = next(fitting, row.figures[-1] if row.figures else "")
    left = max(room - _width(figures), 0)
    text.truncate(left, overflow="ellipsis")
    line += text
    if figures:
        gap = f" {row.fill * (left - text.cell_len)} " if row.fill else " "
        line += _text(gap, "dim", clean_line(figures))
    line.truncate(width, overflow="ellipsis")
    return line


def _width(figures: str) -> int:
    """The columns that figures take, with a gap before them."""
    return _plain(figures).cell_len + 2 if figures else 0
