"""A project for every test, and a drill that can be ended early."""

from __future__ import annotations

from tests.acting.conftest import directory, drills, service, world
from tests.plugin.conftest import project

__all__ = ["directory", "drills", "project", "service", "world"]
