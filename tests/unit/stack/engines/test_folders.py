"""Where a container's folder lies: on which of its volumes, and what is no folder of one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from drills.errors import PlanError
from drills.stack.engines.folders import DockerFolders
from drills.stack.folders import Folder
from drills.stack.runtime import Container

DB = Container("id", "db-1", "db")
MOUNTS = [
    {"Destination": "/var/lib/db", "Name": "data"},
    {"Destination": "/var/lib/db/inner", "Name": "inner"},
    {"Destination": "/etc/db", "Source": "/home/team/etc"},
]


class _Client:
    """An engine that knows of one container."""

    def inspect_container(self, _: str) -> dict[str, Any]:
        return {"Mounts": MOUNTS}


@contextmanager
def ask(question: str, seconds: float = 1.0) -> Iterator[Any]:
    """Whatever is asked."""
    yield _Client()


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        ("/var/lib/db/17", Folder("data", "17")),
        ("/var/lib/db/17/main", Folder("data", "17/main")),
        ("/var/lib/db/inner/17", Folder("inner", "17")),
        ("/var/lib/db/innermost", Folder("data", "innermost")),
    ],
)
def test_it_is_on_the_innermost_volume(path: str, folder: Folder) -> None:
    """By whole names, not by how they begin."""
    assert DockerFolders(ask).kept(DB, path) == folder


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/var/lib/db", "it is at /var/lib/db/, the root of one"),
        ("/etc/db/17", "it is at /etc/db/"),
        ("/srv/db", "it is in its own layer"),
    ],
)
def test_what_is_no_folder_of_a_volume_is_told(path: str, why: str) -> None:
    """A mount cannot be renamed, and a folder of the host is not to be."""
    with pytest.raises(PlanError, match=f"expected {path} of db-1 in a folder of a volume, {why}"):
        DockerFolders(ask).kept(DB, path)
