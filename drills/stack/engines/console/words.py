"""What an operator's words become: a command on the drill's own project, or an answer. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from drills.stack.container import Container
from drills.stack.engines.console.flags import (
    COMPOSE,
    COMPOSE_FLAGS,
    COMPOSE_VALUES,
    DOCKER,
    HARMFUL,
    Verb,
)

PROJECT_LABEL = "com.docker.compose.project"
_INSTANCE = re.compile(r".*[-_](?P<service>[^/]+?)[-_](?P<number>\d+)\Z")
_TERMINAL = {"-t", "--tty"}  # there is none, and so no input: neither or both
_SCALE = re.compile(r"(?:--scale=)?\w[\w.-]*=(\d+)")
INSTANCES = 8


@dataclass(frozen=True, slots=True)
class Command:
    """A command that reaches this drill's project and nothing else."""

    line: tuple[str, ...]
    acts: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What the console answers itself; nothing was reached. ``why`` is for the report."""

    code: int
    why: str
    output: str = ""
    errors: str = ""
    harmful: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A drill's project as an operator's words mean it.

    ``file`` is the team's compose file, ``own`` the drill's own; ``compose`` and ``docker`` are the
    beginnings of the commands. ``there`` says whether a file is there beside the team's.
    """

    project: str
    file: PurePath
    own: PurePath
    compose: tuple[str, ...]
    docker: tuple[str, ...]
    there: Callable[[str], bool]


def understood(
    words: Sequence[str], place: Place, containers: Sequence[Container]
) -> Command | Answer:
    """What these words become, the first of them being the program's name."""
    program, *rest = words
    if program == "docker-compose":
        return _compose(rest, place)
    if rest[:1] == ["compose"]:
        return _compose(rest[1:], place)
    return _docker(rest, place, containers)


class _Unknown(Exception):
    """An option that is not on the list."""


def _options(words: Sequence[str], verb: Verb) -> tuple[list[str], list[str]]:
    """The options, each with its value, and the other words. Raises _Unknown."""
    options: list[str] = []
    others: list[str] = []
    left = list(words)
    while left:
        word = left.pop(0)
        if word == "--":
            others += left
            break
        if not word.startswith("-") or word == "-":
            others.append(word)
            if verb.inside:
                return options, [*others, *left]
            continue
        options += _option(word, left, verb)
    return options, others


def _option(word: str, left: list[str], verb: Verb) -> Iterator[str]:
    name, sign, _ = word.partition("=")
    if name in verb.values:
        yield word
        if not sign:
            if not left:
                raise _Unknown(f"flag needs an argument: {name}")
            yield left.pop(0)
    elif name in verb.flags:
        yield word
    elif not word.startswith("--") and len(word) > 2:
        yield from _together(word, left, verb)
    else:
        raise _Unknown(f"unknown flag: {name}")


def _together(word: str, left: list[str], verb: Verb) -> Iterator[str]:
    """Short ones behind one dash (``-it``), the last of which may have its value (``-n50``)."""
    for number, letter in enumerate(word[1:], 2):
        flag = f"-{letter}"
        if flag in verb.values:
            yield flag
            value = word[number:].removeprefix("=")
            yield value or (left.pop(0) if left else "")
            return
        if flag not in verb.flags:
            raise _Unknown(f"unknown shorthand flag: {letter!r} in {word}")
        yield flag


def _compose(words: Sequence[str], place: Place) -> Command | Answer:
    if words[:1] == ["--version"] or words[:1] == ["-v"]:
        words = ["version"]
    try:
        given, rest = _options(words, Verb(COMPOSE_VALUES, COMPOSE_FLAGS, inside=True))
    except _Unknown as error:
        return Answer(16, f"compose: {error}", errors=f"{error}\n")
    if not rest:
        return Answer(0, "compose without a word shows its help and does nothing")
    if answer := _elsewhere(given, place):
        return answer
    word, *others = rest
    verb = COMPOSE.get(word)
    if verb is None:
        return _not_offered(f"docker compose {word}")
    try:
        options, others = _options(others, verb)
    except _Unknown as error:
        return Answer(16, f"compose {word}: {error}, for this console", errors=f"{error}\n")
    if answer := _too_many(options, others):
        return answer
    profiles = [w for pair in _pairs(given) if pair[0] == "--profile" for w in pair]
    return Command((*place.compose, *profiles, word, *_sure(word, options), *others), verb.acts)


def _pairs(options: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The options of compose itself that take a value."""
    left = list(options)
    while left:
        name, sign, value = left.pop(0).partition("=")
        if name in COMPOSE_VALUES:
            yield name, value if sign else left.pop(0)


def _elsewhere(given: Sequence[str], place: Place) -> Answer | None:
    """The answer to who means another project or file than the drill's."""
    for name, value in _pairs(given):
        if name in ("-f", "--file") and PurePath(value).name != place.file.name:
            missing = f"open {value}: no such file or directory\n"
            if not place.there(value):
                return Answer(14, f"there is no {value} beside the compose file", errors=missing)
            text = f"the console knows the drill's own copy of {place.file.name}, not {value}"
            return Answer(14, text, errors=f"{text}\n")
        if name in ("-p", "--project-name", "--project-directory", "--env-file"):
            text = f"{name} {value}: the console reaches this drill's project only"
            return Answer(14, text, errors=f"{text}\n")
    return None


def _too_many(options: Sequence[str], others: Sequence[str]) -> Answer | None:
    """The answer to who wants more instances of a service than a machine of a drill may carry."""
    for word in (*options, *others):
        if (match := _SCALE.fullmatch(word)) and int(match[1]) > INSTANCES:
            text = f"{word}: a drill's console starts {INSTANCES} instances of a service at most"
            return Answer(1, text, errors=f"{text}\n")
    return None


def _sure(word: str, options: Sequence[str]) -> list[str]:
    """The options with what keeps the word from asking a terminal, building or pulling."""
    kept = list(options)
    if word in ("exec", "run"):
        return ["-T", *(each for each in kept if each not in {"-T", "--no-TTY", *_TERMINAL})]
    if word in ("up", "create"):
        return ["--pull", "never", *(["--no-build"] if "--no-build" not in kept else []), *kept]
    if word == "rm":
        return ["--force", *(each for each in kept if each not in ("-f", "--force"))]
    return kept


def _docker(
    words: Sequence[str], place: Place, containers: Sequence[Container]
) -> Command | Answer:
    if words[:1] and words[0] in ("-v", "--version"):
        words = ["version"]
    if not words:
        return Answer(0, "docker without a word shows its help and does nothing")
    if words[0] == "container" and len(words) > 1:
        words = [{"ls": "ps", "list": "ps"}.get(words[1], words[1]), *words[2:]]
    two = " ".join(words[:2])
    if found := next((each for each in HARMFUL if each in (two, words[0])), ""):
        return _harmful(found, words)
    name = two if two in DOCKER else words[0]
    verb = DOCKER.get(name)
    if verb is None:
        return _not_offered(f"docker {name}")
    try:
        options, others = _options(words[len(name.split()) :], verb)
    except _Unknown as error:
        return Answer(125, f"docker {name}: {error}, for this console", errors=f"{error}\n")
    return _on_containers(name, verb, options, others, place, containers)


def _on_containers(
    name: str,
    verb: Verb,
    options: Sequence[str],
    others: Sequence[str],
    place: Place,
    containers: Sequence[Container],
) -> Command | Answer:
    mine = ("--filter", f"label={PROJECT_LABEL}={place.project}")
    begin = (*place.docker, *name.split())
    if name in ("ps", "network ls", "volume ls"):
        return Command((*begin, *mine, *options, *others), acts=False)
    if name == "version":
        return Command((*begin, *options), acts=False)
    whose = others[:1] if verb.inside else others
    ids: list[str] = []
    for each in whose:
        if (container := _meant(each, containers)) is None:
            text = f"Error response from daemon: No such container: {each}"
            return Answer(1, f"no such container: {each}", errors=f"{text}\n")
        ids.append(container.id if name == "exec" else container.name)
    if name == "stats" and not ids:
        ids = [each.name for each in containers]
    if not ids:
        text = f"docker {name} requires at least 1 argument"
        return Answer(1, text, errors=f'"{text}"\n')
    kept = [each for each in options if name != "exec" or each not in _TERMINAL]
    inside = others[1:] if verb.inside else ()
    return Command((*begin, *kept, *ids, *inside), verb.acts)


def _meant(name: str, containers: Sequence[Container]) -> Container | None:
    """The drill's container that is called so, or that is the same instance of the same service."""
    for one in containers:
        if name == one.name or (len(name) >= 8 and one.id.startswith(name)):
            return one
    same = _INSTANCE.match(name)
    for one in containers:
        if same and (same["service"], int(same["number"])) == (one.service, one.instance):
            return one
    of_service = [one for one in containers if one.service == name]
    return of_service[0] if len(of_service) == 1 else None


def _harmful(found: str, words: Sequence[str]) -> Answer:
    """Answered as by an engine that has nothing."""
    whose = (
        "everything that this engine has" if "prune" in found else "what it names, whoever's it is"
    )
    told = f"docker {' '.join(words)} would act on {whose}"
    if "prune" in found:
        return Answer(0, told, output="Total reclaimed space: 0B\n", harmful=True)
    text = f"docker {found}: carried out on nothing: this is a drill's console"
    return Answer(1, told, errors=f"{text}\n", harmful=True)


def _not_offered(words: str) -> Answer:
    text = f"{words}: a drill's console does not offer it"
    return Answer(125, text, errors=f"{text}\n")


LIST: Mapping[str, Mapping[str, Verb]] = {"docker": DOCKER, "docker compose": COMPOSE}
