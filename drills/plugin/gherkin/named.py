"""Which feature files a run is about: those it names, and those in directories it names.

Installed beside other projects' pytest-bdd tests, this must not run their feature files a second
time. So a directory stands for its feature files only where no Python test module lies in it
(else they are those modules'), or where ``drill_features`` in the configuration lists it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from drills.plugin.gherkin.collect import FeatureFile

INI = "drill_features"

_ANSWERS: pytest.StashKey[dict[Path, bool]] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the setting that lists directories of feature files."""
    parser.addini(
        INI,
        "directories whose feature files are always collected, relative to the configuration file",
        type="paths",
        default=[],
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> FeatureFile | None:
    """Collect a feature file that was named, or lies in a directory of them."""
    if file_path.suffix != ".feature" or not is_wanted(file_path, parent.session):
        return None
    from drills.plugin.gherkin.collect import FeatureFile
    from drills.plugin.gherkin.record import follow

    follow(parent.config)
    return FeatureFile.from_parent(parent, path=file_path)


def is_wanted(path: Path, session: pytest.Session) -> bool:
    """Whether the feature file is named, configured, or in a named directory of feature files."""
    config = session.config
    if any(path.is_relative_to(directory) for directory in config.getini(INI)):
        return True
    return any(
        path == named or (path.is_relative_to(named) and _holds_no_test_module(named, config))
        for named in _named(config)
    )


def _named(config: pytest.Config) -> Iterator[Path]:
    """What the command line or ``testpaths`` name; not the directory pytest merely started in.

    pytest's own ``isinitpath`` forgets a file that is named together with its directory.
    """
    if config.args_source is not pytest.Config.ArgsSource.INVOCATION_DIR:
        for argument in config.args:
            yield absolute(argument.partition("::")[0], config)


def absolute(path: str, config: pytest.Config) -> Path:
    """The path as pytest sees it: from where it was started, links not followed."""
    return Path(os.path.abspath(config.invocation_params.dir / path))  # noqa: PTH100 - follows links


def _holds_no_test_module(directory: Path, config: pytest.Config) -> bool:
    answers = config.stash.setdefault(_ANSWERS, {})
    if directory not in answers:
        answers[directory] = not any(_test_modules(directory, config))
    return answers[directory]


def _test_modules(directory: Path, config: pytest.Config) -> Iterator[Path]:
    """Files below ``directory`` that pytest would take for test modules."""
    modules, unvisited = config.getini("python_files"), config.getini("norecursedirs")
    for folder, inner, files in os.walk(directory):
        inner[:] = [name for name in inner if not _matches(Path(folder, name), unvisited)]
        yield from (Path(folder, name) for name in files if _matches(Path(folder, name), modules))


def _matches(path: Path, patterns: list[str]) -> bool:
    return any(path.match(pattern) for pattern in patterns)
