"""Editing the environment file as the runbook's procedures do."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drills.errors import ResponseFailed
from drills.runbook.settings_file import copy_value, set_value, settings_of, value_of

KEYS = st.sampled_from(["A", "AB", "URL", "URL_2"])
VALUES = st.text(st.characters(codec="ascii", categories=("L", "N", "P", "S")), max_size=12)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An environment file with a comment, an empty line and two keys, one the other's prefix."""
    path = tmp_path / "app.env"
    path.write_text("# comment\nURL=a=b\n\nURL_2=c\n")
    return path


def test_a_value_may_hold_an_equals_sign(file: Path) -> None:
    """The key ends at the first one; a longer key is another key."""
    assert value_of(file, "URL") == "a=b"
    assert value_of(file, "URL_2") == "c"


def test_the_last_of_several_counts(file: Path) -> None:
    """As for whoever reads the file; setting it sets them all."""
    file.write_text("URL=old\nURL=new\n")
    assert value_of(file, "URL") == "new"
    set_value(file, "URL", "x")
    assert file.read_text() == "URL=x\nURL=x\n"


def test_setting_keeps_every_other_line_and_the_inode(file: Path) -> None:
    """The file is mounted into containers: a new inode would not be seen there."""
    inode = file.stat().st_ino
    set_value(file, "URL", "new")
    assert file.read_text() == "# comment\nURL=new\n\nURL_2=c\n"
    assert file.stat().st_ino == inode


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.dictionaries(KEYS, VALUES, min_size=1), VALUES)
def test_what_is_set_is_read(file: Path, settings_: dict[str, str], value: str) -> None:
    """And nothing else changes."""
    file.write_text("".join(f"{key}=\n" for key in settings_))
    for key, old in settings_.items():
        set_value(file, key, old)
    key = min(settings_)
    set_value(file, key, value)
    assert {name: value_of(file, name) for name in settings_} == {**settings_, key: value}


@pytest.mark.parametrize("value", ["a\nB=c", "a\rB=c", "a\n", "a\u2028b"])
def test_a_value_is_one_line(file: Path, value: str) -> None:
    """Nobody smuggles a second setting in."""
    before = file.read_bytes()
    with pytest.raises(ResponseFailed, match="one line for URL"):
        set_value(file, "URL", value)
    assert file.read_bytes() == before


@pytest.mark.parametrize("key", ["UR", "MISSING", "# comment"])
def test_a_key_that_is_not_there_is_no_success(file: Path, key: str) -> None:
    """A procedure that changed nothing has failed; the message names key and file."""
    for attempt in (lambda: value_of(file, key), lambda: set_value(file, key, "x")):
        with pytest.raises(ResponseFailed, match=rf"{key}=\.\.\. in the environment file app\.env"):
            attempt()


def test_a_file_that_cannot_be_read_is_a_failed_response(tmp_path: Path) -> None:
    """In the words of the operating system."""
    with pytest.raises(ResponseFailed, match="expected to read the environment file"):
        value_of(tmp_path / "missing.env", "URL")


WRITTEN = (
    b"\xef\xbb\xbfexport URL = first  # rotated in May\r\n"
    b"# Gr\xfc\xdfe, URL=not this one\r\n"
    b"\r\n"
    b"KEY='with # and \\' in it' # said so\r\n"
    b'PEM="-----BEGIN\nline\n"\r\n'
    b"EMPTY= # nothing\n"
    b"HASH=#novalue\n"
    b"BROKEN='\n"
    b"LATIN=Gr\xfc\xdfe\n"
    b"ALONE\n"
    b"URL=second"
)


def test_what_people_write_is_read_as_compose_reads_it(tmp_path: Path) -> None:
    """A mark of the byte order, export, quotes, several lines, remarks, and no UTF-8 at all."""
    file = tmp_path / "app.env"
    file.write_bytes(WRITTEN)
    assert settings_of(file) == {
        "URL": "second",
        "KEY": "with # and ' in it",
        "PEM": "-----BEGIN\nline\n",
        "EMPTY": "",
        "HASH": "#novalue",
        "LATIN": "Gr\udcfc\udcdfe",
    }


@pytest.mark.parametrize(
    ("key", "old", "new"),
    [
        ("URL", b"first  #", b"x  #"),
        ("KEY", b"'with # and \\' in it'", b"x"),
        ("PEM", b'"-----BEGIN\nline\n"', b"x"),
        ("EMPTY", b"EMPTY= #", b"EMPTY=x #"),
        ("HASH", b"#novalue", b"x"),
        ("LATIN", b"LATIN=Gr\xfc\xdfe", b"LATIN=x"),
    ],
)
def test_setting_one_of_them_keeps_every_other_byte(
    tmp_path: Path, key: str, old: bytes, new: bytes
) -> None:
    """Line ends, remarks and foreign bytes included; every setting of that key is set."""
    file = tmp_path / "app.env"
    file.write_bytes(WRITTEN)
    set_value(file, key, "x")
    assert WRITTEN.count(old) == 1
    expected = WRITTEN.replace(old, new).replace(b"second", b"x" if key == "URL" else b"second")
    assert file.read_bytes() == expected


def test_a_value_is_copied_as_it_is_written(tmp_path: Path) -> None:
    """Its quotes keep whoever reads it next from reading something else."""
    file = tmp_path / "app.env"
    file.write_text("A='pa$s # word' # why\nexport B=old # kept\n")
    copy_value(file, "B", "A")
    assert file.read_text() == "A='pa$s # word' # why\nexport B='pa$s # word' # kept\n"


@pytest.mark.parametrize("value", ["a # b", " a", "'", "\"'", "\\n", "\\'", "#"])
def test_a_value_is_quoted_where_it_would_be_read_otherwise(file: Path, value: str) -> None:
    """And as plain as it can be where it would not."""
    set_value(file, "URL", value)
    assert value_of(file, "URL") == value
    set_value(file, "URL", "plain=1")
    assert "URL=plain=1\n" in file.read_text()
