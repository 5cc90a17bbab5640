"""Taking secrets out of every text before it is written: known ones, and what looks like one.

When in doubt a text loses too much rather than too little. No pattern begins with a repetition,
so a log of one endless word costs no more than any other.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote, quote_plus, unquote

MASK = "[redacted]"
_SHORTEST = 6  # a shorter secret would mask ordinary words
_JWT = re.compile(r"eyJ[\w-]{4,1024}\.[\w-]{4,}\.[\w-]*")
_PEM = re.compile(
    r"(-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----).*?(?=-----END [A-Z ]{0,20}PRIVATE KEY-----|\Z)",
    re.DOTALL,
)
# The password of a URL ends at the last @ of its word, or of its quotes: it may hold : / @ itself.
_DSN = re.compile(
    r"(?P<head>://(?P<user>[^\s:/@\"']{0,256}):)"
    r"(?P<secret>(?:\\.|[^\s\"'\\<>]){0,1024}(?=@)|[^\s@]{1,1024}(?=@))"
)
_PORT = re.compile(r"\d{1,5}/")
_BEARER = re.compile(r"(?i)\b(bearer\s+)(?=[a-z._~+/-]{0,64}\d)[\w.~+/=-]{12,}")
_HEADER = re.compile(
    r"(?i)(authorization\\*[\"']?\s*[:=]\s*\\*[\"']?"
    r"(?:(?:bearer|basic|digest|token|apikey)\s+)?)(?!bearer|basic|digest|token|apikey)[^\s\"',;\\]+"
)
_NAME = (
    r"(?:passw(?:or)?d|passphrase|pwd\b|secret|api[_-]?key|private[_-]?key|secret[_-]?key"
    r"|(?<![a-z0-9_-])token(?![a-z0-9_-])|(?:access|refresh|auth|session|id)[_-]?token(?!_))"
)
_SETTING = re.compile(
    rf"(?i)(?P<head>{_NAME}\w{{0,40}}\\*[\"']?\s{{0,8}}[:=]\s{{0,8}})"
    r"(?:(?P<quote>\\*[\"'])(?P<quoted>(?:(?!(?P=quote))(?:\\.|[^\\\n]))*)|[^\s\"'\\]{3,})"
)
_LINE = re.compile(
    r"(?m)^(?P<head>[ \t]{0,40}(?:export[ \t]+)?[A-Z0-9_]{0,40}"
    r"(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|_KEY|_PASS|_PWD)(?P<more>[A-Z0-9_]{0,40})=)[^\s].*$"
)
_NUMBER = re.compile(r"[\"']?\d{1,5}[\"']?\s*")


class Redactor:
    """Masks known secrets wherever they stand, and DSN passwords, JWTs, bearer tokens, settings."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._known: frozenset[str] = frozenset()
        self._forms: tuple[str, ...] = ()
        self.know(*secrets)

    @property
    def known(self) -> frozenset[str]:
        """The secrets that it was told."""
        return self._known

    def know(self, *secrets: str) -> None:
        """Mask these from now on, also percent-encoded and as JSON writes them."""
        self._known |= {*secrets}
        forms = {form for secret in secrets for form in _forms(secret)}
        self._forms = tuple(sorted(forms.union(self._forms)))

    def know_settings(self, settings: Mapping[str, str]) -> None:
        """Mask the secrets among settings by name: of names that say so, and DSN passwords."""
        for key, value in settings.items():
            if re.search(r"(?i)password|passwd|secret|token|key", key):
                self.know(value)
            self.know(*(match["secret"] for match in _DSN.finditer(value)))

    def know_environment(self, text: str) -> None:
        """Mask the secrets of an environment file: values of keys that name one, DSN passwords."""
        for line in text.splitlines():
            key, _, value = line.partition("=")
            if re.search(r"(?i)password|passwd|secret|token|key", key):
                self.know(value.strip().strip("\"'"))
            self.know(*(match["secret"] for match in _DSN.finditer(value)))

    def __call__(self, text: str) -> str:
        """The text without its secrets."""
        text = self._without_known(text)
        text = _PEM.sub(rf"\g<1>{MASK}", text)
        text = _JWT.sub(MASK, text)
        text = _DSN.sub(_masked_dsn, text)
        text = _HEADER.sub(rf"\g<1>{MASK}", text)
        text = _BEARER.sub(rf"\g<1>{MASK}", text)
        text = _LINE.sub(_masked_line, text)
        return _SETTING.sub(_masked_setting, text)

    def _without_known(self, text: str) -> str:
        """The text with every stretch masked that known secrets cover, be they overlapping."""
        parts, done = [], 0
        for start, end in _merged(sorted(self._occurrences(text))):
            parts += [text[done:start], MASK]
            done = end
        return "".join([*parts, text[done:]])

    def _occurrences(self, text: str) -> Iterator[tuple[int, int]]:
        for form in self._forms:
            at = text.find(form)
            while at >= 0:
                yield at, at + len(form)
                at = text.find(form, at + 1)


def _forms(secret: str) -> Iterator[str]:
    """How a secret may be written; none of one that is too short to be told from a word."""
    plain = {secret, unquote(secret)}
    for text in plain:
        if len(text) >= _SHORTEST:
            yield from (text, quote(text, safe=""), quote(text), quote_plus(text))
            yield from (json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1])


def _merged(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Sorted spans with overlapping and touching ones made one."""
    current: tuple[int, int] | None = None
    for start, end in spans:
        if current is not None and start <= current[1]:
            current = (current[0], max(end, current[1]))
            continue
        if current is not None:
            yield current
        current = (start, end)
    if current is not None:
        yield current


def _masked_dsn(match: re.Match[str]) -> str:
    scheme = match.string[max(0, match.start() - 5) : match.start()].lower()
    if scheme.endswith(("http", "https")) and _PORT.match(match["secret"]):
        return match[0]  # http://host:8080/somebody@somewhere
    return match["head"] + MASK


def _masked_line(match: re.Match[str]) -> str:
    value = match[0][len(match["head"]) :]
    about = match["more"] and _NUMBER.fullmatch(value)  # TOKEN_TTL=3600
    return match[0] if about else match["head"] + MASK


def _masked_setting(match: re.Match[str]) -> str:
    opening = match["quote"] or ""
    return match[0] if match["quoted"] == "" else f"{match['head']}{opening}{MASK}"
