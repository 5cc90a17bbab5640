"""Dates are written into a file of TOML; its comments and its order stay."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import tomlkit


def with_dates(text: str, changes: Mapping[tuple[str, ...], date]) -> str:
    """The text with each date under its key; a table that is not there is made."""
    document: Any = tomlkit.parse(text)
    for (*tables, key), day in changes.items():
        inside = document
        for name in tables:
            if name not in inside:
                inside[name] = tomlkit.table()
            inside = inside[name]
        inside[key] = day
    return tomlkit.dumps(document)
