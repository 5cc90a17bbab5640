"""The commands of a runbook's blocks of code, each by itself, as an operator would type them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from drills.runbook.document import CodeBlock, Document
from drills.runbook.written import line as lines
from drills.runbook.written.command import Command
from drills.runbook.written.shell import assigned, complaint, parts, unset

SHELLS = frozenset({"bash", "sh", "shell", "zsh", "console", "shell-session", "terminal"})
OTHERS = frozenset({"powershell", "ps1", "cmd", "bat", "batch"})
PROGRAMS = frozenset({
    "apt", "awk", "aws", "az", "cat", "cd", "chmod", "chown", "cp", "curl", "df", "dig",
    "docker", "docker-compose", "du", "echo", "export", "find", "free", "gcloud", "git", "grep",
    "head", "helm", "host", "ip", "journalctl", "jq", "kill", "kubectl", "less", "ls", "lsof",
    "mkdir", "mv", "mysql", "netstat", "nginx", "nslookup", "openssl", "pg_dump", "pg_isready",
    "pg_restore", "ping", "pip", "podman", "ps", "psql", "python", "python3", "redis-cli", "rm",
    "rsync", "scp", "sed", "service", "ss", "ssh", "stat", "sudo", "systemctl", "tail", "tar",
    "tee", "telnet", "terraform", "top", "touch", "traceroute", "uptime", "wget",
})  # fmt: skip
_FORM = re.compile(r"_{3,}|^\s*\[[ xX]?\]\s|[│┌└├┤┬┴┼─]{2,}|^\s*[+|][-=+]{3,}")
_PLACEHOLDER = re.compile(
    r"(?<![<\w])<[A-Za-z][\w .:/-]*>(?!\w)|\{\{.*?\}\}|(?<!\S)#{3,}(?!\S)|(?<!\S)(?:\.{3}|…)(?!\S)|"
    r"\b(?:YOUR|MY)_[A-Z_]+\b|\bx{3,}\b(?!-)|\bXXX+\b|"
    r"\[(?:[a-z]+[-_ ])*(?:name|id|host|ip|pod|user)\]"
)
_PEOPLE = re.compile(
    r"(?i)^(?:\d+[.)]\s*)?(?:"
    r"(?:contact|notify|page|phone|escalate|inform|e-?mail|do not|don't|never|nobody|wait|announce|"
    r"coordinate|decide|update|edit|change|set|replace|document|record|manually|log in)\b|"
    r"(?:call|ask|tell)\b.*\b(?:team|lead|manager|owner|specialist|vendor|support|dba|colleague|"
    r"on-call|commander|stakeholders?|customers?|provider)\b)"
)
_OUTPUT = re.compile(r"^\s*[{}\[\]]\s*[,;]?\s*$|^\s*\"[^\"]+\"\s*:")


def commands_of(document: Document, section: str = "") -> list[Command]:
    """All commands and what is for people, or those of the sections whose name has these words."""
    found: list[Command] = []
    known: dict[int, frozenset[str]] = {}
    for block in document.code:
        names = known.get(block.section.line, frozenset())
        own = list(_of_block(block, names))
        known[block.section.line] = names.union(*(assigned(each.text) for each in own))
        found += own
    found = sorted([*found, *_between_lines(document)], key=lambda each: each.line)
    return [each for each in found if _meant(section, each)]


def _between_lines(document: Document) -> Iterator[Command]:
    """Inline code that is certainly a command: all that an item of a list, or a cell, says.

    It begins with a program of operators and has words besides. Elsewhere inline code is as often
    a name, an option or a file.
    """
    cells = {row.line: row.cells for table in document.tables for row in table.rows}
    for code in document.inline:
        read = lines.read(code.text)
        found = parts(read.text)
        says = (code.item.text,) if code.item else cells.get(code.line, ())
        alone = any(code.text.strip() == each.strip() for each in says)
        if not (alone and found and found[0].program in PROGRAMS and len(found[0].words) > 1):
            continue
        others = [each for each in says if each.strip() != code.text.strip()]
        yield Command(
            line=code.line,
            last_line=code.line,
            text=read.text,
            section=code.section.path,
            section_line=code.section.line,
            step=others[0] if others else "",
            notes=read.notes,
            refused=read.refused or _refusal(read.text, frozenset()),
        )


def titles_of(commands: Iterable[Command]) -> list[str]:
    """The sections that have commands, in order."""
    return list(dict.fromkeys(each.title for each in commands))


def _meant(section: str, command: Command) -> bool:
    wanted = _plain(section)
    return not wanted or any(wanted in _plain(name) for name in command.section)


def _plain(name: str) -> str:
    """A name as a slug, a title and a heading have it in common; a plural's s does not count."""
    return re.sub(r"[^a-z0-9]+", " ", name.lower()).strip().removesuffix("s")


def _of_block(block: CodeBlock, names: frozenset[str]) -> Iterator[Command]:
    texts = [each.text for each in block.lines]
    if any(_FORM.search(text) for text in texts):
        return
    if block.language in OTHERS:
        yield _for_another_shell(block)
        return
    prompted = any(lines.read(text).prompted for text in texts)
    told = block.language in SHELLS or prompted
    if not told and not (block.language in ("", "text", "txt") and _looks_like_a_shell(texts)):
        return
    yield from _Block(block, names, prompted=prompted).commands()


def _for_another_shell(block: CodeBlock) -> Command:
    return Command(
        line=block.first_line,
        last_line=block.last_line,
        text=f"a block of {block.language}, which is for another shell",
        section=block.section.path,
        section_line=block.section.line,
        people=True,
    )


def _looks_like_a_shell(texts: Sequence[str]) -> bool:
    said = [text for text in texts if text.strip() and not text.lstrip().startswith("#")]
    first = parts(said[0])[:1] if said else []
    return bool(first) and first[0].program in PROGRAMS


class _Block:
    """One block, line by line."""

    def __init__(self, block: CodeBlock, names: frozenset[str], *, prompted: bool) -> None:
        self._block = block
        self._names = names
        self._prompted = prompted
        self._step = ""
        self._waiting: tuple[int, str] | None = None  # a comment that nothing followed yet

    def commands(self) -> Iterator[Command]:
        left = list(self._block.lines)
        while left:
            first = left[0]
            if not first.text.strip():
                left.pop(0)
            elif first.text.lstrip().startswith("#"):
                left.pop(0)
                yield from self._comment(first.number, first.text.lstrip().lstrip("#").strip())
            elif self._is_output(first.text):
                left.pop(0)
            else:
                self._waiting = None
                command, taken = self._command([(each.number, each.text) for each in left])
                del left[:taken]
                self._names |= assigned(command.text)
                yield command
        yield from self._left_over()

    def _is_output(self, text: str) -> bool:
        if self._prompted:
            return not lines.read(text).prompted
        return bool(_OUTPUT.match(text))

    def _comment(self, number: int, text: str) -> Iterator[Command]:
        if _PEOPLE.match(text):
            yield self._for_people(number, text)
            if self._waiting:  # the step that it is part of has its name already
                return
        else:
            yield from self._left_over()
            self._waiting = (number, text)
        self._step = text

    def _left_over(self) -> Iterator[Command]:
        """A comment that no command follows, and that heads nothing, is for people."""
        if self._waiting and not self._waiting[1].endswith(":") and len(self._waiting[1]) > 3:
            yield self._for_people(*self._waiting)
        self._waiting = None

    def _for_people(self, number: int, text: str) -> Command:
        return self._made(number, number, text, (), people=True)

    def _command(self, rest: Sequence[tuple[int, str]]) -> tuple[Command, int]:
        """The command at the beginning of these lines, and how many of them it takes."""
        text, notes, refused, why = "", [], "", ""
        for taken, (number, written) in enumerate(rest, 1):
            read = lines.read(written)
            text += ("\n" if text else "") + read.text
            notes += [note for note in read.notes if note not in notes]
            refused = refused or read.refused
            if taken == 1 and (found := _PLACEHOLDER.search(text)) and complaint(text):
                why = f"{found[0]} is a placeholder"  # that no shell takes, such as <POD>
                return self._made(number, number, text, tuple(notes), refused=why), 1
            if not (why := complaint(text)):
                refused = refused or _refusal(text, self._names)
                return self._made(rest[0][0], number, text, tuple(notes), refused=refused), taken
        why = f"no shell takes it for whole: {why}"
        end = rest[-1][0]
        return self._made(rest[0][0], end, text, tuple(notes), refused=refused or why), len(rest)

    def _made(
        self, line: int, last_line: int, text: str, notes: tuple[str, ...], *,
        refused: str = "", people: bool = False,
    ) -> Command:  # fmt: skip
        return Command(
            line=line,
            last_line=last_line,
            text=text.strip() if people else text,
            section=self._block.section.path,
            section_line=self._block.section.line,
            step="" if people else self._step,
            notes=notes,
            refused=refused,
            people=people,
        )


def _refusal(text: str, names: frozenset[str]) -> str:
    """Why it cannot be run as it stands, "" where it can."""
    if found := _PLACEHOLDER.search(_without_quoted_code(text)):
        return f"{found[0]} is a placeholder"
    if why := complaint(text):
        return f"no shell takes it for whole: {why}"
    if missing := unset(text, names):
        return f"{', '.join(f'${name}' for name in missing)} has no value"
    return ""


def _without_quoted_code(text: str) -> str:
    """A program of several lines between quotes has signs of its own: its first line counts."""
    return (
        text.split("\n", maxsplit=1)[0]
        if "\n" in text and complaint(text.split("\n", maxsplit=1)[0])
        else text
    )
