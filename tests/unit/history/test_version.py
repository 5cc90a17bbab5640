"""Which version of the system a drill was held on."""

from __future__ import annotations

import pytest

from drills.history.version import version_of
from drills.judgement.environment import Environment


def of(git: str, **images: str) -> str:
    return version_of(
        Environment(versions={}, git=git, engine="", host="", images=images, clock="")
    )


def test_a_version_is_the_commit_and_the_images() -> None:
    """In whatever order; either may be all that is known."""
    assert of("abc", a="1", b="2") == of("abc", b="2", a="1") != ""
    assert len({of("abc"), of("abd"), of("abc", a="1"), of("abc", a="2"), of("", a="1")}) == 5


@pytest.mark.parametrize("git", ["", "abc+changes"])
def test_what_is_not_known_is_no_version(git: str) -> None:
    """Nor is a commit with changes: they may be others the next time."""
    assert of(git) == ""
