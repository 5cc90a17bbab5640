"""What a command is meant to do, as far as its words tell: look, act, wait, destroy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from drills.runbook.written.shell import Part, parts

# What they show is of the machine that they run on.
OF_THE_MACHINE = frozenset({
    "df", "dmesg", "du", "free", "hostname", "htop", "id", "ifconfig", "iostat", "ip", "lsblk",
    "lsof", "mount", "mpstat", "netstat", "nproc", "ps", "ss", "sysctl", "top", "ulimit",
    "uname", "uptime", "vmstat", "w", "who", "whoami",
})  # fmt: skip
SYSTEMD = frozenset({"systemctl", "journalctl", "service", "loginctl", "timedatectl"})
_ASKING = frozenset({"curl", "wget", "http", "nc", "ping", "nslookup", "dig", "host"})
_EDITORS = frozenset({"vi", "vim", "nano", "emacs", "visudo", "ssh", "passwd", "crontab"})
_SHOWING = frozenset({"top", "htop", "less", "more", "watch"})
_SHELLS = frozenset({"bash", "sh", "zsh", "python", "python3", "psql", "mysql", "redis-cli", "su"})
_GIVEN = frozenset({"-c", "-f", "-e", "-l", "--command", "--file", "--execute", "-m"})
_FILTERS = frozenset({
    "awk", "cat", "column", "cut", "egrep", "grep", "head", "jq", "sed", "sort", "tail", "tee",
    "tr", "uniq", "wc", "xargs",
})  # fmt: skip
_DESTROYS = (
    re.compile(r"\brm\s+(?:-\w+\s+)*-\w*[rR]\w*"),
    re.compile(
        r"\b(?:docker|podman)\s+(?:\w+\s+)?prune\b|\bdocker\s+(?:volume|network|image)\s+rm\b"
    ),
    re.compile(r"\bdocker\s+rmi?\s"),
    re.compile(r"\bjournalctl\b.*--vacuum"),
    re.compile(r"\b(?:mkfs[.\w]*|wipefs|fdisk|shutdown|reboot|halt|poweroff)\b"),
    re.compile(r"\bdd\b.*\bof=/|>\s*/dev/(?!null|std)"),
    re.compile(r"\bch(?:mod|own)\s+(?:-\w+\s+)*-\w*R\w*\s+\S+\s+/(?:\s|$|\w+(?:\s|$))"),
    re.compile(r"\b(?:iptables|nft)\b.*(?:-F|flush)"),
    re.compile(r"\bfind\b.*\s-delete\b"),
    # Every process, the first one, and more of them than there is room for.
    re.compile(r"\bkill\s+(?:(?:-s\s+\w+|-n\s+\d+|-\w+|--)\s+)*-?1\s*(?:$|[\n;&|)])"),
    re.compile(r"\b(?:killall5|telinit|init\s+[06])\b|\bpkill\s+(?:-\w+\s+)*[.*'\"]+\s*$"),
    re.compile(r"(?P<name>[\w.:]+)\s*\(\)\s*\{[^}]*(?P=name)\s*\|\s*(?P=name)\s*&"),
)
_ACTING = frozenset({
    "create", "down", "downgrade", "kill", "migrate", "pause", "restart", "rm", "scale",
    "start", "stop", "unpause", "up", "upgrade",
})  # fmt: skip
_URL = re.compile(r"https?://(?:[^/@\s'\"]*@)?(?P<host>[^/:\s'\"]+)")
_HOME = frozenset({"localhost", "127.0.0.1", "[::1]", "0.0.0.0"})  # noqa: S104


@dataclass(frozen=True, slots=True)
class Nature:
    """What is known before a command is run.

    ``machine``: what it shows is of the console's machine, not of the system. ``destroys``: it
    would remove what is not ours, were it run on the team's machine. ``shows``: it goes on until
    somebody ends it. ``waits``: it wants a person at a terminal. ``outside``: whom it asks beyond
    the system. ``hides``: why its exit code tells nothing, "" where it does.
    """

    machine: bool = False
    destroys: bool = False
    shows: bool = False
    waits: bool = False
    acts: bool = False
    systemd: bool = False
    outside: str = ""
    hides: str = ""


def nature_of(text: str) -> Nature:
    """What its words tell."""
    found = parts(text)
    return Nature(
        machine=bool(found) and all(map(_of_the_machine, found)),
        destroys=any(pattern.search(text) for pattern in _DESTROYS),
        shows=any(map(_shows, found)),
        waits=any(map(_waits, found)),
        acts=any(set(_verbs(part)) & _ACTING for part in found),
        systemd=any(part.program in SYSTEMD for part in found),
        outside=next((host for part in found for host in _outside(part)), ""),
        hides=next(_hiding(text, found), ""),
    )


def _of_the_machine(part: Part) -> bool:
    return part.program in OF_THE_MACHINE | _FILTERS | {"echo", "date"}


def docker_words(part: Part) -> Sequence[str]:
    """The words after ``docker-compose`` or ``docker [compose]``; () for other programs."""
    if part.program == "docker-compose":
        return part.words[1:]
    if part.program == "docker":
        return part.words[2:] if part.words[1:2] == ("compose",) else part.words[1:]
    return ()


def _verbs(part: Part) -> Iterator[str]:
    yield from docker_words(part) if part.program.startswith("docker") else ()
    if part.program in SYSTEMD | {"alembic", "kubectl", "helm"}:
        yield from part.words[1:]


def inner(part: Part) -> Part:
    """The program that ``exec`` or ``run`` starts in a container; the part itself for others."""
    words = list(docker_words(part))
    if "exec" not in words[:6] and "run" not in words[:6]:
        return part
    at = next(n for n, word in enumerate(words) if word in ("exec", "run"))
    left = words[at + 1 :]
    while left and left[0].startswith("-"):
        taken = left.pop(0)
        if taken in ("-e", "--env", "-u", "--user", "-w", "--workdir", "--index") and left:
            left.pop(0)
    return Part(tuple(left[1:]), part.into)


def _shows(part: Part) -> bool:
    words = docker_words(part)
    if words[:1] == ("stats",) and "--no-stream" not in words:
        return True
    if "logs" in words and {"-f", "--follow"} & set(words):
        return True
    if words[:1] == ("up",) and not {"-d", "--detach", "--wait", "--no-start"} & set(words):
        return True
    own = inner(part)
    if own.program == "top" and "-b" not in "".join(own.words[1:]):
        return True
    follows = any(re.fullmatch(r"-\w*[fF]\w*|--follow\S*", word) for word in own.words[1:])
    if own.program in ("tail", "journalctl") and follows:
        return True
    return own.program in _SHOWING or (own.program == "ping" and "-c" not in own.words)


def _waits(part: Part) -> bool:
    own = inner(part)
    if own.program in _EDITORS:
        return True
    return own.program in _SHELLS and not any(
        word in _GIVEN or word.startswith(("-c", "--command", "--file", "--version", "-V", "-l"))
        or word.endswith((".py", ".sh"))
        or (own.program == "redis-cli" and not word.startswith("-"))
        for word in own.words[1:]
    ) and not part.into and own.words != () and "<" not in part.words  # fmt: skip


def _outside(part: Part) -> Iterator[str]:
    if part.program not in _ASKING:
        return
    for word in part.words[1:]:
        if match := _URL.match(word):
            if match["host"] not in _HOME:
                yield match["host"]
        elif part.program in ("nslookup", "dig", "host", "ping") and re.match(
            r"[a-z][\w-]*\.", word
        ):
            yield word


def _hiding(text: str, found: Sequence[Part]) -> Iterator[str]:
    for part in found:
        own = inner(part)
        flags = "".join(word[1:] for word in own.words[1:] if re.match(r"-[A-Za-z]+$", word))
        if own.program == "curl" and "f" not in flags and not _has(own.words, "--fail"):
            yield "curl ends with 0 whatever it is answered, without --fail"
    if _piped(text, found):
        yield "the last program of a pipe ends with 0 whatever came before it"
    if re.search(r"\|\|\s*(?:true|:)\s*$", text):
        yield "|| true hides every failure"


def _piped(text: str, found: Sequence[Part]) -> bool:
    last = found[-1].program if found else ""
    return len(found) > 1 and "|" in text and last in _FILTERS - {"grep", "egrep"}


def _has(words: Iterable[str], begin: str) -> bool:
    return any(word.startswith(begin) for word in words)
