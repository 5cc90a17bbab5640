"""Which jobs' series an alert's expression rests on, as far as the expression itself says so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

# The words of PromQL: texts, remarks, names, numbers and durations, signs.
_WORD = re.compile(
    r"""(?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`)|(?P<remark>\#[^\n]*)"""
    r"""|(?P<name>[A-Za-z_:][\w:.]*)|(?P<number>\d[\w.]*)|(?P<sign>=~|!~|!=|==|>=|<=|\S)"""
)
_LABELS = ("by", "without", "on", "ignoring", "group_left", "group_right")
_OTHERS = {"and", "or", "unless", "bool", "offset", "atan2", "inf", "nan", *_LABELS}
LONGEST = 20_000  # characters of an expression that is looked at


def jobs_of(expression: str) -> frozenset[str]:
    """The jobs that its series are of; empty where any of them may be of another one.

    Every selector of series has to name its job (``up{job="api"}``); recorded series do not.
    """
    words = [
        (match.lastgroup or "", match[0])
        for match in _WORD.finditer(expression[:LONGEST])
        if match.lastgroup != "remark"
    ]
    found = list(_jobs(words))
    return frozenset() if "" in found else frozenset(found)


def _jobs(words: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Of each selector its job, "" where it names none."""
    at = 0
    while at < len(words):
        kind, word = words[at]
        after = words[at + 1][1] if at + 1 < len(words) else ""
        if kind == "name" and word.lower() in _LABELS and after == "(":
            at = _closed(words, at + 1, ")")
        elif kind == "sign" and word == "[":
            at = _closed(words, at, "]")
        elif kind == "sign" and word == "{":
            end = _closed(words, at, "}")
            yield _job(words[at + 1 : end - 1])
            at = end
        elif kind == "name" and after != "{" and _is_series(word, after):
            yield ""
            at += 1
        else:
            at += 1


def _is_series(word: str, after: str) -> bool:
    """Whether a name without braces is one of series, and of no function or sign."""
    return after != "(" and word.lower() not in _OTHERS and after.lower() not in ("by", "without")


def _closed(words: Sequence[tuple[str, str]], begin: int, sign: str) -> int:
    """The place after the next such sign; a text that has the sign in it is none."""
    for at in range(begin, len(words)):
        if words[at] == ("sign", sign):
            return at + 1
    return len(words)


def _job(matchers: Sequence[tuple[str, str]]) -> str:
    for at in range(len(matchers) - 2):
        if matchers[at] == ("name", "job") and matchers[at + 1][1] == "=":
            kind, text = matchers[at + 2]
            return text[1:-1] if kind == "text" and "\\" not in text else ""
    return ""
