"""Bytes become text: encodings are told apart, and text that went through a wrong one is mended."""

from __future__ import annotations

import codecs
import re

from drills.runbook.document.parts import Repair

WRONG_CODE = "UTF-8 that was once read as windows-1252"
LOST = f"{WRONG_CODE}, of which a byte was lost"
_ROUNDS = 3  # a text goes through a wrong encoding more than once, seldom more than twice

# As windows-1252 has it; the five bytes that it leaves undefined stand for themselves.
_BYTES = {
    bytes([byte]).decode("cp1252", "ignore") or chr(byte): byte for byte in range(0x80, 0x100)
}
_RUN = re.compile(f"[{re.escape(''.join(_BYTES))}]{{2,}}")
_TAIL = "[\x80-\xbf]"
_WHOLE = re.compile(
    f"[\xc2-\xdf]{_TAIL}|[\xe0-\xef]{_TAIL}{{2}}|[\xf0-\xf4]{_TAIL}{{3}}".encode("latin-1")
)
_TORN = re.compile(f"[\xe0-\xef]{_TAIL}|[\xf0-\xf4]{_TAIL}{{1,2}}".encode("latin-1"))
# Of what may follow these, people write one thing whose byte is among the five that get lost.
_KNOWN_TORN = {b"\xe2\x80": "”", b"\xef\xb8": "\ufe0f"}
# After one letter that people do write, these are what people write too.
_PUNCTUATION = frozenset("‘’“”–—…•·»«®©°´¨¸ªº\xa0")


def decode(data: bytes) -> tuple[str, tuple[Repair, ...]]:
    """The text of a file, every line ended by a line feed, and what had to be mended in it."""
    text, repairs = _decoded(data)
    if "\r" in text:
        first = text[: text.index("\r")].count("\n") + 1
        repairs.append(Repair(first, "\r", "", "lines end as on another system"))
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not _certain(text):
        return text, tuple(repairs)
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        lines[number - 1], mended = _mended(line, number)
        repairs += mended
    return "\n".join(lines), tuple(repairs)


def _decoded(data: bytes) -> tuple[str, list[Repair]]:
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith(mark):
            text = data[len(mark) :].decode(encoding, "replace")
            return text, [Repair(1, "\ufeff", "", f"a mark of {encoding}")]
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found = data[error.start : error.start + 1]
        text = "".join(_character(byte) for byte in data)
        why = "the file is no UTF-8, so all of it is read as windows-1252"
        return text, [Repair(line, f"\\x{found.hex()}", _character(found[0]), why)]


def _character(byte: int) -> str:
    return bytes([byte]).decode("cp1252", "ignore") or chr(byte)


def _certain(text: str) -> bool:
    """Whether something in it is nothing that people write, and is UTF-8 that was read wrongly.

    Two characters such as ``Å…`` may be meant; where a text has no other sign, they are left.
    """
    return any(
        len(whole[0]) > 2 or _character(whole[0][1]) not in _PUNCTUATION
        for run in _RUN.finditer(text)
        for whole in _WHOLE.finditer(_as_bytes(run[0]))
    )


def _as_bytes(run: str) -> bytes:
    return bytes(_BYTES[each] for each in run)


def _mended(line: str, number: int) -> tuple[str, list[Repair]]:
    repairs: list[Repair] = []

    def mend(run: re.Match[str]) -> str:
        mended, data, at = "", _as_bytes(run[0]), 0
        while at < len(data):
            found = _WHOLE.match(data, at) or _TORN.match(data, at)
            if found is None:
                mended += run[0][at]
                at += 1
                continue
            character, why = _meant(found[0])
            repairs.append(Repair(number, run[0][at : found.end()], character, why))
            mended += character
            at = found.end()
        return mended

    for _ in range(_ROUNDS):
        before, line = line, _RUN.sub(mend, line)
        if before == line:
            break
    return line, repairs


def _meant(data: bytes) -> tuple[str, str]:
    try:
        return data.decode("utf-8"), WRONG_CODE
    except UnicodeDecodeError:
        return _KNOWN_TORN.get(data, "\ufffd"), LOST
