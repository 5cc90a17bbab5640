"""Text that came broken is mended where it is certain, and told."""

import pytest

from drills.runbook.document.characters import decode


def through(text: str, times: int = 1) -> str:
    """A text whose UTF-8 was read as windows-1252, with the five lost bytes kept."""
    for _ in range(times):
        text = "".join(
            bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in text.encode()
        )
    return text


@pytest.mark.parametrize("text", ["🚨 alarm", "Störung der Datenbank", "⚠️ – “quoted”", "□ box"])
@pytest.mark.parametrize("times", [1, 2])
def test_utf_8_that_was_read_as_another_code_is_mended(text: str, times: int) -> None:
    """Once or twice wrong, it reads as it was written, and each repair names its line."""
    read, repairs = decode(f"fine\n{through(text, times)}\n".encode())
    assert read == f"fine\n{text}\n"
    assert {repair.line for repair in repairs} == {2}


def test_a_character_that_lost_a_byte_is_told_as_lost() -> None:
    """What stood there nobody knows; a closing quote and a variation selector are known."""
    read, repairs = decode("## ðŸŒ Infra 🚨 â€œxâ€ âš\xa0ï¸ ðŸ”¥".encode())
    assert read == "## \ufffd Infra 🚨 “x” ⚠️ 🔥"
    assert [r.read_as for r in repairs if "lost" in r.why] == ["\ufffd", "”", "\ufe0f"]


@pytest.mark.parametrize(
    "text", ["MAÇÃ”", "Größe – 5 °C, Å…", "naïve café", "¿Qué pasó?", "ÁÉÍ «Ñ»", "Straße №5"]
)
def test_text_that_people_write_is_left(text: str) -> None:
    """Two characters that might be broken are no proof that they are."""
    assert decode(text.encode()) == (text, ())


def test_marks_line_ends_and_other_encodings_are_told() -> None:
    """A byte order mark, carriage returns, UTF-16 and windows-1252."""
    text, repairs = decode("\ufeff# A\r\nb\r\n".encode())
    assert text == "# A\nb\n"
    assert [(r.line, r.found) for r in repairs] == [(1, "\ufeff"), (1, "\r")]
    assert decode("\ufeffä".encode("utf-16-le"))[0] == "ä"
    text, (repair,) = decode("ok\nStörung – “x”".encode("cp1252"))
    assert text == "ok\nStörung – “x”"
    assert (repair.line, repair.found, repair.read_as) == (2, "\\xf6", "ö")
