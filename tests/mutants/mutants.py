"""The mutants of a copy: tried by mutmut, and what became of each."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

KILLED = {1: "killed", 3: "killed", 36: "timeout", 24: "timeout", -24: "timeout", 152: "timeout"}
SURVIVED, UNTESTED = 0, (5, 33)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one function, and mutmut's exit code for it; None where it was not tried."""

    name: str
    path: str
    code: int | None
    change: str = ""

    @property
    def killed(self) -> bool:
        """Whether a test failed, or never ended."""
        return self.code in KILLED

    @property
    def status(self) -> str:
        """In a word or two."""
        if self.code == SURVIVED:
            return "survived"
        if self.code in UNTESTED:
            return "no test calls it"
        return KILLED.get(self.code or 0, f"not tried, or odd ({self.code})")


def run(copy: Path) -> int:
    """Have mutmut try all that has no result yet; its own exit code."""
    mutmut = Path(sys.executable).parent / "mutmut"
    return subprocess.run([mutmut, "run"], cwd=copy, check=False).returncode


def tried(copy: Path) -> list[Mutant]:
    """Every mutant with what became of it, and the change where it was not killed."""
    from mutmut.mutation.diff_apply import get_diff_for_mutant

    found = []
    for path, codes in _results(copy):
        for name, code in codes.items():
            mutant = Mutant(name, path, code)
            if not mutant.killed:
                with contextlib.chdir(copy):
                    change = told(path, name, get_diff_for_mutant(name, path=path))
                mutant = Mutant(name, path, code, change)
            found.append(mutant)
    return found


def told(path: str, name: str, diff: str) -> str:
    """A change as ``docs/mutants.md`` has it: where, what goes, what comes."""
    function = name.rpartition(".")[2].rpartition("__mutmut_")[0]
    function = function.replace("xǁ", "").replace("ǁ", ".").removeprefix("x_")
    lines = [line for line in diff.splitlines()[2:] if line[:1] in "+-"]
    return "\n".join([f"{path} {function}", *(f"{line[0]} {line[1:].strip()}" for line in lines)])


def retry(copy: Path) -> None:
    """Forget of the last run what was not killed, so that it is tried again."""
    for meta, said in _metas(copy):
        codes = said["exit_code_by_key"]
        said["exit_code_by_key"] = {
            name: code if code in KILLED else None for name, code in codes.items()
        }
        meta.write_text(json.dumps(said, indent=4))


def _results(copy: Path) -> Iterator[tuple[str, dict[str, int | None]]]:
    for meta, said in _metas(copy):
        path = meta.relative_to(copy / "mutants").with_suffix("")
        yield str(path), said["exit_code_by_key"]


def _metas(copy: Path) -> Iterator[tuple[Path, dict[str, dict[str, int | None]]]]:
    for meta in sorted((copy / "mutants" / "drills").rglob("*.py.meta")):
        yield meta, json.loads(meta.read_text())
