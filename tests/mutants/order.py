"""A plugin for runs on a mutant: the tests that mirror its module go first, the short ones first.

A mutant that is killed costs what the first failing test costs. Examples are the same in every run,
and none is made smaller: that something failed is all that is asked.
"""

from __future__ import annotations

import os
from pathlib import PurePath

import pytest
from hypothesis import HealthCheck, Phase, settings

settings.register_profile(
    "mutants",
    deadline=None,
    database=None,
    derandomize=True,
    max_examples=10,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),  # the same process collects the tests several times
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those first that mirror the module of the mutant in ``MUTANT_UNDER_TEST``."""
    module = os.environ.get("MUTANT_UNDER_TEST", "").rpartition(".")[0]
    mirror = module.split(".")[1:]
    if mirror:
        items.sort(key=lambda item: not mirrors(PurePath(item.nodeid.split("::")[0]), mirror))


def mirrors(test: PurePath, module: list[str]) -> bool:
    """Whether ``tests/unit/<room>/test_<module>.py``, or more about it, is about this module.

    >>> mirrors(PurePath("tests/unit/judgement/test_judge_lost.py"), ["judgement", "judge"])
    True
    >>> mirrors(PurePath("tests/unit/judgement/test_data.py"), ["judgement", "judge"])
    False
    """
    *rooms, name = module
    about = test.stem.removeprefix("test_")
    return test.parts[2:-1] == tuple(rooms) and (about == name or about.startswith(f"{name}_"))
