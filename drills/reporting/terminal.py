"""What a terminal shows: one line per phase while the drill runs, a summary when it is over."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self, TextIO

from drills.judgement.result import CriterionResult, DrillResult, ScoreResult, Verdict
from drills.reporting.cleansing import clean_line, shorten
from drills.reporting.criteria import held_to, margin_text, measured_text
from drills.reporting.figures import points, score_bounds
from drills.reporting.notices import notices
from drills.reporting.words import RATINGS, VERDICTS
from drills.units import format_seconds

if TYPE_CHECKING:
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

_STYLES: dict[Verdict, str] = {
    "met": "bold green",
    "missed": "bold red",
    "inconclusive": "bold yellow",
    "not assessed": "dim",
}
_NARROWEST = 40  # columns; no terminal is taken to have fewer
_VERDICT = max(len(word) for word in VERDICTS.values())
_FIGURES = 24  # columns; with less room figures stand below their criterion's name
_REASON = 16  # columns; with less room a reason has a line of its own
_PHASE = 16


def summary(result: DrillResult, report_path: str, width: int = 100, colour: bool = False) -> str:
    """Verdict, score, one line a criterion, and where the report is; ends with a newline.

    No line is wider than ``width`` columns but the one with the report's path, which is never cut.
    """
    width = max(width, _NARROWEST)
    stream = io.StringIO()
    console = _console(stream, width, colour)
    for line in _lines(result, width):
        line.truncate(width, overflow="ellipsis")  # counts columns, where we count characters
        console.print(line, soft_wrap=True)
    console.print(_text("Report: ", "bold", clean_line(report_path)), soft_wrap=True)
    return stream.getvalue()


def _lines(result: DrillResult, width: int) -> list[Text]:
    head = _text(VERDICTS[result.verdict].upper(), _STYLES[result.verdict], "")
    head.append("  " + shorten(result.scenario, width - len(head) - 2))
    lines = [_text("", "", ""), head]
    if result.reason:
        lines.append(_text(shorten(result.reason, width), "", ""))
    said = (shorten(notice.sentence, width) for notice in notices(result))
    lines += [_text(sentence, "bold yellow", "") for sentence in said]
    lines.append(_text("Score: ", "bold", shorten(_score(result.score), width - 7)))
    return lines + _table(result.criteria, width)


def _score(score: ScoreResult) -> str:
    if score.value is None:
        return f"none ({score.formula.removeprefix('no score: ')})"
    words = [f"{points(score.value)} of 100", score_bounds(score)]
    words.append(f"{score.rating} {RATINGS[score.rating].lower()}" if score.rating else "")
    words.append(f"capped: {score.capped_by}" if score.capped_by else "")
    return ", ".join(word for word in words if word)


def _table(criteria: list[CriterionResult], width: int) -> list[Text]:
    """A criterion a line: verdict, name, figures. Names are cut, figures never: they are wrapped.

    Where that leaves the figures too little room, they stand below the names.
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
        name.truncate(rest if below else name_room, overflow="ellipsis", pad=not below)
        head = _text(f"{VERDICTS[one.verdict]:<{_VERDICT}}", _STYLES[one.verdict], "  ") + name
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
    if margin_text(one) and one.verdict != "not assessed":
        return lines or [_plain("")]
    reason = _plain(one.reason)
    if lines and reason.plain and room - lines[-1].cell_len - 2 >= min(_REASON, reason.cell_len):
        reason = lines.pop().append(", ") + reason
    if reason.plain:
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


def _console(stream: TextIO, width: int | None, colour: bool | None) -> Console:
    """A console that reads no markup and guesses nothing but what is not given."""
    # Loaded on first use: an import of this package shall cost next to nothing.
    from rich.console import Console

    return Console(
        file=stream,
        width=width,
        force_terminal=colour,
        color_system="auto" if colour is None else ("standard" if colour else None),
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
    )


class PhaseLine:
    """Tells the phase of a drill: on a terminal as one line that changes, elsewhere as plain lines.

    Only ``stream`` is written to, and only inside calls: no thread redraws anything, so it lives
    beside pytest's own output. Call ``close()`` (or leave the ``with``) before others write.
    """

    def __init__(self, stream: TextIO, seconds: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._seconds = seconds
        self._live: Live | None = None
        self._phase = ""
        self._said = ""
        self._since = 0.0

    def __call__(self, phase: str, text: str = "") -> None:
        """The drill is in this phase, and this is what it does or waits for."""
        phase, text = shorten(phase, _PHASE), clean_line(text, 400)
        if phase != self._phase:
            self.close()
            self._phase, self._since = phase, self._seconds()
        elif text == self._said:
            return
        self._said = text
        if self._stream.isatty():
            self._redraw(text)
        else:
            self._stream.write(f"{phase}: {text}\n" if text else f"{phase}\n")
            self._stream.flush()

    def close(self) -> None:
        """End the line of the current phase with the time it took; harmless when there is none."""
        if self._live is not None:
            took = format_seconds(self._seconds() - self._since)
            self._live.update(self._line(f"{self._said} ({took})".strip()), refresh=True)
            self._live.stop()
        self._live, self._phase, self._said = None, "", ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _redraw(self, text: str) -> None:
        if self._live is None:
            self._live = self._begin(text)
        else:
            self._live.update(self._line(text), refresh=True)

    def _begin(self, text: str) -> Live:
        from rich.live import Live

        live = Live(
            self._line(text),
            console=_console(self._stream, None, None),
            auto_refresh=False,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        live.start(refresh=True)
        return live

    def _line(self, text: str) -> Text:
        line = _text(f"{self._phase:<{_PHASE}}", "bold", f" {text}")
        line.overflow = "ellipsis"
        return line
