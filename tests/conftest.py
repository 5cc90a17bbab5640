"""What holds for every test, and the two things that most of them work with.

No property has a deadline, for the machine's load would decide it. ``--hypothesis-profile=quick``
tries fewer examples of each; `make thorough` tries them all. What the fixtures stand on is loaded
by who asks for them: who only hands tests out to others, as xdist does, begins without it.
"""

from __future__ import annotations

import gc
import os
import shutil
import signal
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from tests.doubles.bench import Bench
    from tests.doubles.scripted import Service

# Also what tests share says of each assertion that fails what it saw.
for package in ("contract", "doubles", "foreign", "paper", "sabotage", "torture", "unit"):
    pytest.register_assert_rewrite(f"tests.{package}")

settings.register_profile("thorough", deadline=None)
settings.register_profile("quick", deadline=None, max_examples=10)
settings.load_profile("thorough")

# Whatever this environment says: who starts hundreds of Pythons compiles each module once.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# What a run inside a test tells its CI is not for the CI that runs the tests.
for variable in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "DRILL_EXPORT", "ALLURE_REPORT_DIR"):
    os.environ.pop(variable, None)
for variable in [name for name in os.environ if name.startswith("OTEL_")]:
    os.environ.pop(variable)

# A shell's background jobs ignore Ctrl-C, and so would each drill that a test interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Thousands of tests are made and none is garbage: looking for some takes a quarter longer.

    Nor does any later look for garbage go through them.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """A runtime on paper, a journal, and a watch over both."""
    from tests.doubles.bench import Bench

    bench = Bench(tmp_path / "drill")
    yield bench
    bench.watch.stop()
    bench.journal.close()


@pytest.fixture
def service() -> Iterator[Service]:
    """A server on the loopback that does as it is told."""
    from tests.doubles.scripted import serving

    with serving() as service:
        yield service


@pytest.fixture(scope="session")
def whole_drill(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a drill that is over, which nobody may change."""
    from tests.doubles.recorded import recorded

    return recorded(tmp_path_factory.mktemp("recorded") / "drill")


@pytest.fixture
def finished(whole_drill: Path, tmp_path: Path) -> Path:
    """The same, for a test to do with as it likes."""
    return Path(shutil.copytree(whole_drill, tmp_path / "reports" / "drill", symlinks=True))
