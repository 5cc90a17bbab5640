"""The closed list of what an operator's `docker` and `docker-compose` may ask of a drill's stack.

A word that is not here reaches nothing, nor does an option that is not: the list is of what looks
at a stack, starts and stops its containers, and runs commands inside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verb:
    """A word: the options that take a value, those that take none, and what it does.

    ``acts``: it changes the stack. ``inside``: all after the first name is a command. ``named``:
    its other words are containers.
    """

    values: frozenset[str] = frozenset()
    flags: frozenset[str] = frozenset()
    acts: bool = False
    inside: bool = False
    named: bool = False


def _verb(
    values: str = "", flags: str = "", *, acts: bool = False, inside: bool = False,
    named: bool = False,
) -> Verb:  # fmt: skip
    return Verb(frozenset(values.split()), frozenset(flags.split()), acts, inside, named)


_TIME = "-t --time --timeout"
_LOGS = ("-n --tail --since --until", "-f --follow -t --timestamps")
_INSIDE = ("-e --env -u --user -w --workdir", "-T --no-TTY -i --interactive -t --tty -d --detach")

COMPOSE: Mapping[str, Verb] = {
    "ps": _verb("--filter --format --status", "-a --all --no-trunc -q --quiet --services"),
    "logs": _verb(
        f"{_LOGS[0]} --index", f"{_LOGS[1]} --no-color --no-log-prefix"
    ),
    "exec": _verb(f"{_INSIDE[0]} --index", _INSIDE[1], inside=True),
    "top": _verb(),
    "images": _verb("--format", "-q --quiet"),
    "port": _verb("--index --protocol"),
    "stats": _verb("--format", "-a --all --no-stream --no-trunc"),
    "config": _verb("--format", "--services --volumes --images --profiles -q --quiet"),
    "convert": _verb("--format", "--services --volumes --images --profiles -q --quiet"),
    "version": _verb("-f --format", "--short"),
    "restart": _verb(_TIME, "--no-deps", acts=True),
    "stop": _verb(_TIME, acts=True),
    "start": _verb(acts=True),
    "kill": _verb("-s --signal", "--remove-orphans", acts=True),
    "pause": _verb(acts=True),
    "unpause": _verb(acts=True),
    "up": _verb(
        f"{_TIME} --scale --wait-timeout --attach --no-attach",
        "-d --detach --force-recreate --no-recreate --no-deps --no-start --wait --no-build "
        "--remove-orphans -V --renew-anon-volumes --always-recreate-deps --quiet-pull "
        "--no-log-prefix",
        acts=True,
    ),
    "scale": _verb("", "--no-deps", acts=True),
    "create": _verb("--scale", "--force-recreate --no-recreate --no-build", acts=True),
    "rm": _verb("", "-f --force -s --stop -v --volumes", acts=True),
    "down": _verb(_TIME, "--remove-orphans -v --volumes", acts=True),
    "run": _verb(
        "-e --env -u --user -w --workdir --entrypoint",
        "-T --no-TTY --rm --no-deps -i --interactive --quiet-pull",
        acts=True,
        inside=True,
    ),
}  # fmt: skip
COMPOSE_VALUES = frozenset({
    "-f", "--file", "-p", "--project-name", "--profile", "--env-file", "--project-directory",
    "--ansi", "--progress", "--parallel",
})  # fmt: skip
COMPOSE_FLAGS = frozenset({"--compatibility", "--verbose", "--no-ansi", "--all-resources"})

DOCKER: Mapping[str, Verb] = {
    "ps": _verb(
        "-f --filter --format -n --last",
        "-a --all -q --quiet --no-trunc -s --size -l --latest",
    ),
    "logs": _verb(_LOGS[0], f"{_LOGS[1]} --details", named=True),
    "exec": _verb(_INSIDE[0], _INSIDE[1], inside=True),
    "stats": _verb("--format", "-a --all --no-stream --no-trunc", named=True),
    "inspect": _verb("-f --format --type", "-s --size", named=True),
    "top": _verb(inside=True),
    "port": _verb(inside=True),
    "diff": _verb(named=True),
    "version": _verb("-f --format"),
    "restart": _verb(f"{_TIME} -s --signal", acts=True, named=True),
    "stop": _verb(f"{_TIME} -s --signal", acts=True, named=True),
    "start": _verb("", "-a --attach", acts=True, named=True),
    "kill": _verb("-s --signal", acts=True, named=True),
    "pause": _verb(acts=True, named=True),
    "unpause": _verb(acts=True, named=True),
    "network ls": _verb("-f --filter --format", "-q --quiet --no-trunc"),
    "volume ls": _verb("-f --filter --format", "-q --quiet"),
}  # fmt: skip

# What the same words would have done to everybody's: named so, and answered by the console alone.
HARMFUL = (
    "system prune", "container prune", "image prune", "volume prune", "network prune",
    "builder prune", "buildx prune", "rm", "rmi", "container rm", "image rm", "volume rm",
    "network rm", "swarm leave", "swarm init", "stack rm", "service rm", "node rm",
)  # fmt: skip
