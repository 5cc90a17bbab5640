"""docs/faults.md lists every fault as its class describes it; one of your own works as shown.

``python -m tests.docs.test_faults`` writes the list anew.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from drills.faults.catalogue import OURS, Catalogue
from drills.faults.described import Described, describe
from drills.faults.fault import ReadBack
from drills.faults.phrase import find_fault
from drills.faults.undo import Place
from drills.stack.runtime import Container, Executed
from drills.testing import FakeRuntime, ManualClock

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "faults.md"
OWN = ROOT / "docs" / "own-fault.md"
BEGIN, END = "<!-- faults -->\n", "<!-- end of faults -->\n"


def listed() -> str:
    """Our families, one after the other; what other packages bring is theirs to document."""
    lines = []
    for name, family in OURS.items():
        lines.append(f"\n## {name.capitalize()}")
        lines += [line for fault in family.FAULTS for line in _listed(describe(fault))]
    return "\n".join(lines) + "\n"


def _listed(fault: Described) -> Iterator[str]:
    yield f"\n### {fault.words}\n"
    yield f"{fault.text}\n"
    yield f"- in a step of your own: `{fault.written}`"
    yield from (f"- needs {need}" for need in fault.needs)
    yield f"- in effect when {fault.proof}; by hand: `{fault.by_hand}`"
    yield f"- proven undone: {fault.undone}; by hand: `{fault.back_by_hand}`"


def test_the_page_lists_every_fault() -> None:
    """What the classes say; nobody keeps a second list by hand."""
    text = PAGE.read_text("utf-8")
    assert text[text.index(BEGIN) + len(BEGIN) : text.index(END)] == listed(), __doc__


@pytest.fixture
def brought(tmp_path: Path) -> Path:
    """The example as an installed package, in this folder."""
    text = OWN.read_text("utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    (shown,) = [block for block in blocks if "FAULTS" in block]
    (tmp_path / "shop_faults.py").write_text(shown, "utf-8")
    info = tmp_path / "shop-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: shop\nVersion: 1.0\n", "utf-8")
    ((group, points),) = re.findall(r'\[project\.entry-points\."(.*)"\]\n +(.*)', text)
    (info / "entry_points.txt").write_text(f"[{group}]\n{points.replace(chr(34), '')}\n", "utf-8")
    return tmp_path


def test_an_installed_family_is_listed_with_ours(brought: Path) -> None:
    """By the command, in a process that has the package."""
    line = [sys.executable, "-c", "from drills.cli import main; raise SystemExit(main())"]
    paths = os.pathsep.join([str(brought), str(ROOT)])
    done = subprocess.run(
        [*line, "faults", "maintenance"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": paths},
    )
    assert done.stdout.splitlines() == [
        "shop",
        "  a forgotten maintenance flag",
        "      The service tells everybody that it is under maintenance.",
    ]
    assert done.returncode == 0


def test_the_example_is_applied_and_undone(brought: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a container with one file, that is there or not."""
    monkeypatch.syspath_prepend(str(brought))
    catalogue = Catalogue(iter([EntryPoint("shop", "shop_faults", "drills.faults")]))
    fault = find_fault("a forgotten maintenance flag", catalogue.families["shop"])
    runtime = FakeRuntime(ManualClock(), {"shop": 1})
    place = Place(runtime.find("shop"))
    undo = fault.undo(place, "d-1")
    operation, effect = catalogue.operations[undo.operation], fault.effect
    assert isinstance(effect, ReadBack)
    files: set[str] = set()
    for name, act in (("touch", files.add), ("rm", files.discard)):
        runtime.answer(name, with_=_changing(act))
    runtime.answer("test", "-e", with_=lambda _, line: Executed(int(line[-1] not in files), b""))
    runtime.answer("test", "!", with_=lambda _, line: Executed(int(line[-1] in files), b""))
    assert not effect.seen(runtime, undo)
    fault.apply(runtime, place, "d-1")
    assert effect.seen(runtime, undo)
    assert not operation.undone(runtime, undo)
    operation.apply(runtime, undo)
    assert operation.undone(runtime, undo)


def _changing(act: Callable[[str], None]) -> Callable[[Container, tuple[str, ...]], Executed]:
    def answer(_container: Container, line: tuple[str, ...]) -> Executed:
        act(line[-1])
        return Executed(0, b"")

    return answer


if __name__ == "__main__":
    page = PAGE.read_text("utf-8")
    head, tail = page[: page.index(BEGIN) + len(BEGIN)], page[page.index(END) :]
    PAGE.write_text(head + listed() + tail, "utf-8")
