"""The server that the lanes of these tests ask."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.probes.server import ScriptedServer, serving


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """A scripted server; a path without a script is a 404."""
    with serving() as running:
        yield running
