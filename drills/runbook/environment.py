"""Editing an environment file (``KEY=value`` lines) in place, as the runbook's procedures do."""

from __future__ import annotations

from pathlib import Path

from drills.errors import ResponseFailed


def value_of(file: Path, key: str) -> str:
    """The value of ``key``; the last one, as for whoever reads the file.

    Raises ResponseFailed where the file has no such key.
    """
    for line in reversed(_lines(file)):
        if line.startswith(f"{key}="):
            return line.removeprefix(f"{key}=")
    raise ResponseFailed(f"expected {key}=... in the environment file {file.name}, found none")


def set_value(file: Path, key: str, value: str) -> None:
    """Give ``key`` a value, keeping every other line. The file keeps its inode (it is mounted).

    Raises ResponseFailed where the file has no such key, or the value is more than one line.
    """
    if len(value.splitlines()) > 1 or value.endswith(("\n", "\r")):
        raise ResponseFailed(f"expected a value of one line for {key}")
    value_of(file, key)
    lines = [f"{key}={value}" if line.startswith(f"{key}=") else line for line in _lines(file)]
    try:
        file.write_text("\n".join(lines) + "\n", "utf-8")
    except OSError as error:
        raise ResponseFailed(f"expected to write the environment file: {error}") from error


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ResponseFailed(f"expected to read the environment file: {error}") from error
