"""A plugin for a drill in a test: little time to undo, so that a failed undo fails soon."""

from __future__ import annotations

import dataclasses

import pytest

from drills.config.settings import Settings
from drills.plugin import options


@pytest.fixture(autouse=True)
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = options.settings_of

    def settings(config: pytest.Config) -> Settings:
        return dataclasses.replace(chosen(config), undo_within=0.2)

    monkeypatch.setattr("drills.plugin.fixture.settings_of", settings)
