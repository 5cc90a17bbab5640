"""One drill in a process of its own, killed as its case says, and waited for until all is over."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from drills.errors import WaitTimeout
from drills.journal.observed import STEADY
from drills.journal.timeline import Kind
from drills.wait import until
from tests.torture.cases import Blow, Case, InEffect, Moment, Sync

ROOT = Path(__file__).resolve().parents[2]
STACK = Path("tests", "torture", "stack")
OPTIONS = ("--drill-hold=0.2s", "--drill-patience=1s", "--drill-ready=60s")
KEPT = "of the team"
BEFORE = f'"moment":"{STEADY}"'.encode()
EFFECTIVE = f'"{Kind.FAULT_EFFECTIVE}"'.encode()  # in a line of the journal
ENDS_WITHIN = 120.0  # seconds for everything of a drill to end, on a machine that does much else
NEXT_RUN = (
    "from drills.clock import SystemClock; "
    "from drills.lifecycle.watchdog.heal import Healer, on_docker; "
    "print(*Healer(on_docker, SystemClock()).heal_all('the next run'), sep='\\n')"
)


@dataclass(frozen=True, slots=True)
class Struck:
    """A signal that was sent: which, to whom, and when on the monotonic clock."""

    signal: str
    victims: tuple[str, ...]
    at_ns: int


class Tortured:
    """A drill under torture. Everything that it writes lies below ``folder``.

    ``environment`` is what its processes have beside this one's.
    """

    options: tuple[str, ...] = OPTIONS

    def __init__(
        self, case: Case, folder: Path, token: str, environment: Mapping[str, str] | None = None
    ) -> None:
        self.case = case
        self.token = token  # in the environment of all its processes, and a label of its containers
        self.folder = folder
        self.reports, self.temporary = folder / "reports", folder / "tmp"
        self.state, self.notes = folder / "state" / "running", folder / "notes"
        self.strikes: list[Struck] = []
        self.watchdog_struck = False
        self.healed_from_ns = 0  # when the next run began to heal, if it had to
        self.team = folder / "team"  # the stack may write there, and nobody else
        for each in (self.temporary, self.notes, self.team):
            each.mkdir(parents=True)
        (self.team / "kept.txt").write_text(KEPT, "utf-8")
        self._environment = {
            **os.environ,
            **(environment or {}),
            "TORTURE_TOKEN": token,
            "TORTURE_FOLDER": str(self.team),
            "TORTURE_MODE": "rw",
            "TORTURE_NOTES": str(self.notes),
            "TORTURE_POINTS": ";".join(self._points()),
            "DRILLS_STATE": str(folder / "state"),
            "TMPDIR": str(self.temporary),
            "PYTHONPATH": str(ROOT / "tests" / "torture" / "shim"),
        }

    def _points(self) -> list[str]:
        points = []
        for who, at in (("drill", self.case.moment), ("watchdog", self.case.healer)):
            if isinstance(at, Sync):
                blow = self.case.blows[0] if who == "drill" else Blow("SIGKILL")
                victims = ",".join(blow.victims)
                points.append(f"{who}:{at.number}:{at.when}:{blow.signal}:{victims}")
        return points

    def run(self) -> None:
        """All of it, until none of its processes is left. Raises WaitTimeout where one stays."""
        process = self._start()
        try:
            self._torture(process)
            process.wait(ENDS_WITHIN)
            until(
                lambda: not processes(self.token),
                awaited=f"every process of {self.case} ends",
                within=ENDS_WITHIN,
                last_seen=lambda: str(processes(self.token)),
                interval=0.2,
            )
        except subprocess.TimeoutExpired as error:
            raise WaitTimeout(f"{self.case}: the drill does not end") from error
        finally:
            self._read_notes()
            if process.poll() is None:
                process.kill()
                process.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        line = [sys.executable, "-m", "pytest", f"{STACK}/torture.feature::{self.case.fault}"]
        line += ["-p", "no:cacheprovider", f"--drill-manifest={STACK}/drills.toml", *self.options]
        line += [f"--drill-reports={self.reports}"]
        with (self.folder / "output.txt").open("wb") as output:
            return subprocess.Popen(
                line,
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _torture(self, process: subprocess.Popen[bytes]) -> None:
        blows = self.case.blows
        if isinstance(self.case.moment, Sync):
            note = self.notes / "struck-drill.json"
            _while_it_runs(process, note.exists)
            blows = blows[1:]
        else:
            self._await(process, self.case.moment)
        for blow in blows:
            time.sleep(blow.delay)
            self._strike(process, blow)

    def _await(self, process: subprocess.Popen[bytes], moment: Moment | InEffect) -> None:
        if isinstance(moment, InEffect):
            _while_it_runs(process, lambda: EFFECTIVE in self._journal())
            return
        if moment.lines:
            _while_it_runs(process, lambda: self._lines() >= moment.lines)
        time.sleep(moment.delay)

    def _journal(self) -> bytes:
        """What it holds so far."""
        journals = list(self.reports.glob("*-*/journal.jsonl"))
        return journals[0].read_bytes() if journals else b""

    def _lines(self) -> int:
        """How many lines it has, without those of the evidence that is kept before the fault."""
        return sum(BEFORE not in line for line in self._journal().splitlines())

    def _strike(self, process: subprocess.Popen[bytes], blow: Blow) -> None:
        if process.poll() is not None:
            return
        others = [one for one in blow.victims if one != "drill"]
        pids = [pid for one in others for pid in processes(self.token, f".{one} ")]
        if "drill" in blow.victims:
            pids.append(process.pid)
        at_ns = time.monotonic_ns()
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.Signals[blow.signal])
        if pids:
            self.strikes.append(Struck(blow.signal, blow.victims, at_ns))

    def _read_notes(self) -> None:
        with suppress(FileNotFoundError):
            said = json.loads((self.notes / "struck-drill.json").read_bytes())
            blow = self.case.blows[0]
            self.strikes.insert(0, Struck(blow.signal, blow.victims, said["at_ns"]))
        by_watchdog = (self.notes / "struck-watchdog.json").exists()
        struck = any("watchdog" in each.victims for each in self.strikes)
        self.watchdog_struck = by_watchdog or struck

    def entered(self) -> bool:
        """Whether the drill is still entered as running or dead."""
        return any(self.state.glob("*"))

    def heal_by_the_next_run(self) -> str:
        """Heal as the next run does before its own drill; returns what it says of it."""
        self.healed_from_ns = time.monotonic_ns()
        environment = {k: v for k, v in self._environment.items() if k != "TORTURE_POINTS"}
        done = subprocess.run(
            [sys.executable, "-c", NEXT_RUN],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=ENDS_WITHIN,
            check=False,
        )
        return done.stdout + done.stderr


def _while_it_runs(process: subprocess.Popen[bytes], question: object) -> None:
    """Wait for an answer to come true, or for the drill's end if that comes first."""
    assert callable(question)
    with suppress(WaitTimeout):
        until(
            lambda: question() or process.poll() is not None,
            awaited="the moment",
            within=ENDS_WITHIN,
            interval=0.002,
        )


def processes(token: str, words: str = "") -> dict[int, str]:
    """Command lines, by id, of all processes of this machine whose environment has the token."""
    found = {}
    mark = f"TORTURE_TOKEN={token}".encode()
    for path in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if mark in path.read_bytes().split(b"\0"):
                line = (path.parent / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                if words in line:
                    found[int(path.parent.name)] = line[:200]
    return found
