"""compose/setup/images.sh: builds when sources or images changed, and is idle otherwise."""

import shutil
from pathlib import Path

import pytest
import yaml

from tests.setup.conftest import REPOSITORY, Machine


@pytest.fixture
def checkout(ready_machine: Machine) -> Path:
    """A small checkout with the real scripts and a stack of two images; returns the script."""
    for name in ("images.sh", "debian.sh"):
        target = ready_machine.has(f"compose/setup/{name}")
        shutil.copy(REPOSITORY / "compose/setup" / name, target)
    ready_machine.has("compose/Dockerfile", "FROM debian:trixie-slim\n")
    ready_machine.has("compose/config/erp.env", "READ_FALLBACK=on\n")
    return ready_machine.root / "compose/setup/images.sh"


def builds(machine: Machine) -> int:
    """How often the stack was built so far."""
    return len([call for call in machine.called("docker compose -f") if " build" in call])


def test_a_second_run_builds_nothing(ready_machine: Machine, checkout: Path) -> None:
    """Same sources, same images: one call to the engine and no word."""
    assert ready_machine.run(checkout).returncode == 0
    before = len(ready_machine.calls)

    done = ready_machine.run(checkout)

    assert (done.returncode, done.stderr) == (0, "")
    assert builds(ready_machine) == 1
    assert len(ready_machine.calls) == before + 1


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("compose/Dockerfile", "FROM debian:trixie-slim\nUSER nobody\n"),
        ("compose/erp/app/health.py", "new = True\n"),
    ],
    ids=["a changed file", "a new file"],
)
def test_changed_sources_are_built(
    ready_machine: Machine, checkout: Path, path: str, content: str
) -> None:
    """Any change below compose/ that an image may contain leads to a build."""
    ready_machine.run(checkout)

    ready_machine.has(path, content)
    ready_machine.run(checkout)

    assert builds(ready_machine) == 2


def test_a_renamed_file_is_a_change(ready_machine: Machine, checkout: Path) -> None:
    """Names count, not only contents."""
    path = ready_machine.has("compose/nginx/a.conf", "same")
    ready_machine.run(checkout)

    path.rename(path.with_name("b.conf"))
    ready_machine.run(checkout)

    assert builds(ready_machine) == 2


@pytest.mark.parametrize(
    "path",
    ["compose/config/erp.env", "compose/setup/images.sh.orig", "compose/erp/__pycache__/x.pyc"],
)
def test_what_no_image_contains_is_no_change(
    ready_machine: Machine, checkout: Path, path: str
) -> None:
    """Mounted configuration, the set-up itself and byte code do not cause a build."""
    ready_machine.run(checkout)

    ready_machine.has(path, "changed\n")
    ready_machine.run(checkout)

    assert builds(ready_machine) == 1


@pytest.mark.parametrize("foreign", [True, False], ids=["rebuilt elsewhere", "removed"])
def test_an_image_that_is_not_ours_is_built_again(
    ready_machine: Machine, checkout: Path, foreign: bool
) -> None:
    """The tags are shared by all checkouts of a machine: identity counts, not the name."""
    ready_machine.run(checkout)

    image = ready_machine.root / "images/drill-nginx"
    if foreign:
        image.write_text("sha256:other\n")
    else:
        image.unlink()
    ready_machine.run(checkout)

    assert builds(ready_machine) == 2


def test_an_image_that_the_build_did_not_make_is_told(
    ready_machine: Machine, checkout: Path
) -> None:
    """A build may succeed without it; nothing is remembered then."""
    ready_machine.has("half-build")

    done = ready_machine.run(checkout)

    assert done.returncode != 0
    assert "expected the build to make drill-nginx:latest, it did not" in done.stderr
    assert not (ready_machine.root / ".setup/images").exists()


def test_no_service_of_the_stack_is_called_as_one_of_the_others_is() -> None:
    """Compose would take the two for one, and build one image of theirs."""
    files = (REPOSITORY / "compose" / name for name in ("compose.yaml", "tools.yaml"))
    stack, others = (set(yaml.safe_load(file.read_text())["services"]) for file in files)
    assert "postgres" in stack
    assert stack & others == set()


def test_a_failed_build_is_not_remembered(ready_machine: Machine, checkout: Path) -> None:
    """The failure is passed on, and the next run tries again."""
    breakage = ready_machine.has("broken-build")

    assert ready_machine.run(checkout).returncode != 0
    breakage.unlink()
    done = ready_machine.run(checkout)

    assert done.returncode == 0
    assert (
        (ready_machine.root / ".setup/images").read_text().endswith("drill-nginx:latest sha256:b\n")
    )
