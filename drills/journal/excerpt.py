"""What a journal keeps of texts that others wrote: never more than fits, and always characters.

A service may log ten megabytes in a line, an alert may carry any label. A reader needs the
beginning, and to be told that there was more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from drills.journal.timeline import Json

LONGEST = 8 * 1024  # characters of one text
LOOKED_AT = 8 * LONGEST  # characters of a long text that are searched for secrets
SECRET = 8 * 1024  # characters of the longest secret that a cut might leave half of
ROOM = 256 * 1024  # characters of all texts below one key
DEEPEST = 32  # lists and mappings within each other
_KEY = 256  # characters of a key that may say that its value is secret
_ENTRY = 16  # what an entry of a list or a mapping counts beside its text
_NOTE = 64  # characters of a note that says what was cut
_HALF = re.compile(r"[\ud800-\udfff]")


def whole(text: str) -> str:
    """The text with every half of a character (a lone surrogate) made U+FFFD."""
    return text if text.isascii() else _HALF.sub("\ufffd", text)


def whole_json(value: Json) -> Json:
    """The same for every text of a value."""
    if isinstance(value, str):
        return whole(value)
    if isinstance(value, Mapping):
        return {whole(key): whole_json(item) for key, item in value.items()}
    return [whole_json(item) for item in value] if isinstance(value, Sequence) else value


def masked(text: str, redact: Callable[[str], str]) -> str:
    """The text without its secrets; of a text that will be cut, as much as is kept of it.

    A cut may leave half a secret, which nobody knows, so what is near it is dropped.
    """
    if len(text) <= LOOKED_AT:
        return redact(text)
    kept = redact(text[:LOOKED_AT])
    return _cut(kept, min(LONGEST, len(kept) - SECRET), len(text))


def excerpt(text: str, longest: int = LONGEST) -> str:
    """A text of at most ``longest`` characters; where it is cut, that says how long it was."""
    text = whole(text)
    return text if len(text) <= longest else _cut(text, longest, len(text))


def _cut(text: str, longest: int, length: int) -> str:
    """The beginning of a text and how long it was, together in the space of ``longest``."""
    return f"{text[: max(0, longest - _NOTE)]} … (cut here: {length:,} characters in all)"


def shallow(value: Json, deepest: int = DEEPEST) -> Json:
    """The value without what lies deeper than ``deepest`` lists and mappings within each other."""
    if isinstance(value, str) or not isinstance(value, Mapping | Sequence):
        return value
    if deepest == 0:
        return "… (nested too deep)"
    if isinstance(value, Mapping):
        return {key: shallow(item, deepest - 1) for key, item in value.items()}
    return [shallow(item, deepest - 1) for item in value]


class Room:
    """The room that is left for the texts below one key of an event's data."""

    def __init__(self, redact: Callable[[str], str], characters: int = ROOM) -> None:
        self._redact = redact
        self._left = characters

    def fit(self, value: Json, key: str = "") -> Json:
        """The value without secrets, its texts cut and its lists ended where room runs out.

        ``key`` is what it stands under, which may say that it is secret: ``{"password": "..."}``.
        """
        if isinstance(value, str):
            return self._text(value, key)
        if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 64:
            return self._text(f"a number of {value.bit_length():,} bits")
        if isinstance(value, Mapping):
            return self._mapping(value)
        if isinstance(value, list | tuple):
            return self._list(value, key)
        return value

    def _text(self, text: str, key: str = "") -> str:
        text = masked(text, self._redact)
        said = f"{key[:_KEY]}: "
        named = key and "/" not in key  # a path names no secret: the seal has a hash under each
        together = masked(said + text, self._redact) if named else ""
        text = together.removeprefix(said) if together.startswith(said) else text
        kept = excerpt(text, max(0, min(LONGEST, self._left)))
        self._left -= len(kept)
        return kept

    def _mapping(self, value: Mapping[str, Json]) -> Mapping[str, Json]:
        kept: dict[str, Json] = {}
        for number, (key, item) in enumerate(value.items()):
            self._left -= _ENTRY
            if self._left < _NOTE:
                return kept | {"…": f"{len(value) - number:,} more entries"}
            kept[self._text(key)] = self.fit(item, key)
        return kept

    def _list(self, value: Sequence[Json], key: str) -> Sequence[Json]:
        kept: list[Json] = []
        for number, item in enumerate(value):
            self._left -= _ENTRY
            if self._left < _NOTE:
                return [*kept, f"… ({len(value) - number:,} more)"]
            kept.append(self.fit(item, key))
        return kept
