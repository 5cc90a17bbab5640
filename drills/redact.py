"""Taking secrets out of every text before it is written: known ones, and what looks like one."""

from __future__ import annotations

import re
from collections.abc import Iterable

MASK = "[redacted]"
_JWT = re.compile(r"eyJ[\w-]{4,}\.[\w-]{4,}\.[\w-]*")
_DSN = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*://)(?P<user>[^\s:/@]*):(?P<secret>[^\s@]+)@")
_HEADER = re.compile(r"(?i)(authorization[\"']?\s*[:=]\s*[\"']?(?:bearer|basic)\s+)[^\s\"',;]+")
_SETTING = re.compile(
    r"(?i)((?:\w*(?:password|passwd|secret|api_?key|access_?token|private_?key)\w*)"
    r"[\"']?\s*[:=]\s*[\"']?)[^\s\"',;&]{3,}"
)
_SHORTEST = 6  # a shorter secret would mask ordinary words


class Redactor:
    """Masks known secrets wherever they stand, and DSN passwords, JWTs, bearer tokens, settings."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets: set[str] = set()
        self._known: re.Pattern[str] | None = None
        self.know(*secrets)

    def know(self, *secrets: str) -> None:
        """Mask these from now on; the longest first, so that none shows the rest of another."""
        self._secrets |= {secret for secret in secrets if len(secret) >= _SHORTEST}
        ordered = sorted(self._secrets, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, ordered))) if ordered else None

    def know_environment(self, text: str) -> None:
        """Mask the secrets of an environment file: values of keys that name one, DSN passwords."""
        for line in text.splitlines():
            key, _, value = line.partition("=")
            if re.search(r"(?i)password|secret|token|key", key):
                self.know(value.strip().strip("\"'"))
            if match := _DSN.search(value):
                self.know(match.group("secret"))

    def __call__(self, text: str) -> str:
        """The text without its secrets."""
        if self._known is not None:
            text = self._known.sub(MASK, text)
        text = _JWT.sub(MASK, text)
        text = _DSN.sub(rf"\g<scheme>\g<user>:{MASK}@", text)
        text = _HEADER.sub(rf"\g<1>{MASK}", text)
        return _SETTING.sub(rf"\g<1>{MASK}", text)
