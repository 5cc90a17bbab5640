"""The ERP's configuration, read once from its environment file when the process starts.

The file is what the runbook edits; the container's own environment is left out on purpose, since a
restart of a container does not read that again.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from psycopg.conninfo import conninfo_to_dict

ENV_FILE = Path(os.environ.get("ERP_ENV_FILE", "/app/.env"))
LOG_LEVELS = ("debug", "info", "warning", "error")

T = TypeVar("T")


class ConfigError(Exception):
    """The environment file is missing something, or says something that cannot be meant."""


@dataclass(frozen=True)
class Settings:
    """All durations are in seconds."""

    database_url: str
    read_replica_url: str
    jwt_secret: str
    read_fallback: bool = True
    read_timeout: float = 0.5
    write_timeout: float = 3.0
    pool_size: int = 8
    token_ttl: float = 3600.0
    log_level: str = "info"

    @property
    def reads_from_replica(self) -> bool:
        """Whether READ_REPLICA_URL names another database than DATABASE_URL."""
        return _place(self.read_replica_url) != _place(self.database_url)


def _place(url: str) -> tuple[object, ...]:
    parts = conninfo_to_dict(url)
    return tuple(parts.get(key) for key in ("host", "port", "dbname"))


def parse_env(text: str) -> dict[str, str]:
    """Keys and values of KEY=VALUE lines; `#` starts a comment line, quotes around a value go.

    Raises ConfigError with the number of a line that is neither.
    """
    values: dict[str, str] = {}
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        key, equals, value = line.removeprefix("export ").partition("=")
        if not equals or not key.strip().isidentifier():
            raise ConfigError(f"line {number} is not KEY=VALUE")
        values[key.strip()] = _unquoted(value.strip())
    return values


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return value


def _switch(text: str) -> bool:
    known = {"on": True, "true": True, "1": True, "off": False, "false": False, "0": False}
    return known[text.lower()]


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < math.inf:
        raise ValueError
    return value


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise ValueError
    return value


def _database(text: str) -> str:
    try:
        named = conninfo_to_dict(text).get("host")
    except Exception as error:
        raise ValueError from error
    if not named:
        raise ValueError
    return text


def _secret(text: str) -> str:
    if len(text) < 32:
        raise ValueError
    return text


def _level(text: str) -> str:
    if text.lower() not in LOG_LEVELS:
        raise ValueError
    return text.lower()


_EXPECTED: Mapping[str, tuple[Callable[[str], object], str]] = {
    "DATABASE_URL": (_database, "a PostgreSQL URL with a host"),
    "READ_REPLICA_URL": (_database, "a PostgreSQL URL with a host"),
    "JWT_SECRET": (_secret, "at least 32 characters"),
    "READ_FALLBACK": (_switch, "on or off"),
    "READ_TIMEOUT": (_positive, "seconds above 0"),
    "WRITE_TIMEOUT": (_positive, "seconds above 0"),
    "POOL_SIZE": (_count, "a whole number above 0"),
    "TOKEN_TTL": (_positive, "seconds above 0"),
    "LOG_LEVEL": (_level, "one of " + ", ".join(LOG_LEVELS)),
}


def settings_from(values: Mapping[str, str]) -> Settings:
    """Raises ConfigError for a missing or impossible value; never repeats the value itself."""
    given: dict[str, object] = {}
    for key, (convert, expected) in _EXPECTED.items():
        if key not in values:
            continue
        try:
            given[key.lower()] = convert(values[key])
        except (ValueError, KeyError):
            raise ConfigError(f"{key} must be {expected}") from None
    required = {"database_url", "read_replica_url", "jwt_secret"}
    if missing := sorted(name.upper() for name in required - given.keys()):
        raise ConfigError(f"{', '.join(missing)} missing")
    return Settings(**given)  # type: ignore[arg-type]  # converted and named just above


def load(path: Path = ENV_FILE) -> Settings:
    """Raises ConfigError, naming the file."""
    try:
        return settings_from(parse_env(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}") from error
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from error


def unknown_keys(values: Mapping[str, str]) -> list[str]:
    """Keys that mean nothing to the ERP: a typing error worth a warning, not worth an outage."""
    return sorted(set(values) - set(_EXPECTED))
