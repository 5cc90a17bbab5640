"""A container, as all parts of a stack name it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Container:
    """One container of the stack. ``instance`` counts from 1 within its service."""

    id: str
    name: str
    service: str
    instance: int = 1
    labels: Mapping[str, str] = field(default_factory=dict)
