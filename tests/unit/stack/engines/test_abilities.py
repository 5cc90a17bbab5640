"""What is found out of a machine before there is a stack."""

from __future__ import annotations

from pathlib import Path

import pytest

from drills.stack.abilities import Ability
from drills.stack.engines.abilities import lacking_beside


def test_without_an_engine_nothing_is_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And it says so, for a plan may be read anywhere."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/nothing.sock")
    said = lacking_beside(["shop:latest"], Ability.LINKS)
    assert said.startswith("not tried: ")
    assert "no container engine answers" in said


@pytest.mark.engine
@pytest.mark.parametrize("ability", Ability)
def test_is_tried_with_an_image_that_is_there(ability: Ability) -> None:
    """One that is not is passed over; where there is none, nothing is tried."""
    assert lacking_beside(["no-such-image:none", "debian:trixie-slim"], ability) == ""
    assert "no image that could be used" in lacking_beside(["no-such-image:none"], ability)
