"""Passwords and tokens."""

from __future__ import annotations

import tomllib
from pathlib import Path

import jwt
import pytest

from app.core.auth.password import hash_password, verify_password
from app.core.auth.token import ALGORITHM, issue, username_of
from app.core.config import load

ROOT = Path(__file__).parents[2] / "compose"
SECRET = "a made-up secret of thirty-two characters"


def test_a_password_verifies_against_its_hash_and_no_other_does() -> None:
    """The runbook's emergency reset rests on this."""
    stored = hash_password("TempPassword123!")
    assert verify_password("TempPassword123!", stored)
    assert not verify_password("TempPassword123", stored)
    assert "TempPassword" not in stored


def test_equal_passwords_have_different_hashes() -> None:
    """Each hash has its own salt."""
    assert hash_password("same") != hash_password("same")


@pytest.mark.parametrize("stored", ["", "plain", "$argon2id$v=19$broken"])
def test_what_is_no_hash_verifies_nothing(stored: str) -> None:
    """A damaged row refuses its user; it is no error of the server."""
    assert not verify_password("anything", stored)


def test_a_token_names_its_user() -> None:
    """Signed, in time, with the right secret."""
    assert username_of(issue("drill", secret=SECRET, ttl=60), secret=SECRET) == "drill"


def test_an_expired_token_names_nobody() -> None:
    """A token ends with its time to live."""
    token = issue("drill", secret=SECRET, ttl=60, now=1_000_000.0)
    assert username_of(token, secret=SECRET) is None


@pytest.mark.parametrize("token", ["", "invalid_token", "a.b.c"])
def test_garbage_names_nobody(token: str) -> None:
    """The runbook sends `invalid_token` and expects a refusal."""
    assert username_of(token, secret=SECRET) is None


def test_another_secret_names_nobody() -> None:
    """A token of another installation is worth nothing here."""
    token = issue("drill", secret=SECRET, ttl=60)
    assert username_of(token, secret="b" * 40) is None


def test_what_intruders_try_is_what_it_says() -> None:
    """The expired token is the ERP's own but for its time; the forged one is not, and in time."""
    journeys = tomllib.loads((ROOT / "drills.toml").read_text("utf-8"))["journeys"]
    secret = load(ROOT / "config" / "erp.env").jwt_secret
    expired, forged = (
        journeys[name]["headers"]["Authorization"].removeprefix("Bearer ")
        for name in ("expired-token", "forged-token")
    )
    assert username_of(expired, secret=secret) is None
    late = jwt.decode(expired, secret, algorithms=[ALGORITHM], options={"verify_exp": False})
    assert late["sub"] == "drill"
    assert username_of(forged, secret=secret) is None
    assert jwt.decode(forged, options={"verify_signature": False, "verify_exp": True})["exp"] > 4e9
    assert "headers" not in journeys["no-token"]
