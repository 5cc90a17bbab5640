"""The sentences that features are written in, there in every run without a conftest.

They are written in ``steps/`` at the top of the repository and lie in ``drills.steps`` of a wheel,
where no team's own ``steps`` is in their way. A checkout has them under that name too.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path

PACKAGE = "drills.steps"


def _name_those_of_a_checkout() -> None:
    """Make ``drills.steps`` the folder beside this package, where it does not lie inside it."""
    if importlib.util.find_spec(PACKAGE) is not None:
        return
    folder = Path(__file__).parents[2] / "steps"
    spec = importlib.util.spec_from_file_location(
        PACKAGE, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"expected the sentences in {folder}", name=PACKAGE)
    package = importlib.util.module_from_spec(spec)
    sys.modules[PACKAGE] = package
    spec.loader.exec_module(package)


def modules() -> list[str]:
    """The names of the modules with sentences, each of them a pytest plugin."""
    _name_those_of_a_checkout()
    folders = importlib.import_module(PACKAGE).__path__
    files = (file for folder in folders for file in Path(folder).glob("[!_]*.py"))
    return sorted(f"{PACKAGE}.{file.stem}" for file in files)
