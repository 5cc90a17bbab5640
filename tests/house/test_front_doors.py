"""The front doors: small, sorted, and everything in them is there."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
import tomllib
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType

import pytest

import drills
from drills import errors, testing

ROOT = Path(__file__).parents[2]


def place(name: str) -> tuple[bool, bool, str]:
    """Constants, then classes, then functions, each by its letters, as the linter sorts them."""
    return not name.isupper(), not name[0].isupper(), name


@pytest.mark.parametrize("door", [drills, testing], ids=lambda door: door.__name__)
def test_a_front_door_is_sorted_and_whole(door: ModuleType) -> None:
    """Each name once, in order, there, and described."""
    assert list(door.__all__) == sorted(set(door.__all__), key=place)
    for public in door.__all__:
        assert getattr(door, public).__doc__


def test_the_front_door_has_every_error() -> None:
    """Whoever catches one of ours finds it."""
    ours = {
        name
        for name, each in vars(errors).items()
        if isinstance(each, type) and issubclass(each, errors.DrillError)
    }
    assert ours <= set(drills.__all__)


def test_type_checkers_are_told_what_the_front_door_offers() -> None:
    """The stub names the same objects, each from the module that it is loaded from."""
    told = {
        alias.name: node.module
        for node in ast.walk(ast.parse((ROOT / "drills" / "__init__.pyi").read_text("utf-8")))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert told == drills._HOME_OF  # type: ignore[attr-defined] # the stub does not name it


@pytest.mark.thorough
def test_a_name_is_loaded_when_it_is_asked_for() -> None:
    """And the room that it lies in with it; nothing before."""
    code = """
import sys, drills
assert not [name for name in sys.modules if name.startswith("drills.")]
assert "Stop" in dir(drills)
drills.Stop
assert "drills.faults.process" in sys.modules and "docker" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_what_the_front_door_does_not_offer_is_an_error() -> None:
    """As of any package."""
    with pytest.raises(AttributeError, match=r"module 'drills' has no attribute 'Stopp'"):
        drills.Stopp  # type: ignore[attr-defined] # noqa: B018 - asking is the test


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
