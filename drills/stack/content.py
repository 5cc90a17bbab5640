"""What a write says, as a digest: the same whether it was read from a request or from a table.

A request holds JSON or a form, a database integers, decimals, texts, UUIDs, dates. Before they are
compared each value is brought to a canonical form:

- nothing (JSON's null, SQL's NULL, a field that is not there) is null;
- a number is its digits without zeros that say nothing, and a text that JSON would read as a number
  is that number: 1, 1.0, "1" and "1.00" meet; "007" and "1,5" stay texts;
- true and false are ``true`` and ``false``, as a text column would hold them;
- a list or a mapping is compact JSON of canonical forms, its keys sorted; a text column that holds
  JSON is a text;
- a date or a time is as ISO 8601 writes it: select it as the text that was sent;
- anything else is its text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from hashlib import blake2b
from urllib.parse import parse_qsl

ID = "{id}"  # stands for the write's own UUID in what a journey sends
_NUMBER = re.compile(r"(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]{1,6}))?\Z")
_DIGEST = 8  # bytes: two contents are taken for one another once in 2^64


def canonical(value: object) -> str | None:
    """The canonical form of one value; None for nothing."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes | bytearray | memoryview):
        return plain(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        pairs = {str(key): canonical(item) for key, item in value.items()}
        return json.dumps(pairs, sort_keys=True, separators=(",", ":"))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return json.dumps([canonical(item) for item in value], separators=(",", ":"))
    text = str(value)
    match = _NUMBER.match(text)
    return _number(*match.groups("")) if match else text


def _number(sign: str, whole: str, fraction: str, exponent: str) -> str:
    """The digits that say something, and the power of ten of the last one: 1.50 is 15E-1."""
    digits = (whole + fraction).lstrip("0")
    significant = digits.rstrip("0")
    if not significant:
        return "0"
    power = int(exponent or 0) - len(fraction) + len(digits) - len(significant)
    return f"{sign}{significant}E{power}" if power else f"{sign}{significant}"


def plain(value: object) -> str:
    """A value as text. Bytes, which a database of no encoding gives, are read as UTF-8."""
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).decode("utf-8", "replace")
    return str(value)


def digest(values: Iterable[str | None]) -> str:
    """16 hexadecimal digits of canonical forms, in their order."""
    text = json.dumps(list(values), separators=(",", ":"))
    return blake2b(text.encode(), digest_size=_DIGEST).hexdigest()


def fields_of(body: str) -> Mapping[str, object]:
    """What a request's body says: the JSON object or the form that it is; {} where it is neither.

    The first value counts of a form's field that is there twice. Numbers keep every digit.
    """
    try:
        document = json.loads(body, parse_float=str)
    except (ValueError, RecursionError):
        return dict(reversed(parse_qsl(body, keep_blank_values=True)))
    return document if isinstance(document, dict) else {}


def dig(document: Mapping[str, object], dotted: str) -> object:
    """The value under a dotted name such as ``customer.name``; None where there is none."""
    value: object = document
    for key in dotted.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value


def written(template: Iterable[str | None], subject: str) -> str:
    """The digest of what a write says, from canonical forms in which its id is not filled in."""
    return digest(text and text.replace(ID, subject) for text in template)
