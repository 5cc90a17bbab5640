"""The front doors: small, sorted, and everything in them is there."""

from __future__ import annotations

import importlib
import pkgutil
import tomllib
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import drills
from drills import errors

ROOT = Path(__file__).parents[1]
PACKAGES = [
    name
    for name in (module.name for module in pkgutil.walk_packages(drills.__path__, "drills."))
    if not name.endswith("__main__")
]
DOORS = [name for name in PACKAGES if hasattr(importlib.import_module(name), "__all__")]


def place(name: str) -> tuple[bool, bool, str]:
    """Constants, then classes, then functions, each by its letters, as the linter sorts them."""
    return not name.isupper(), not name[0].isupper(), name


@pytest.mark.parametrize("name", DOORS)
def test_a_front_door_is_sorted_and_whole(name: str) -> None:
    """Each name once, in order, there, and described."""
    module = importlib.import_module(name)
    assert list(module.__all__) == sorted(set(module.__all__), key=place)
    for public in module.__all__:
        assert hasattr(module, public)
        assert getattr(module, public).__doc__


def test_the_packages_that_users_import_have_one() -> None:
    """Faults, detectors, reporting and the public fakes."""
    assert {"drills.faults", "drills.observers", "drills.reporting", "drills.testing"} <= set(DOORS)


def test_every_error_is_one_of_ours_and_in_the_drawing() -> None:
    """One tree, drawn at the top of its module, nothing beside it."""
    found = [
        each
        for each in vars(errors).values()
        if isinstance(each, type) and issubclass(each, BaseException)
    ]
    drawing = (errors.__doc__ or "").splitlines()
    for error in found:
        assert issubclass(error, errors.DrillError)
        assert error.__doc__
        assert any(line.split("──")[-1].split()[:1] == [error.__name__] for line in drawing)


def test_the_errors_are_drawn_under_their_parents() -> None:
    """The drawing's indentation is the inheritance."""
    parents: list[tuple[int, str]] = []
    for line in (errors.__doc__ or "").splitlines():
        words = line.replace("│", " ").replace("├──", "   ").replace("└──", "   ")
        name = words.split()[0] if words.split() else ""
        error = getattr(errors, name, None)
        if not (isinstance(error, type) and issubclass(error, errors.DrillError)):
            continue
        depth = len(words) - len(words.lstrip())
        parents = [each for each in parents if each[0] < depth]
        if parents:
            assert error.__base__ is getattr(errors, parents[-1][1])
        parents.append((depth, name))


def test_pytest_and_the_shell_find_us() -> None:
    """The plugin by its entry point, the command by its script."""
    plugins = {each.name: each.value for each in entry_points(group="pytest11")}
    assert plugins["drills"] == "drills.plugin"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    module, _, function = project["scripts"]["drills"].partition(":")
    assert callable(getattr(importlib.import_module(module), function))


def test_the_package_is_typed() -> None:
    """Who imports it is checked against it."""
    assert (ROOT / "drills" / "py.typed").is_file()
