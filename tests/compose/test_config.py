"""The ERP's environment file: what the runbook edits under pressure."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.core.config import ConfigError, Settings, load, parse_env, settings_from, unknown_keys

PRIMARY = "postgresql://erp:made-up@postgres:5432/sme_erp"
REPLICA = "postgresql://erp:made-up@postgres-replica:5432/sme_erp"
SECRET = "x" * 32
DEFAULT = Path(__file__).parents[2] / "compose/config/erp.env"


def settings(**changes: str) -> Settings:
    values = {"DATABASE_URL": PRIMARY, "READ_REPLICA_URL": REPLICA, "JWT_SECRET": SECRET}
    return settings_from(values | changes)


def test_lines_are_keys_and_values() -> None:
    """Comments and blank lines are left out; quotes and a leading export go; `=` may recur."""
    text = "# a comment\n\nA=1\n export B = 'two words' \nC=\"x=y\"\nD=\n"
    assert parse_env(text) == {"A": "1", "B": "two words", "C": "x=y", "D": ""}


@pytest.mark.parametrize("line", ["no value", "=x", "two words=x", "1st=x"])
def test_a_line_that_is_no_assignment_is_named_by_its_number(line: str) -> None:
    """Whoever edits the file in a hurry is told where the slip is."""
    with pytest.raises(ConfigError, match="line 2"):
        parse_env(f"A=1\n{line}\n")


def test_reads_come_from_the_replica_unless_both_urls_name_one_database() -> None:
    """The runbook's fail-over, READ_REPLICA_URL -> DATABASE_URL, is seen whoever the user is."""
    assert settings().reads_from_replica
    assert not settings(READ_REPLICA_URL=PRIMARY).reads_from_replica
    other_user = PRIMARY.replace("erp:made-up", "reader:other")
    assert not settings(READ_REPLICA_URL=other_user).reads_from_replica


@pytest.mark.parametrize(("text", "value"), [("on", True), ("OFF", False), ("0", False)])
def test_the_fallback_is_a_switch(text: str, value: bool) -> None:
    """READ_FALLBACK is on unless it is switched off."""
    assert settings().read_fallback is True
    assert settings(READ_FALLBACK=text).read_fallback is value


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("READ_FALLBACK", "perhaps"),
        ("READ_TIMEOUT", "-7.5"),
        ("READ_TIMEOUT", "nan"),
        ("WRITE_TIMEOUT", "inf"),
        ("POOL_SIZE", "-3"),
        ("POOL_SIZE", "2.5"),
        ("LOG_LEVEL", "loud"),
        ("DATABASE_URL", "not a url"),
        ("READ_REPLICA_URL", "postgresql:///no_host"),
        ("JWT_SECRET", "short"),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused_by_its_key(key: str, value: str) -> None:
    """The message names the key and not the value, which may be a secret."""
    with pytest.raises(ConfigError) as caught:
        settings(**{key: value})
    assert key in str(caught.value)
    assert value not in str(caught.value).removeprefix(key)


@pytest.mark.parametrize("key", ["READ_TIMEOUT", "WRITE_TIMEOUT", "POOL_SIZE", "TOKEN_TTL"])
def test_nothing_of_a_thing_is_refused(key: str) -> None:
    """A time-out of zero would refuse every request."""
    with pytest.raises(ConfigError, match="above 0"):
        settings(**{key: "0"})


def test_what_is_missing_is_listed() -> None:
    """All missing keys at once, not one a restart."""
    with pytest.raises(ConfigError, match="DATABASE_URL, JWT_SECRET missing"):
        settings_from({"READ_REPLICA_URL": REPLICA})


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The path is the first thing to know."""
    with pytest.raises(ConfigError, match=r"cannot read .*gone\.env"):
        load(tmp_path / "gone.env")


def test_the_committed_default_works_and_uses_the_replica() -> None:
    """`docker compose up` needs no preparation, and no key in the default is a typing error."""
    assert load(DEFAULT).reads_from_replica
    assert unknown_keys(parse_env(DEFAULT.read_text())) == []


def test_a_mistyped_key_is_found() -> None:
    """It is worth a warning, and no outage."""
    assert unknown_keys({"READ_FALBACK": "off", "READ_FALLBACK": "on"}) == ["READ_FALBACK"]
