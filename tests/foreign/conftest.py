"""What is installed once for all that is done with it."""

from __future__ import annotations

import pytest

from tests.foreign.installed import Installed, install


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The built wheel in an environment of its own."""
    return install(tmp_path_factory.mktemp("installed"))
