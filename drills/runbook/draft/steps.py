"""Commands of a runbook as actions of a procedure, where it is certain what they do."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from drills.runbook.document import CodeBlock, Line

_SHELLS = {"", "sh", "bash", "shell", "console", "zsh", "shell-session", "terminal", "text"}
_PROMPT = re.compile(r"^\s*(?:[$>]|[\w.-]+@[\w.-]+:[^$#]*[$#])\s+")
_COMPOSE = re.compile(r"^(?:sudo\s+)?(?:docker-compose|docker\s+compose)\s+(.*)$")
_ASKS = re.compile(r"^curl\s+(?:-[sfS]+\s+)*https?://[^/\s]+(/\S*)\s*\|\s*jq\s+'?\.([\w.]+)'?$")
# A shell would make something else of these, or somebody has to fill something in.
_SHELLS_OWN = re.compile(r"[|&;<>$`*?\\]|####|\.\.\.")
_CONDITION = re.compile(
    r"^(if|when|where|unless|wenn|falls|sofern|si|cuando|en caso)\b|\((if|wenn|falls|si)\b",
    re.IGNORECASE,
)
_POINTS = re.compile(r"\b([A-Z][A-Z0-9_]{3,})\s*(?:->|→)\s*([A-Z][A-Z0-9_]{3,})\b")
_SIMPLE = re.compile(r"[\w][\w.-]*\Z")
_COMMAND = re.compile(
    r"^(?:sudo\s+)?(?:docker|docker-compose|kubectl|helm|curl|wget|psql|pg_\w+|systemctl|service|"
    r"journalctl|ssh|nginx|df|du|free|ps|top|ls|cat|tail|grep|find|rm|kill|netstat|ss|nslookup|dig|"
    r"ping|redis-cli|mysql\w*|mongo\w*|aws|gcloud|az|terraform|ansible\S*|python3?|\./\S+|make)\b"
)


# What surely only looks; whatever else is run may change something.
_LOOKS = re.compile(
    r"(?:cat|ls|df|du|free|ps|grep|tail|head|getent|hostname|uptime|id|env|pg_isready|nginx -[tT]|"
    r"pip (?:list|show|freeze)|redis-cli info|mailq|psql (?:\S+ )*-c SELECT)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a procedure: what it is about, its action, and the line that says so."""

    says: str
    line: int
    action: str = "people"
    keys: tuple[tuple[str, str], ...] = ()
    command: tuple[str, ...] = ()
    changes: bool = False


def is_commands(block: CodeBlock) -> bool:
    """Whether a block is for a shell: by its language, or by what its lines begin with."""
    texts = [line.text for line in block.lines if line.text.strip()]
    if block.language not in _SHELLS or not texts:
        return False
    if block.language in {"sh", "bash", "shell", "console", "zsh", "shell-session"}:
        return True
    return any(_PROMPT.match(text) or is_command(text) for text in texts)


def is_command(text: str) -> bool:
    """Whether inline code is something to run, and no file, flag, or name."""
    return bool(_COMMAND.match(_PROMPT.sub("", text))) and " " in text.strip()


def steps_of(block: CodeBlock) -> Iterator[Step]:
    """A step for each command; the comment above it says what it is about."""
    about, seen = "", False
    for line in _joined(block):
        text = _PROMPT.sub("", line.text).strip()
        if not text:
            continue
        if text.startswith("#"):
            if about and not seen:
                yield Step(about, line.number - 1)  # a comment without a command is for people
            about, seen = text.lstrip("# ").rstrip(":"), False
            if points := _POINTS.search(about):
                keys = (("key", points[1]), ("at", points[2]))
                yield Step(about, line.number, "point", keys)
                about = ""
            continue
        yield step_of(text, about, line.number)
        seen = True
    if about and not seen:
        yield Step(about, block.last_line - 1)


def step_of(command: str, about: str, line: int) -> Step:
    """A command as an action; one for people where nothing here does surely the same."""
    first = command.splitlines()[0]
    says = about or f"Carry out: {first}"
    by_hand = Step(f"{about}: {first}" if about and first not in about else says, line)
    if _CONDITION.search(about):
        return by_hand
    if asks := _ASKS.match(command):
        return Step(says, line, "check", (("path", asks[1]), ("field", asks[2])))
    compose = _COMPOSE.match(command)
    if compose is None or _SHELLS_OWN.search(command) or "\n" in command:
        return by_hand
    try:
        verb, *rest = [word for word in shlex.split(compose[1]) if word not in {"-d", "-T"}]
    except ValueError:
        return by_hand
    if verb in {"restart", "stop", "start"} and len(rest) == 1 and _SIMPLE.match(rest[0]):
        return Step(says, line, verb, (("service", rest[0]),))
    if verb == "exec" and len(rest) > 1 and _SIMPLE.match(rest[0]):
        return Step(
            *(says, line, "run", (("service", rest[0]),), tuple(rest[1:])),
            changes=not _LOOKS.match(" ".join(rest[1:])),
        )
    return by_hand


def _joined(block: CodeBlock) -> Iterator[Line]:
    """Lines that a quotation or a backslash leaves open are one command, of its first line."""
    text, number = "", 0
    for line in block.lines:
        number = number or line.number
        text = f"{text}\n{line.text}" if text else line.text
        if text.endswith("\\") or (not text.lstrip().startswith("#") and _open(text)):
            continue
        yield Line(number, text)
        text, number = "", 0
    if text:
        yield Line(number, text)


def _open(text: str) -> bool:
    return (text.count('"') - text.count('\\"')) % 2 == 1
