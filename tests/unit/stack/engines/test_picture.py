"""How a project was, and what is not so any more."""

from __future__ import annotations

from drills.stack.engines.picture import Picture

WEB = {"id": "1", "state": "running", "networks": ("shop_default as web",), "process limit": 0}
DISK = {"id": "data of today", "driver": "local", "options": ()}


def test_what_is_as_it_was_is_no_difference() -> None:
    """Whatever the order."""
    before = Picture({"container web": WEB, "volume data": DISK})
    assert before.differences(Picture({"volume data": DISK, "container web": WEB})) == []
    assert len(before) == 2


def test_each_difference_is_told_by_what_was_and_what_is() -> None:
    """What is gone, what is new, what is another one, and what changed of the same one."""
    before = Picture({"container web": WEB, "volume data": DISK, "volume old": DISK})
    changed = {**WEB, "state": "paused", "networks": (), "process limit": 9}
    after = Picture(
        {
            "container web": changed,
            "volume data": {**DISK, "id": "data of tomorrow"},
            "container new": WEB,
        }
    )
    assert before.differences(after) == [
        "container new was not there",
        "container web: state was running, is paused",
        "container web: networks was shop_default as web, is none",
        "container web: process limit was 0, is 9",
        "volume data is another one",
        "volume old is gone",
    ]
