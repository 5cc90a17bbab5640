"""Taking secrets out of every text before it is written: known ones, and what looks like one.

When in doubt a text loses too much rather than too little. No pattern begins with a repetition,
so a log of one endless word costs no more than any other; a look behind stands after the word.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from urllib.parse import quote, quote_plus, unquote

from drills.journal.secret_names import names_public, names_secret, tells_of_secret

MASK = "[redacted]"
_SHORTEST = 6  # a shorter secret would mask ordinary words; where its own name stands it goes too
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
_BEARER = re.compile(r"(?i)(bearer(?<!\wbearer)\s+)(?=[a-z._~+/-]{0,64}\d)[\w.~+/=-]{12,}")
_HEADER = re.compile(
    r"(?i)(authorization\\*[\"']?\s*[:=]\s*\\*[\"']?"
    r"(?:(?:bearer|basic|digest|token|apikey)\s+)?)(?!bearer|basic|digest|token|apikey)[^\s\"',;\\]+"
)
_HEAD = re.compile(
    # No word is tried twice, nor a part of one.
    r"(?<![\w.-])(?P<name>[\w.-]{1,120}+)\\*+[\"']?\s{0,8}+[:=]\s{0,8}"
)
_VALUE = re.compile(
    r"(?P<quote>\\*[\"'])(?P<quoted>(?:(?!(?P=quote))(?:\\.|[^\\\n]))*)|(?P<bare>[^\s\"'\\]+)"
)
_LINE = re.compile(
    r"(?m)^(?P<head>[ \t]{0,40}(?:export[ \t]+)?(?P<name>[A-Z_][A-Z0-9_]{0,120})"
    r"[ \t]{0,8}=[ \t]{0,8})(?P<value>\S.*)$"
)
_COOKIE = re.compile(
    r"(?i)(cookie(?<!\wcookie)\\*[\"']?\s{0,8}:\s{0,8}\\*[\"']?)[^\s\"'\\][^\r\n\"'\\]*"
)
_NUMBER = re.compile(r"[\"']?\d{1,5}[\"']?\s*")
_BARE = 3  # letters of a value without quotes that is taken for a secret by its name alone
_APOSTROPHES = ("'", "&#x27;", "&#39;", "&#039;", "&apos;")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]")


class Redactor:
    """Masks known secrets wherever they stand, and DSN passwords, JWTs, bearer tokens, settings."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._known: frozenset[str] = frozenset()
        self._names: frozenset[str] = frozenset()
        self._public: frozenset[str] = frozenset()
        self._forms: tuple[str, ...] = ()
        self._cores: tuple[str, ...] = ()
        self.know(*secrets)

    @property
    def known(self) -> frozenset[str]:
        """The secrets that it was told."""
        return self._known

    def know(self, *secrets: str) -> None:
        """Mask these from now on, also as URLs, JSON, HTML and base64 write them."""
        self._known |= {*secrets}
        self._learn()

    def spare(self, *public: str) -> None:
        """These are names that everybody reads, so none of them is masked wherever it stands.

        A password that is one of them (``postgres``) is masked behind its own name only.
        """
        self._public |= {*public}
        self._learn()

    def _learn(self) -> None:
        secret = self._known - self._public
        self._forms = tuple(sorted({form for each in secret for form in _forms(each)}))
        self._cores = tuple(sorted({core for each in secret for core in _cores(each)}))

    def know_settings(self, settings: Mapping[str, str]) -> None:
        """Mask the secrets among settings: values of names that name one, passwords within others.

        A value that is too short to be masked wherever it stands is masked behind its own name. So
        is one that the settings give as the name of a user or a database as well.
        """
        self.spare(*(value for name, value in settings.items() if names_public(name)))
        for name, value in settings.items():
            if names_secret(name):
                self._names |= {name}
                self.know(value)
            self.know(*(match["secret"] for match in _DSN.finditer(value)))
            self.know(*(value[start:end] for start, end in self._values(value)))

    def __call__(self, text: str) -> str:
        """The text without its secrets."""
        text = _masked(text, [*self._occurrences(text), *self._encoded(text)])
        text = _PEM.sub(rf"\g<1>{MASK}", text)
        text = _JWT.sub(MASK, text)
        text = _DSN.sub(_masked_dsn, text)
        text = _HEADER.sub(rf"\g<1>{MASK}", text)
        text = _COOKIE.sub(rf"\g<1>{MASK}", text)
        text = _BEARER.sub(rf"\g<1>{MASK}", text)
        text = _LINE.sub(_masked_line, text)
        return _masked(text, self._values(text))

    def _occurrences(self, text: str) -> Iterator[tuple[int, int]]:
        for form in self._forms:
            at = text.find(form)
            while at >= 0:
                yield at, at + len(form)
                at = text.find(form, at + 1)

    def _encoded(self, text: str) -> Iterator[tuple[int, int]]:
        """Known secrets inside base64, with the letters that they share with their neighbours."""
        for core in self._cores:
            at = text.find(core)
            while at >= 0:
                end = at + len(core)
                yield (
                    at - bool(at and _BASE64.match(text, at - 1)),
                    end + bool(_BASE64.match(text, end)),
                )
                at = text.find(core, at + 1)

    def _values(self, text: str) -> Iterator[tuple[int, int]]:
        """Where values stand behind names of secrets, without their quotes."""
        for head in _HEAD.finditer(text):
            known = head["name"] in self._names
            if not known and not names_secret(head["name"]):
                continue
            value = _VALUE.match(text, head.end())
            if value is None:
                continue
            if value["quoted"]:
                yield value.span("quoted")
            elif value["bare"] and (known or len(value["bare"]) >= _BARE):
                yield value.span("bare")


def _forms(secret: str) -> set[str]:
    """How a secret may be written; none of one that is too short to be told from a word."""
    plain = {secret, unquote(secret), *_as_shown(secret)}
    return {form for text in plain if len(text) >= _SHORTEST for form in (text, *_written(text))}


def _as_shown(text: str) -> Iterator[str]:
    """A text with bytes that are no UTF-8, as it looks to whoever reads it regardless."""
    raw = text.encode("utf-8", "surrogateescape")
    yield raw.decode("utf-8", "replace")
    yield raw.decode("latin-1")


def _written(text: str) -> Iterator[str]:
    for safe in ("", "/", "!'()*~"):  # Python's ways, and a browser's
        encoded = quote(text, safe=safe, errors="surrogateescape")
        yield encoded
        yield _lower_percents(encoded)
    yield quote_plus(text, errors="surrogateescape")
    yield _lower_percents(quote_plus(text, errors="surrogateescape"))
    for ascii_only in (True, False):
        yield (said := json.dumps(text, ensure_ascii=ascii_only)[1:-1])
        yield said.replace("/", "\\/")  # PHP
        yield said.translate({ord(each): f"\\u{ord(each):04x}" for each in "<>&"})  # Go
    yield repr(text)[1:-1]
    for one, two in product(_APOSTROPHES, ('"', "&quot;", "&#34;")):  # pages
        yield html.escape(text, quote=False).replace("'", one).replace('"', two)


def _lower_percents(text: str) -> str:
    return re.sub(r"%[0-9A-F]{2}", lambda match: match[0].lower(), text)


def _cores(secret: str) -> Iterator[str]:
    """What base64 of a longer text has of a secret, wherever in that text it begins.

    Three bytes become four letters; those that hold bits of what is beside the secret are left out.
    """
    for text in {secret, unquote(secret)}:
        raw = text.encode("utf-8", "surrogateescape")
        if len(text) < _SHORTEST:
            continue
        for before in range(3):
            encoded = base64.b64encode(bytes(before) + raw).decode("ascii").rstrip("=")
            shared = (before + len(raw)) % 3 != 0
            core = encoded[(0, 2, 3)[before] : len(encoded) - shared]
            yield core
            yield core.translate({ord("+"): "-", ord("/"): "_"})


def _masked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with every stretch masked, be they overlapping."""
    parts, done = [], 0
    for start, end in _merged(sorted(spans)):
        parts += [text[done:start], MASK]
        done = end
    return "".join([*parts, text[done:]])


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
    if not names_secret(match["name"]):
        return match[0]
    if tells_of_secret(match["name"]) and _NUMBER.fullmatch(match["value"]):  # PASSWORD_RETRIES=3
        return match[0]
    return match["head"] + MASK
