"""What a running drill has come to: the lines that stay on a terminal, and the frame below them."""

from __future__ import annotations

import math
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from drills.journal.fact import Fact
from drills.journal.facts import (
    CriterionDeclared,
    DrillStarted,
    FaultEffective,
    FaultIntended,
    GroundFailed,
    LanesEnded,
    PeopleAwaited,
    Phase,
    ResponseAborted,
    ResponseStarted,
    ResponseStep,
    Signal,
    StackLeft,
    Stopped,
    UndoFailed,
    UndoVerified,
)
from drills.journal.observed import PAGER
from drills.journal.timeline import Event
from drills.judgement.declared import SENTENCE
from drills.judgement.result import CriterionResult
from drills.judgement.standing import LATELY, Served, Standing
from drills.reporting.criteria import held_to, measured_text
from drills.reporting.words import VERDICT_STYLES
from drills.units import NS, format_ratio, format_seconds

OPEN = "Open"  # a criterion that is not decided yet
_SO_FAR = {"met": "Met", "missed": "Missed", "not assessed": "Not assessed"}
_FIRST = ("missed", "inconclusive", "not assessed", "met")  # what is shown where room is short
_FEW = 4  # journeys of which each is shown
_STALE = 2.0  # seconds after which figures say how old they are
_TOLD: dict[type[Fact], str] = {
    Phase: "",
    FaultEffective: "fault",
    Signal: "signal",
    ResponseStarted: "response",
    PeopleAwaited: "people",
    ResponseStep: "response",
    ResponseAborted: "response",
    Stopped: "stop condition",
    GroundFailed: "ground",
    StackLeft: "left behind",
    UndoVerified: "rollback",
    UndoFailed: "rollback",
}
_WORDS = {fact.kind: word for fact, word in _TOLD.items()}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a running drill: a word, what it is about, and figures at the right.

    Of ``figures`` the first is shown that leaves ``text`` some room, or else the last. ``style`` is
    the word's, ``fill`` what stands between text and figures; with none they follow at once.
    """

    word: str
    text: str = ""
    figures: tuple[str, ...] = ()
    style: str = "bold"
    fill: str = " "


def told(event: Event) -> tuple[str, str] | None:
    """The word and the text of an event that a person at a terminal wants to see."""
    if event.kind not in _WORDS:
        return None
    if Signal.tells(event):
        signal = event.as_(Signal)
        if signal.detector != PAGER and not (signal.wrong and signal.heard):
            return None
    return _WORDS[event.kind] or event.as_(Phase).phase, event.text


class Progress:
    """The phase, the faults in effect, the criteria and the customers of one drill at a time.

    Threads may tell it what happens while another draws. A phase becomes a line that stays, with
    the time it took, when it ends or what it was for happened; anything else becomes one at once.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._forget("", 0)

    def _forget(self, scenario: str, begun_ns: int) -> None:
        self._scenario, self._begun_ns = scenario, begun_ns
        self._phase, self._text, self._told, self._since_ns = "", "", False, 0
        self._faults: dict[str, tuple[str, int]] = {}  # by injection: what, and since when
        self._targets: dict[str, str] = {}
        self._declared: list[str] = []
        self._standing: Standing | None = None

    @property
    def under_way(self) -> bool:
        """Whether a drill is in some phase."""
        return bool(self._phase)

    def hear(self, event: Event) -> list[Row]:
        """Take an event in; returns the lines that stay."""
        with self._lock:
            self._note(event)
            if LanesEnded.tells(event):
                return self._enter("closing", "keeping the evidence, ending the stack", event.at_ns)
            word, text = told(event) or ("", "")
            if Phase.tells(event):
                return self._enter(word, text, event.at_ns)
            if word and word == self._phase:  # what the phase was for
                self._text, self._told = text, True
                return [self._line(event.at_ns)]
            return [Row(word, text)] if word else []

    def _note(self, event: Event) -> None:
        if DrillStarted.tells(event):
            self._forget(event.as_(DrillStarted).scenario, event.at_ns)
        elif CriterionDeclared.tells(event):
            declared = event.as_(CriterionDeclared)
            self._declared.append(declared.name or declared.sentence)
        elif FaultIntended.tells(event):
            self._targets[event.as_(FaultIntended).injection] = event.text
        elif FaultEffective.tells(event):
            injection = event.as_(FaultEffective).injection
            self._faults[injection] = (self._targets.get(injection) or event.text, event.at_ns)
        elif UndoVerified.tells(event):
            self._faults.pop(event.as_(UndoVerified).injection, None)

    def _enter(self, phase: str, text: str, at_ns: int) -> list[Row]:
        if phase == self._phase and not self._told:
            self._text = text
            return []
        ended = self._leave(at_ns)
        self._phase, self._text, self._told, self._since_ns = phase, text, False, at_ns
        return ended

    def _leave(self, at_ns: int) -> list[Row]:
        return [self._line(at_ns)] if self._phase and not self._told else []

    def _line(self, at_ns: int) -> Row:
        took = format_seconds(max(0, at_ns - self._since_ns) / NS)
        return Row(self._phase, self._text, (f"({took})",), fill="")

    def look(self, standing: Standing) -> None:
        """Take in what one look at the drill said."""
        with self._lock:
            self._standing = standing

    def close(self, now_ns: int) -> list[Row]:
        """End the phase that is under way; returns its line. Harmless when there is none."""
        with self._lock:
            ended = self._leave(now_ns)
            self._phase = ""
            return ended

    def frame(self, now_ns: int, height: int) -> list[Row]:
        """What is to be seen of the drill now, in so many lines at most; none between drills."""
        with self._lock:
            if not self._phase:
                return []
            rows = [*self._head(now_ns), *self._in_effect(now_ns), *self._customers(now_ns)]
            rows = rows[: max(height, 1)]
            return rows + self._criteria(height - len(rows))

    def _head(self, now_ns: int) -> Iterator[Row]:
        whole = _elapsed(now_ns - self._begun_ns)
        yield Row("drill", self._scenario, (f"{whole} in all",), fill="\u2500")
        yield Row(self._phase, self._text, (_elapsed(now_ns - self._since_ns),))

    def _in_effect(self, now_ns: int) -> Iterator[Row]:
        for text, since_ns in self._faults.values():
            yield Row("in effect", text, (_elapsed(now_ns - since_ns),), style="bold red")

    def _customers(self, now_ns: int) -> Iterator[Row]:
        seen = self._standing
        if seen is None or not seen.served:
            return
        age = max(0, now_ns - seen.at_ns)
        window = f"last {format_seconds(LATELY)}"
        stale = f"{window}, {_elapsed(age)} ago" if age > _STALE * NS else window
        yield Row("customers", _served(seen.served), (stale,))

    def _criteria(self, room: int) -> list[Row]:
        if self._standing is None:
            shown = [Row(OPEN, name, style="") for name in self._declared]
            return shown if len(shown) <= room else []
        criteria = self._standing.criteria
        if len(criteria) <= room:
            return list(map(_criterion, criteria))
        if room < 1:
            return []
        ranked = sorted(range(len(criteria)), key=lambda at: _FIRST.index(criteria[at].verdict))
        kept, left = sorted(ranked[: room - 1]), ranked[room - 1 :]
        rest = Counter(_so_far(criteria[each]).lower() for each in sorted(left))
        more = ", ".join(f"{count} {word}" for word, count in rest.items())
        return [*(_criterion(criteria[each]) for each in kept), Row("", f"and {more}")]


def _criterion(one: CriterionResult) -> Row:
    decided = one.verdict != "inconclusive"
    held = "" if one.metric == SENTENCE else held_to(one)
    measured = measured_text(one) if decided and one.verdict != "not assessed" else ""
    both = ", ".join(filter(None, (measured, held)))
    style = VERDICT_STYLES[one.verdict] if decided else ""
    return Row(_so_far(one), one.name, (both, measured), style)


def _so_far(one: CriterionResult) -> str:
    return _SO_FAR.get(one.verdict, OPEN)


def _served(served: Mapping[str, Served]) -> str:
    """The share of requests that went well, of all and by journey; the worst where there are many.

    A journey of which nothing was answered says so: it is not left out.
    """
    good, due = (sum(getattr(each, name) for each in served.values()) for name in ("good", "due"))
    whole = f"{_percent(good / due)} served" if due else "no answer"
    if len(served) == 1 or not due:
        return whole
    ranked = list(served)
    if len(served) > _FEW:
        ranked = sorted(served, key=lambda name: _share(served[name]))[: _FEW - 1]
    by_journey = ", ".join(f"{name} {_said(served[name])}" for name in ranked)
    return (
        f"{whole}: {by_journey}" if len(ranked) == len(served) else f"{whole}, worst {by_journey}"
    )


def _share(one: Served) -> float:
    return one.good / one.due if one.due else -1.0


def _said(one: Served) -> str:
    return _percent(one.good / one.due) if one.due else "no answer"


def _percent(share: float) -> str:
    """Whole percent, never rounded up; finer where only few fail."""
    return f"{math.floor(share * 100)} %" if share < 0.99 else format_ratio(share)


def _elapsed(span_ns: int) -> str:
    """Whole seconds, for they are seen to pass."""
    seconds = max(0, span_ns) // NS
    return f"{seconds} s" if seconds < 100 else format_seconds(float(seconds))
