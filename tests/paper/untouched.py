"""A pytest plugin that lets no test touch anything: no file written, no process, no connection.

But compose may be asked what it makes of a file, and a shell whether a line is whole: they read,
and need no engine for that. And where a fault needs more than an engine the one that
``DOCKER_HOST`` names may be asked what it can do.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Generator

import pytest

FORBIDDEN = frozenset(
    {"socket.connect", "socket.bind", "subprocess.Popen", "os.fork", "os.exec", "os.posix_spawn"}
    | {"os.mkdir", "os.rename", "os.remove", "os.symlink", "os.rmdir", "os.truncate", "os.kill"}
)
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
CONFIG = ["config", "--format", "json"]
_watching = False


def _audit(event: str, arguments: tuple[object, ...]) -> None:
    if not _watching:
        return
    opened = event == "open" and arguments[0] != os.devnull
    written = opened and isinstance(arguments[2], int) and arguments[2] & WRITING
    if (event in FORBIDDEN and not _reads(event, arguments)) or written:
        raise RuntimeError(f"touched: {event} {arguments}")


def _reads(event: str, arguments: tuple[object, ...]) -> bool:
    if event == "socket.connect":
        return f"unix://{arguments[1]}" == os.environ.get("DOCKER_HOST")
    words = arguments[1] if event == "subprocess.Popen" else ()
    if not isinstance(words, list):
        return False
    return words[:2] == ["bash", "-n"] or (words[1:2] == ["compose"] and words[-3:] == CONFIG)


sys.addaudithook(_audit)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol() -> Generator[None, object, object]:
    """Watch from a test's set-up to the end of its teardown."""
    global _watching  # noqa: PLW0603 - an audit hook cannot be taken out again
    _watching = True
    try:
        return (yield)
    finally:
        _watching = False
