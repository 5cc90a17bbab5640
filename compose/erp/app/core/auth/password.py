"""Password hashes: Argon2id with the smallest memory that OWASP recommends (19 MiB)."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHash, VerificationError

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hash_password(password: str) -> str:
    """A salted hash that carries its own parameters."""
    return _hasher.hash(password)


def verify_password(password: str, stored: str) -> bool:
    """False for a wrong password and for a hash that is none."""
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHash):
        return False
