"""The one list of what names a secret: for settings, for texts, for whatever is written."""

from __future__ import annotations

import re
from functools import lru_cache

# What stands here names a secret wherever it stands in a name.
_STRONG = re.compile(
    r"passw(?:or)?d|passphrase|passcode|secret|credential|(?:^|[_.-])creds?(?![a-z])"
    r"|(?:api|private|access|signing|encryption|master|account|license)[_.-]?key",
    re.IGNORECASE,
)
# And here as its last word, or run together with what it is for. In capitals, which settings have,
# the word alone will do; in an ordinary text "key", "auth" and "pass" are words of their own.
_LAST = re.compile(
    r"(?:(?P<before>.*)[_.-])?(?P<word>pass|pwd|pw|tokens?|keys?|auth|cookie|jwt|salt)",
    re.IGNORECASE | re.DOTALL,
)
_JOINED = re.compile(
    r"(?:db|smtp|imap|mysql|my|pg|redis|mail|user|admin|root|ftp|ldap|http|proxy)(?:pass|pwd|pw)",
    re.IGNORECASE,
)
# What ends so tells of a secret and is none: a file, an address, a duration.
_ABOUT = re.compile(
    r".*[_.-](?:files?|path|dir|ttl|seconds|minutes|hours|days|lifetime|expiry|expires(?:[_.-]in)?"
    r"|length|size|algorithm|alg|types?|method|host|port|ur[il]|endpoint|header|prefix|enabled"
    r"|required|rounds)",
    re.IGNORECASE | re.DOTALL,
)
_PAGES = re.compile(r"(?:.*[_.-])?(?:next|prev|previous|page|continuation|sync|max)", re.IGNORECASE)
_PUBLIC = re.compile(
    r".*(?:user|username|database|db|host|name|service|schema)", re.IGNORECASE | re.DOTALL
)
_FOLDERS = ("PWD", "OLDPWD")  # of every shell
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@lru_cache(maxsize=4096)
def names_secret(name: str) -> bool:
    """Whether what is called so is a secret: ``SMTP_PASS``, ``apiToken``, ``db.password``.

    When in doubt it is one.
    """
    words = _CAMEL.sub("_", name)
    if name in _FOLDERS or _ABOUT.fullmatch(words):
        return False
    if _STRONG.search(words) or _JOINED.fullmatch(words):
        return True
    last = _LAST.fullmatch(words)
    if last is None:
        return False
    if words.isupper():
        return True
    word, before = last["word"].lower(), last["before"] or ""
    if word in ("keys", "key", "tokens") or _PAGES.fullmatch(before):
        return False
    return word in ("pwd", "token") or bool(before)


def tells_of_secret(name: str) -> bool:
    """Whether such a name goes on after the word that makes it one: ``PASSWORD_RETRIES``."""
    ends = [match.end() for match in _STRONG.finditer(name)]
    return not _LAST.fullmatch(name) and bool(ends) and ends[-1] < len(name)


def names_public(name: str) -> bool:
    """Whether what is called so is read by everybody: ``POSTGRES_USER``, ``DB_NAME``."""
    return not names_secret(name) and _PUBLIC.fullmatch(name) is not None
