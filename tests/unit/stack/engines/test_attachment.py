"""What a drill may touch of a project that runs already, and what it labels beside it."""

from __future__ import annotations

from typing import Any

import pytest

from drills.errors import BlastRadiusExceeded
from drills.stack.container import Container
from drills.stack.engines.attachment import Attachment
from drills.stack.runtime import DRILL_LABEL


class Made:
    """A connection that notes what it is asked to make."""

    def __init__(self) -> None:
        self.labels: list[Any] = []

    def create_container(self, image: str, *, labels: Any = None) -> str:
        self.labels.append(labels)
        return image

    def ping(self) -> str:
        return "pong"


def test_a_service_that_nobody_named_is_not_touched() -> None:
    """And where none was named, for whoever undoes, all are."""
    web, other = Container("1", "shop-web-1", "web"), Container("2", "shop-db-1", "db")
    visit = Attachment("d1", frozenset({"web"}))
    visit.check("stop", web)
    with pytest.raises(BlastRadiusExceeded, match=r"stop shop-db-1: .* may touch web"):
        visit.check("stop", other)
    Attachment("d1").check("stop", other)


def test_whatever_is_made_carries_the_drill_s_label() -> None:
    """Beside its own, and never another drill's; all else is the connection's."""
    made = Made()
    client = Attachment("d1").client(made)
    assert client.create_container("tools") == "tools"
    client.create_container("tools", labels={"own": "kept", DRILL_LABEL: "another"})
    assert made.labels == [{DRILL_LABEL: "d1"}, {"own": "kept", DRILL_LABEL: "d1"}]
    assert client.ping() == "pong"
