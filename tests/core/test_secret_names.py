"""What names a secret, and what only looks like it."""

from __future__ import annotations

import pytest

from drills.secret_names import names_secret


@pytest.mark.parametrize("name", ["SMTP_PASS", "apiToken", "db.password", "REDIS_AUTH"])
def test_a_setting_that_holds_a_secret_is_named_so(name: str) -> None:
    """In any case, by its last word or by a strong one."""
    assert names_secret(name)


@pytest.mark.parametrize("name", ["evidence/auth-1-log.txt", "evidence/etc-passwd-log.txt", "PWD"])
def test_a_path_is_no_setting(name: str) -> None:
    """The seal holds a hash under each file's path: masked, an untouched drill would not verify."""
    assert not names_secret(name)
