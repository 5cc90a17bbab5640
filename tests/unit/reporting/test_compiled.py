"""Templates are compiled once, not once a drill."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment, FileSystemLoader

from drills.reporting.compiled import Compiled


class Compiling(Environment):
    """Counts what it compiles. Each stands for a process of its own, for it remembers nothing."""

    compiled = 0

    def _generate(self, *args: object, **kwargs: object) -> str:
        self.compiled += 1
        return super()._generate(*args, **kwargs)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _python_keeps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.html").write_text("{{ word }}, world")
    return tmp_path


def rendered(folder: Path) -> tuple[str, int]:
    """What a new process renders, and how many templates it compiled for that."""
    environment = Compiling(loader=FileSystemLoader(folder), bytecode_cache=Compiled())
    return environment.get_template("a.html").render(word="Hello"), environment.compiled


def kept(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix != ".html" and path.is_file())


def test_the_next_process_compiles_nothing(folder: Path) -> None:
    """And it is kept where Python keeps what it compiles."""
    assert rendered(folder) == ("Hello, world", 1)
    assert rendered(folder) == ("Hello, world", 0)
    assert [path.parent.name for path in kept(folder)] == ["__pycache__"]


def test_a_template_that_changed_is_compiled_anew(folder: Path) -> None:
    """Whatever its age says."""
    rendered(folder)
    (folder / "a.html").write_text("{{ word }}, moon!")
    assert rendered(folder) == ("Hello, moon!", 1)


def test_another_jinja_compiles_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What one release compiled, the next one may not understand."""
    rendered(folder)
    monkeypatch.setattr("drills.reporting.compiled.version", lambda _: "99")
    assert rendered(folder) == ("Hello, world", 1)


@pytest.mark.parametrize("size", [0, 3, 14, 40, -1])
def test_what_is_damaged_is_made_anew(folder: Path, size: int) -> None:
    """Cut off anywhere; a report is written all the same."""
    rendered(folder)
    (path,) = kept(folder)
    path.write_bytes(path.read_bytes()[:size])
    assert rendered(folder) == ("Hello, world", 1)
    assert rendered(folder) == ("Hello, world", 0)


def test_where_nothing_can_be_kept_it_costs_time_only(folder: Path) -> None:
    """An installation that belongs to somebody else, or a disk that is full."""
    (folder / "__pycache__").write_text("no folder")
    assert rendered(folder) == ("Hello, world", 1)
    assert rendered(folder) == ("Hello, world", 1)


def test_a_python_that_keeps_nothing_is_obeyed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in most containers."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert rendered(folder) == ("Hello, world", 1)
    assert kept(folder) == []


def test_a_template_from_no_file_is_kept_nowhere() -> None:
    """It has no place of its own."""
    environment = Compiling(loader=DictLoader({"a": "yes"}), bytecode_cache=Compiled())
    assert environment.get_template("a").render() == "yes"
