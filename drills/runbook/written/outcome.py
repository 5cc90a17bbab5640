"""How a command ended: worked, failed, changed nothing, showed the console ... and why. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from drills.runbook.written.command import Command
from drills.runbook.written.nature import SYSTEMD, Nature, nature_of
from drills.runbook.written.shell import parts
from drills.stack.console import Ran

_PIPE_CLOSED = 141  # the status of who wrote to a pipe that its reader had closed
Picture = Mapping[str, tuple[str, str]]  # of containers, by name: their state and since when


class Outcome(StrEnum):
    """The ends that a command can come to."""

    WORKED = "worked"
    NOTHING_TO_DO = "worked with nothing to do"
    FAILED = "failed"
    CHANGED_NOTHING = "changed nothing although it should act"
    CONSOLE = "shows the console and not the system"
    DANGEROUS = "dangerous"
    CANNOT_FAIL = "cannot fail"
    PEOPLE = "for people"


WELL = frozenset({Outcome.WORKED, Outcome.NOTHING_TO_DO})
FINDINGS = frozenset(
    {Outcome.FAILED, Outcome.CHANGED_NOTHING, Outcome.CONSOLE, Outcome.DANGEROUS,
     Outcome.CANNOT_FAIL}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """How it ended, and why, in words."""

    outcome: Outcome
    why: str = ""


def judged(
    command: Command, ran: Ran, before: Picture, after: Picture, *, disturbed: bool = False
) -> Verdict:
    """What became of a command that was run. ``disturbed`` is whether its incident was on."""
    nature = nature_of(command.text)
    for judge in (
        _destroyed,
        _too_long,
        _of_the_machine,
        _ended_badly,
        _emptily,
        _by_answers(disturbed),
        _idly,
    ):
        if verdict := judge(command, nature, ran, (before, after)):
            return verdict
    if not (ran.output.strip() or ran.errors.strip() or ran.files or ran.asked):
        return Verdict(Outcome.FAILED, "it ended with 0, and said and did nothing")
    if not (nature.acts or ran.files or ran.output.strip()):
        return Verdict(Outcome.FAILED, "it ended with 0, and showed nothing")
    return Verdict(Outcome.WORKED)


_Pictures = tuple[Picture, Picture]
_Judge = Callable[[Command, Nature, Ran, _Pictures], "Verdict | None"]


def unrun(command: Command) -> Verdict | None:
    """What is known of a command without running it."""
    if command.people:
        return Verdict(Outcome.PEOPLE)
    if command.refused:
        return Verdict(Outcome.FAILED, f"not run: {command.refused}")
    if nature_of(command.text).waits:
        return Verdict(Outcome.PEOPLE, "interactive: it waits for a person at a terminal")
    return None


def _destroyed(_command: Command, nature: Nature, ran: Ran, _seen: _Pictures) -> Verdict | None:
    harmful = [one for one in ran.asked if one.harmful]
    if ran.ended_all:
        why = "it ends every process that it may, here the console's own"
        return Verdict(Outcome.DANGEROUS, f"{why}; run in the console only, which was begun anew")
    if not (nature.destroys or harmful):
        return None
    removed = f", which lost {len(ran.removed)} files" if ran.removed else ""
    end = f"; here it failed: {_known(nature, ran)}" if ran.code else ""
    why = harmful[0].refused if harmful else "it removes what it cannot know to be unneeded"
    return Verdict(Outcome.DANGEROUS, f"{why}; run in the console only{removed}{end}")


def _too_long(_command: Command, nature: Nature, ran: Ran, _seen: _Pictures) -> Verdict | None:
    if not ran.over:
        return None
    if nature.shows and ran.output.strip():
        return Verdict(Outcome.WORKED, "it shows until somebody ends it, and was ended")
    return Verdict(Outcome.FAILED, "it did not end in time, and was ended")


def _of_the_machine(command: Command, nature: Nature, ran: Ran, _seen: _Pictures) -> Verdict | None:
    if ran.code or not (nature.machine or _only_console(command)):
        return None
    return Verdict(Outcome.CONSOLE, "what it shows is of the machine that it runs on")


def _ended_badly(_command: Command, nature: Nature, ran: Ran, _seen: _Pictures) -> Verdict | None:
    if ran.code:
        return Verdict(Outcome.FAILED, f"exit {ran.code}: {_known(nature, ran)}")
    for number, status in enumerate(ran.parts[:-1], 1):
        if status not in (0, _PIPE_CLOSED):
            hidden = f"part {number} of the pipe ended with {status}, which the pipe hides"
            return Verdict(Outcome.FAILED, f"{hidden}: {_known(nature, ran)}")
    return None


def _emptily(command: Command, _nature: Nature, ran: Ran, _seen: _Pictures) -> Verdict | None:
    into = [target for part in parts(command.text) for target in part.into]
    empty = [path for path, size in ran.files.items() if size == 0 and _named(path, into)]
    if empty:
        names = ", ".join(path.rpartition("/")[2] for path in empty)
        return Verdict(Outcome.FAILED, f"it left {names} with 0 bytes")
    jq = any(part.program == "jq" for part in parts(command.text))
    if jq and ran.output.strip() in (b"null", b""):
        return Verdict(Outcome.FAILED, "the answer has no such field: jq says null")
    return None


def _named(path: str, into: Sequence[str]) -> bool:
    """Whether a file is what a redirect names; one with a name that is made is taken for it."""
    return any("$" in target or path.endswith(target.lstrip("./")) for target in into)


def _by_answers(disturbed: bool) -> _Judge:
    def judge(command: Command, nature: Nature, ran: Ran, _seen: _Pictures) -> Verdict | None:
        bad = [line for line in ran.answers if _refuses(line, command.text)]
        if not bad:
            return None
        told = f"it was answered {bad[0].partition(' ')[2] or bad[0]}"
        if disturbed and nature.hides and _is_trouble(bad[0]):
            return Verdict(Outcome.CANNOT_FAIL, f"{told}, and ended with 0: {nature.hides}")
        return Verdict(Outcome.FAILED, f"it ended with 0, but {told}")

    return judge


def _refuses(line: str, text: str) -> bool:
    match = re.match(r"HTTP/\S+ (\d{3})", line)
    if match is None:
        return True
    wanted = {401, 403} if "invalid" in text.lower() else set()
    return int(match[1]) >= 400 and int(match[1]) not in wanted


def _is_trouble(line: str) -> bool:
    match = re.match(r"HTTP/\S+ (\d{3})", line)
    return match is None or int(match[1]) >= 500


def _idly(command: Command, _nature: Nature, ran: Ran, seen: _Pictures) -> Verdict | None:
    """Whether what should act did."""
    acted = [one for one in ran.asked if one.acts]
    if re.search(r"\balembic\b.*\bupgrade\b", command.text):
        done = b"Running upgrade" in ran.output + ran.errors
        return None if done else Verdict(Outcome.NOTHING_TO_DO, "no migration was left")
    if not acted:
        return None
    before, after = seen
    if before != after:
        return None
    words = {word for one in acted for word in one.words}
    if words & {"start", "up", "stop", "down", "scale", "create", "pause", "unpause"}:
        return Verdict(Outcome.NOTHING_TO_DO, "it was so already")
    return Verdict(Outcome.CHANGED_NOTHING, "the containers are as they were before it")


def _only_console(command: Command) -> bool:
    """Whether all that it reads are files of its own machine."""
    found = parts(command.text)
    local = {"cat", "tail", "head", "ls", "grep", "find", "stat"}
    return bool(found) and all(part.program in local for part in found)


_NO_ANSWER = (
    r"couldn't get address|no servers could be reached|Temporary failure in name resolution|"
    r"network unreachable|communications error"
)
_REASONS = (
    (r"no such service: (\S+)", "no such service: {0}"),
    (r'service "([^"]+)" is not running', "the service {0} does not run"),
    (r'role "([^"]+)" does not exist', "no such role: {0}"),
    (r'database "([^"]+)" does not exist', "no such database: {0}"),
    (r'(?:relation|column) "([^"]+)" does not exist', "no such table or column: {0}"),
    (r"column (\S+) does not exist", "no such column: {0}"),
    (r"invalid page in block (\d+) of relation (\S+)", "block {0} of {1} is damaged"),
    (r"No module named '?([\w.]+)", "no such module: {0}"),
    (r"Could not resolve host: (\S+)", "needs the outside world ({0})"),
    (_NO_ANSWER, "needs the outside world"),
    (r"Failed to connect to (\S+) port (\d+)", "nobody listens at {0}:{1}"),
    (r"Recv failure|Empty reply|Connection reset", "nobody answers there"),
    (r"open (\S+): no such file or directory", "no such file: {0}"),
    (r"(?:cannot open|cannot access|can't open) '?([^':]+)'?[^\n]*: No such file",
     "no such file: {0}"),
    (r"([^\s:]+): No such file or directory", "no such file: {0}"),
    (r"No such container: (\S+)", "no such container: {0}"),
    (r"container \S+ is not running", "its container does not run"),
    (r"the input device is not a TTY", "it wants a terminal"),
    (r"(\w+): unbound variable", "${0} has no value"),
    (r"[Pp]ermission denied", "not permitted"),
    (r"[Rr]ead-only file system", "it writes where nothing can be written"),
    (r"parse error|jq: error", "the answer is no JSON"),
)  # fmt: skip


def _known(nature: Nature, ran: Ran) -> str:
    """Why it failed, where that is known; else what it said last."""
    return next(_reasons(nature, ran))


def _reasons(nature: Nature, ran: Ran) -> Iterator[str]:
    said = (ran.errors + b"\n" + ran.output).decode("utf-8", "replace")
    missing = re.search(
        r"(?m)(?:line \d+: |exec: \"?|sudo: )?([\w.-]+)\"?: (?:command )?not found", said
    )
    if missing or ran.code == 127:
        name = missing[1] if missing else "it"
        if nature.systemd or name in SYSTEMD:
            yield f"needs systemd ({name})"
        yield f"no such program: {name}"
    for one in ran.asked:
        if one.refused:
            yield one.refused
    if nature.outside and ran.code in (5, 6, 7, 28, 1, 2):
        yield f"needs the outside world ({nature.outside})"
    if ran.code == 137 or "\nKilled" in said:
        yield "it was killed: out of memory"
    for pattern, words in _REASONS:
        if match := re.search(pattern, said):
            yield words.format(*match.groups())
    if ran.code == 1 and not said.strip():
        yield "nothing was found"
    last = [
        line.strip() for line in ran.errors.decode("utf-8", "replace").splitlines() if line.strip()
    ]
    yield last[-1][:200] if last else "it said nothing"
