"""What a shell makes of a text: whether it is whole, its parts, and the names that it needs."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

CHECK_SECONDS = 5.0
_SET = {
    "HOME", "PATH", "USER", "PWD", "OLDPWD", "SHELL", "HOSTNAME", "RANDOM", "SECONDS", "UID",
    "EUID", "IFS", "LINENO", "PPID", "BASH", "BASHPID", "BASH_VERSION", "PIPESTATUS", "TERM",
    "SHLVL", "EPOCHSECONDS", "REPLY", "_",
}  # fmt: skip
_NAME = re.compile(r"\$(?:\{(?P<braced>[A-Za-z_]\w*)(?P<after>[^}]?)|(?P<plain>[A-Za-z_]\w*))")
_ASSIGNED = re.compile(
    r"(?:^|[\s;&|(])(?:export\s+|local\s+|declare\s+(?:-\w+\s+)*|readonly\s+)?"
    r"(?P<name>[A-Za-z_]\w*)\+?=|\bfor\s+(?P<each>[A-Za-z_]\w*)\s+in\b|"
    r"\bread\s+(?:-\w+\s+)*(?P<read>[A-Za-z_]\w*)"
)
_HEREDOC = re.compile(r"<<-?\s*(?P<quote>['\"\\]?)(?P<word>\w+)")
_DEFAULTED = frozenset(":-=+?")
_SEPARATORS = frozenset("();|&\n")
_REDIRECTS = re.compile(r"[<>&|]+")


def complete(text: str) -> bool:
    """Whether a shell takes it for whole."""
    return not complaint(text)


def complaint(text: str) -> str:
    """What keeps a shell from taking it for whole, in its words; "" for nothing. Nothing is run."""
    if text.rstrip(" \t").endswith("\\"):
        return "it goes on after the \\ at its end"
    try:
        done = subprocess.run(
            ["bash", "-n", "-c", text],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=CHECK_SECONDS,
            check=False,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return _by_words(text)
    said = done.stderr.decode("utf-8", "replace").strip().splitlines()
    return re.sub(r"^bash: (?:-c: )?line \d+: ", "", said[0]) if said else ""


def _by_words(text: str) -> str:
    """Where there is no bash: whether all quotes are closed, and no pipe is open."""
    try:
        words = shlex.split(text, comments=True)
    except ValueError as error:
        return str(error)
    return "a pipe has no end" if words[-1:] and words[-1] in ("|", "&&", "||") else ""


def assigned(text: str) -> frozenset[str]:
    """The names that it gives a value."""
    found = (match["name"] or match["each"] or match["read"] for match in _ASSIGNED.finditer(text))
    return frozenset(found)


def unset(text: str, known: frozenset[str]) -> list[str]:
    """The names that it needs and that have no value, in the order in which they stand."""
    have = _SET | known | assigned(text)
    return list(dict.fromkeys(name for name in _needed(text) if name not in have))


def _needed(text: str) -> Iterator[str]:
    for match in _NAME.finditer(_expanded(text)):
        name = match["plain"] or match["braced"]
        if not (match["after"] and match["after"] in _DEFAULTED):
            yield name


def _expanded(text: str) -> str:
    """The text without what a shell does not expand: single quotes, and heredocs with quotes."""
    for match in list(_HEREDOC.finditer(text)):
        if match["quote"]:
            body = re.compile(rf"\n(?:.*\n)*?\s*{match['word']}\s*$", re.MULTILINE)
            text = text[: match.end()] + body.sub("\n", text[match.end() :], count=1)
    kept, single, double, escaped = [], False, False, False
    for letter in text:
        if single:
            single = letter != "'"
        elif escaped:
            escaped = False
        elif letter == "\\":
            escaped = True
        elif letter == "'" and not double:
            single = True
        else:
            double ^= letter == '"'
            kept.append(letter)
    return "".join(kept)


@dataclass(frozen=True, slots=True)
class Part:
    """One program of a command with its words, and the files that its output goes to.

    What only runs another one is left out: ``sudo``, ``time``, ``nohup``, ``env``.
    """

    words: tuple[str, ...]
    into: tuple[str, ...] = ()

    @property
    def program(self) -> str:
        """Its name without folders, "" for none."""
        return self.words[0].rpartition("/")[2] if self.words else ""


def parts(text: str) -> list[Part]:
    """Its programs, in order. What a shell would expand is left as it is written."""
    lexer = shlex.shlex(text, posix=True, punctuation_chars="();<>|&\n")
    lexer.whitespace = " \t\r"
    lexer.whitespace_split = True
    lexer.commenters = "#"
    try:
        words = list(lexer)
    except ValueError:
        words = text.split()
    found: list[Part] = []
    own: list[str] = []
    into: list[str] = []
    left = [*words, ";"]
    while left:
        word = left.pop(0)
        if (_REDIRECTS.fullmatch(word) and word[0] in "<>") or word in (">&", "&>", "&>>"):
            target = "" if set(left[0]) <= _SEPARATORS else left.pop(0)
            if ">" in word and target and not target.isdecimal() and target != "/dev/null":
                into.append(target)
            if own and own[-1].isdecimal():
                own.pop()
        elif set(word) <= _SEPARATORS:
            if own:
                found.append(Part(tuple(_itself(own)), tuple(into)))
            own, into = [], []
        else:
            own.append(word)
    return found


def _itself(words: Sequence[str]) -> list[str]:
    left = list(words)
    while left:
        if (
            re.match(r"[A-Za-z_]\w*=", left[0])
            or left[0] in ("nohup", "time", "env", "exec", "!")
            or left[0] in ("do", "then", "else", "if", "while", "until", "{")
        ):
            left.pop(0)
        elif left[0] == "sudo":
            left.pop(0)
            while left and left[0].startswith("-"):
                if left.pop(0) in ("-u", "-g", "-h", "-p", "--user", "--group") and left:
                    left.pop(0)
        elif left[0] == "timeout" and len(left) > 2:
            del left[:2]
        else:
            break
    return left
