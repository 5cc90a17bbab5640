"""What kind of machine a drill ran on: only drills of one kind are held against each other."""

from __future__ import annotations

import re

from drills.judgement.environment import Environment

_HOST = re.compile(r"(\S+) \S+ (\S+, \d+ processors, .+)")
_ENGINE = re.compile(r"engine (\d+)\b")
_PYTHON = re.compile(r"(\d+\.\d+)\b")


def kind_of(environment: Environment) -> str:
    """``Linux x86_64, 2 processors, 24 GiB, engine 26, Python 3.11``, as far as it is known.

    A newer kernel, and a newer patch of the engine or of Python, make it no other kind.
    """
    host = _HOST.fullmatch(environment.host)
    engine = _ENGINE.match(environment.engine)
    python = _PYTHON.match(environment.versions.get("python", ""))
    parts = [
        f"{host[1]} {host[2]}" if host else environment.host,
        f"engine {engine[1]}" if engine else "",
        f"Python {python[1]}" if python else "",
    ]
    return ", ".join(part for part in parts if part)
