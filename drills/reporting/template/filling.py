"""Filling in a team's template of the incident record, on a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from drills.errors import DrillError
from drills.reporting.cleansing import shorten

SECONDS = 5  # of processor time that it may take
LONGEST = 60.0  # seconds on the clock, where the processor has no time for it
_PACKAGES = Path(__file__).parents[3]
_PROGRAM = "drills.reporting.template.sandbox"
_SAID = 300  # characters of what is said of a mistake


class Unfilled(DrillError):
    """A template could not be filled in, and why: ``record.md.j2:12: ...``."""


def fill_in(name: str, text: str, data: Mapping[str, Any], seconds: int = SECONDS) -> str:
    """The template of that name, filled in. Raises Unfilled.

    The same text and data give the same. It reaches nothing here, whatever it tries.
    """
    told = _asked(name, {"text": text, "data": data, "seconds": seconds})
    if isinstance(filled := told.get("filled"), str):
        return filled if filled.endswith("\n") else f"{filled}\n"
    at = f"{name}:{told['line']}" if told.get("line") else name
    raise Unfilled(f"{at}: {shorten(str(told.get('error')), _SAID)}")


def _asked(name: str, question: Mapping[str, Any]) -> Mapping[str, Any]:
    command = [sys.executable, "-P", "-m", _PROGRAM]
    paths = [str(_PACKAGES), *filter(None, [os.environ.get("PYTHONPATH")])]
    # The seed: what is in no order is in the same order each time.
    world = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONHASHSEED": "0"}
    try:
        done = subprocess.run(
            command,
            input=json.dumps(question).encode(),
            capture_output=True,
            timeout=LONGEST,
            cwd="/",
            env=world,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Unfilled(f"{name}: it took more than {LONGEST:g} s") from error
    except OSError as error:
        raise Unfilled(f"{name}: nothing could fill it in: {error.strerror}") from error
    try:
        told = json.loads(done.stdout)
    except ValueError:
        told = None
    if done.returncode == 0 and isinstance(told, dict):
        return told
    raise Unfilled(f"{name}: {_ended(done.returncode, question['seconds'])}")


def _ended(code: int, seconds: int) -> str:
    """Why the process said nothing: most often a bound of its own ended it."""
    if -code in (signal.SIGXCPU, signal.SIGKILL):
        return f"it took more than {seconds} s of processor time"
    return f"what filled it in ended with {code}"
