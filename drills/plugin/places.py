"""Where the command line's paths lead: counted from where the user stands, ``~`` is their home."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from drills.config.renamed import MANIFEST, said
from drills.errors import PlanError

_FOUND: pytest.StashKey[Path] = pytest.StashKey()


def reports_folder(config: pytest.Config) -> Path:
    """Where drills leave their directories; without ``--drill-reports`` below pytest's root."""
    chosen = config.getoption("drill_reports")
    return from_here(config, chosen) if chosen else config.rootpath / "reports"


def manifest_path(config: pytest.Config) -> Path:
    """The stack's manifest: the option, else $DRILL_MANIFEST, else where projects keep it.

    Raises PlanError where it is in several places.
    """
    chosen = config.getoption("drill_manifest") or said(MANIFEST)[1]
    if chosen:
        return from_here(config, chosen)
    if _FOUND not in config.stash:
        from drills.config.finding import find

        features = [from_here(config, each.partition("::")[0]) for each in config.args]
        config.stash[_FOUND] = find(config.rootpath, features, config.invocation_params.dir)
    return config.stash[_FOUND]


def from_here(config: pytest.Config, path: str) -> Path:
    """The path as a shell would take it where pytest was started; links are not followed."""
    here = config.invocation_params.dir / os.path.expanduser(path)  # noqa: PTH111 - HOME may be unset
    return Path(os.path.abspath(here))  # noqa: PTH100 - follows links


def writable(folder: Path) -> Path:
    """The folder, made where it is missing. Raises PlanError when nothing can be written there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError as error:
        raise PlanError(
            f"expected a folder for the reports that can be written, {folder} is none: "
            f"{error.strerror or error}. --drill-reports names another one"
        ) from error
