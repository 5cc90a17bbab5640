"""The process that fills in a template: nothing of it reaches anything but its own output.

``python -m drills.reporting.template.sandbox`` reads ``{"text", "data", "seconds"}`` as JSON and
writes either ``{"filled"}`` or ``{"error", "line"}``. It gives itself bounds first: what does not
keep them ends this process, and nobody else.
"""

from __future__ import annotations

import json
import re
import resource
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from drills.reporting.markdown import escape

MEMORY = 512 * 1024**2  # bytes
SIZE = 1024**2  # characters of what is filled in
_RANDOM = ("random",)  # filters that give something else each time
_OBJECT = re.compile(r"<[^<>\n]{1,200} at 0x[0-9a-f]+>")  # it is another one each time
_NAME = "<template>"  # as jinja2 calls what it was given as text


class Problem(Exception):
    """What a template asks for and does not get, in words."""


def environment() -> ImmutableSandboxedEnvironment:
    """Where templates are read and filled in: text is printed so that Markdown only shows it.

    Unknown names are errors. Nothing is loaded, changed or random.
    """
    made = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    del made.globals["lipsum"]
    for name in _RANDOM:
        del made.filters[name]
    return made


def _shown(value: object) -> object:
    """What is printed: text on one line and read as text alone, unless the template has it safe."""
    if isinstance(value, Markup):
        return str(value)
    if isinstance(value, str):
        return escape(value) if value.strip() else value
    if value is None:
        return ""
    if isinstance(value, bool | int | float):
        return value
    kind = "a list" if isinstance(value, list | tuple) else f"a {type(value).__name__}"
    if isinstance(value, StrictUndefined):
        str(value)  # raises, and says what is not there
    raise Problem(f"expected a text or a number to print, found {kind}")


def fill(text: str, data: Mapping[str, Any]) -> str:
    """The template filled in. Raises Problem, or whatever jinja2 or the template raises."""
    pieces, size = [], 0
    for piece in environment().from_string(text).generate(**data):
        size += len(piece)
        if size > SIZE:
            raise Problem(f"expected at most {SIZE:,} characters, it says more")
        pieces.append(piece)
    filled = "".join(pieces)
    if _OBJECT.search(filled):
        raise Problem("expected texts and numbers, it prints an object of the program")
    if not filled.strip():
        raise Problem("expected a record, it says nothing")
    return filled


def answer(text: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """What this process says of it."""
    try:
        return {"filled": fill(text, data)}
    except MemoryError:
        return {"error": f"it took more than {MEMORY // 1024**2} MiB of memory", "line": None}
    except RecursionError:
        return {"error": "it calls itself too often", "line": None}
    except TemplateSyntaxError as error:
        return {"error": str(error.message), "line": error.lineno}
    except Exception as error:  # noqa: BLE001 - whatever a template does, it is said
        plain = isinstance(error, Problem | TemplateError)
        said = str(error) if plain else f"{type(error).__name__}: {error}"
        return {"error": _OBJECT.sub("an object", said), "line": _line(error)}


def _line(error: BaseException) -> int | None:
    """The last line of the template that was on its way."""
    line, frame = None, error.__traceback__
    while frame is not None:
        if frame.tb_frame.f_code.co_filename == _NAME:
            line = frame.tb_lineno
        frame = frame.tb_next
    return line


def _bounded(seconds: int) -> None:
    """Bound this process: ``seconds`` are of processor time."""
    for what, bound in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):  # a system that knows no such bound
            resource.setrlimit(what, (bound, bound))


def _main() -> None:
    asked = json.loads(sys.stdin.buffer.read())
    _bounded(asked["seconds"])
    sys.stdout.write(json.dumps(answer(asked["text"], asked["data"])))


if __name__ == "__main__":
    _main()
