"""A project for every test."""

from __future__ import annotations

import pytest

from tests.plugin.project import Project


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("DRILLS_STATE", str(pytester.path / "state"))
    return Project(pytester)
