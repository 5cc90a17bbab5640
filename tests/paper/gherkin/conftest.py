"""A project for every test."""

from __future__ import annotations

import pytest

from tests.paper.gherkin.project import Project


@pytest.fixture
def project(pytester: pytest.Pytester) -> Project:
    return Project(pytester)
