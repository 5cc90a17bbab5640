"""Reading an environment file as compose does, and editing it in place.

The only importer of python-dotenv, whose parser knows what people write there: ``export``, quotes,
values of several lines, comments behind a value. Its own way of setting a key puts a new file in
the place of the old one, which a container that has it mounted would never see.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dotenv.parser import parse_stream

from drills.errors import ResponseFailed, near

_BOM = "\ufeff"
# What stands before a value: empty lines, `export`, the key, which may be quoted, and the sign.
_HEAD = re.compile(r"\s*(?:export[^\S\r\n]+)?(?:'[^']+'|[^=#\s]+)[^\S\r\n]*=")
_QUOTED = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"", re.DOTALL)
_PLAIN = re.compile(r"[^\r\n]*?(?=\s+#|\s*(?:[\r\n]|\Z))")
_BLANK = re.compile(r"[^\S\r\n]*")


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of an environment file: its value, and where that is written in the text."""

    key: str
    value: str
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Kept:
    """A file as it was: its content, which no repr shows, and its permissions."""

    content: bytes = field(repr=False)
    mode: int

    @classmethod
    def of(cls, file: Path) -> Kept | None:
        """The file as it is now; None where it cannot be read."""
        try:
            return cls(file.read_bytes(), file.stat().st_mode & 0o7777)
        except OSError:
            return None

    def put_back(self, file: Path) -> bool:
        """Have it so again, in place (it is mounted). Returns whether it was another.

        Raises ResponseFailed where it cannot be written.
        """
        try:
            mode = file.stat().st_mode & 0o7777
            if mode != self.mode:
                file.chmod(self.mode)
            if other := file.read_bytes() != self.content:
                file.write_bytes(self.content)
        except OSError as error:
            raise ResponseFailed(f"expected to put back {file.name}: {error}") from error
        return other or mode != self.mode


def settings_of(file: Path) -> Mapping[str, str]:
    """Every key with its value; of several the last, as for whoever reads the file.

    Raises ResponseFailed where the file cannot be read.
    """
    return {setting.key: setting.value for setting in _settings(_text(file))}


def value_of(file: Path, key: str) -> str:
    """The value of ``key``. Raises ResponseFailed where the file has no such key."""
    return _found(file, _text(file), key)[-1].value


def set_value(file: Path, key: str, value: str) -> None:
    """Give ``key`` a value, keeping every other byte, and the file's inode (it is mounted).

    Raises ResponseFailed where the file has no such key, or the value is more than one line.
    """
    if len(value.splitlines()) > 1 or value.endswith(("\n", "\r")):
        raise ResponseFailed(f"expected a value of one line for {key}")
    _write(file, key, _written(value))


def copy_value(file: Path, key: str, source: str) -> None:
    """Give ``key`` the value of ``source``, as it is written there, quotes and all.

    Raises ResponseFailed where the file has not got both.
    """
    text = _text(file)
    found = _found(file, text, source)[-1]
    _write(file, key, text[found.begin : found.end])


def _write(file: Path, key: str, written: str) -> None:
    text = _text(file)
    for setting in reversed(_found(file, text, key)):
        text = text[: setting.begin] + written + text[setting.end :]
    try:
        file.write_bytes(text.encode("utf-8", "surrogateescape"))
    except OSError as error:
        raise ResponseFailed(f"expected to write the environment file: {error}") from error


def _written(value: str) -> str:
    """The plainest way of writing a value that is read as this very value."""
    escaped = value.replace("\\", "\\\\")
    for form in (value, "'{}'".format(escaped.replace("'", "\\'"))):
        read = [(setting.key, setting.value) for setting in _settings(f"K={form}\n")]
        if read == [("K", value)]:
            return form
    raise ResponseFailed("expected a value that an environment file can hold")


def _found(file: Path, text: str, key: str) -> list[Setting]:
    found = [setting for setting in _settings(text) if setting.key == key]
    if not found:
        hint = near(key, {setting.key for setting in _settings(text)})
        raise ResponseFailed(
            f"expected {key}=... in the environment file {file.name}, found none{hint}"
        )
    return found


def _settings(text: str) -> Iterator[Setting]:
    """The settings in order. What is none (a comment, a key alone, a broken line) is passed by."""
    at = len(_BOM) if text.startswith(_BOM) else 0
    for binding in parse_stream(io.StringIO(text[at:], newline="")):
        written = binding.original.string
        head = _HEAD.match(written)
        if binding.key is not None and binding.value is not None and head is not None:
            begin, end = _place(written, head.end(), empty=not binding.value)
            yield Setting(binding.key, binding.value, at + begin, at + end)
        at += len(written)


def _place(written: str, after: int, *, empty: bool) -> tuple[int, int]:
    """Where in a setting its value stands, with its quotes, ``after`` being behind the sign."""
    blank = _BLANK.match(written, after)
    begin = blank.end() if blank else after
    if quoted := _QUOTED.match(written, begin):
        return begin, quoted.end()
    plain = _PLAIN.match(written, begin)
    return (after, after) if empty or plain is None else (begin, plain.end())


def _text(file: Path) -> str:
    """What it holds; bytes that are no UTF-8 are kept as they are, whatever is written."""
    try:
        return file.read_bytes().decode("utf-8", "surrogateescape")
    except OSError as error:
        raise ResponseFailed(f"expected to read the environment file: {error}") from error
