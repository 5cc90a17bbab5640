"""What would mend a runbook, where that is known: a patch, for people to read.

Nothing is ever changed by it. A line that has no known fix is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import unified_diff
from pathlib import Path

from drills.runbook.written import line as lines
from drills.runbook.written.command import Command

_V1 = re.compile(r"\bdocker-compose(?=\s)")
_INTO = re.compile(r"\b(psql|pg_dump|pg_restore|createdb|dropdb)(?=\s)(?!.*\s(?:-U|--username))")
_SYSTEMCTL = re.compile(
    r"(?:sudo\s+)?systemctl\s+(?P<verb>status|restart|start|stop)\s+(?P<service>[\w.-]+)"
)
_OWN = {"status": "ps", "restart": "restart", "start": "start", "stop": "stop"}
_STATS = re.compile(r"\b(docker(?:\s+compose)?\s+stats)\b(?!.*--no-stream)")
_CURL = re.compile(r"\bcurl(?=\s)(?!.*\s(?:-\w*f\w*|--fail\S*)(?:\s|$))")
_HEAD = re.compile(r"\bcurl(?P<before>(?:\s+-{1,2}\S+)*?)\s+(?:-I|--head)(?=\s)")
_LOG = re.compile(
    r"(?:sudo\s+)?tail\s+(?:-n\s*)?-?(?P<lines>\d+)\s+/var/log/(?P<service>[\w-]+)/\S+"
)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a system: its services; and why lines failed, where they were tried."""

    services: tuple[str, ...] = ()
    why: Mapping[int, str] = field(default_factory=dict)


def patch(file: Path, commands: Sequence[Command], known: Known, name: str = "") -> str:
    """A unified diff of the lines as they are and as they would work; "" for no known fix.

    ``name`` is what it calls the file, from where it will be applied; its own name for "".
    """
    before = file.read_text("utf-8", "surrogateescape").split("\n")
    after = list(before)
    for command in commands:
        if command.people:
            continue
        for number in range(command.line, command.last_line + 1):
            after[number - 1] = mended(after[number - 1], known, known.why.get(command.line, ""))
    name = name or file.name
    return "".join(
        f"{each}\n"
        for each in unified_diff(before, after, f"a/{name}", f"b/{name}", n=1, lineterm="")
    )


def mended(text: str, known: Known, why: str = "") -> str:
    """One line as it would work. ``why`` is what became of it as it is written."""
    indent = text[: len(text) - len(text.lstrip())]
    read_ = lines.read(text.strip())
    if read_.refused:
        return text
    text = indent + read_.text if read_.notes else text
    for mend in (_compose, _service, _log, _role, _stream, _fail):
        text = mend(text, known, why)
    return text


def _compose(text: str, _known: Known, _why: str) -> str:
    """The command of compose v2, which is a plugin of docker."""
    return _V1.sub("docker compose", text)


def _service(text: str, known: Known, _why: str) -> str:
    """A unit of systemd that is a service of the stack; and its program, which runs in there."""

    def mend(match: re.Match[str]) -> str:
        if match["service"] not in known.services:
            return match[0]
        return f"sudo docker compose {_OWN[match['verb']]} {match['service']}"

    text = _SYSTEMCTL.sub(mend, text)
    for service in known.services:
        own = re.compile(rf"^(\s*)(?:sudo\s+)?{re.escape(service)}(?=\s+-)")
        text = own.sub(rf"\1sudo docker compose exec {service} {service}", text)
    return text


def _log(text: str, known: Known, _why: str) -> str:
    def mend(match: re.Match[str]) -> str:
        if match["service"] not in known.services:
            return match[0]
        return f"sudo docker compose logs --tail={match['lines']} {match['service']}"

    return _LOG.sub(mend, text)


def _role(text: str, _known: Known, why: str) -> str:
    """Inside a database's container, as the role that is there."""
    return _INTO.sub(r"\1 -U postgres", text) if why.find("no such role") >= 0 else text


def _stream(text: str, _known: Known, _why: str) -> str:
    """A reading, where it would go on for ever."""
    return _STATS.sub(r"\1 --no-stream", text)


def _fail(text: str, _known: Known, why: str) -> str:
    """A question that fails where it is not answered well, and asks as customers do."""
    if "answered 405" in why:
        return _HEAD.sub(r"curl\g<before> --fail --silent --show-error --output /dev/null", text)
    asks = "localhost" in text or "127.0.0.1" in text
    return _CURL.sub("curl --fail", text) if asks and "invalid" not in text else text
