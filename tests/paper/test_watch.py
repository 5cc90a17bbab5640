"""``drills watch``: a drill of another process, seen on a terminal, in a pipe and as a page."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from drills.cli import main
from drills.wait import until
from tests.doubles.screen import PaperScreen
from tests.doubles.terminal import Terminal
from tests.paper.project import MET, PLUGINS, QUICK, ROOT, Project

LONG = 60.0  # seconds, for whatever a busy machine does in a second
HELD = MET.replace("stops", "suffers a freeze for 2 seconds")
SEEN = MET.replace("stops", "suffers a freeze for 10 seconds")
FOR_LONG = MET.replace("stops", "suffers a freeze for 60 seconds")
WORDS = tuple(f"{word}: " for word in ("stack", "fault", "signal", "watch", "rollback", "recovery"))
WATCH = [sys.executable, "-c", "import sys; from drills.cli import main; sys.exit(main())", "watch"]


@pytest.fixture(autouse=True)
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A state directory of the test's own; a terminal that takes a view."""
    monkeypatch.setenv("DRILLS_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("TERM", "xterm")
    for name in ("CI", "BUILD_NUMBER", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


class Running:
    """A process of the test in the project's folder, which ends with it."""

    def __init__(self, line: list[str], project: Project) -> None:
        self._path = project.path / f"out-{len(list(project.path.glob('out-*')))}"
        with self._path.open("wb") as out:
            self.process = subprocess.Popen(
                line, cwd=project.path, stdout=out, stderr=out, start_new_session=True
            )

    @property
    def said(self) -> str:
        return self._path.read_text("utf-8")

    def hears(self, text: str) -> None:
        until(lambda: text in self.said, awaited=text, within=LONG, last_seen=lambda: self.said)

    def ends(self) -> int:
        return self.process.wait(LONG)


@pytest.fixture
def start(project: Project) -> Iterator[Callable[[list[str]], Running]]:
    """Begins a process; a drill that still runs in the end is asked to end."""
    running: list[Running] = []

    def begin(line: list[str]) -> Running:
        running.append(Running(line, project))
        return running[-1]

    yield begin
    for each in running:
        if each.process.poll() is None:
            each.process.send_signal(signal.SIGTERM)
            each.process.wait(LONG)


Start = Callable[[list[str]], Running]


def drill() -> list[str]:
    return [sys.executable, "-m", "pytest", *PLUGINS, *QUICK, "drill.feature"]


def begun(project: Project) -> Path:
    """The folder of the one drill, once its fault is in effect."""

    def effective() -> Path | None:
        folders = project.reports()
        journal = folders[0] / "journal.jsonl" if folders else Path("none")
        told = journal.is_file() and "fault.effective" in journal.read_text("ascii")
        return folders[0] if told else None

    return until(effective, awaited="the fault is in effect", within=LONG)


def shown(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> str:
    """What ``drills show`` says of the one drill."""
    monkeypatch.chdir(project.path)
    (folder,) = project.reports()
    capsys.readouterr()
    main(["show", str(folder.relative_to(project.path))])
    return capsys.readouterr().out


@pytest.mark.parametrize(
    "steps", [HELD, HELD.replace("When", "And monitoring is silent\n    When")]
)
def test_in_a_pipe_each_event_is_a_line_and_the_end_is_that_of_show(
    steps: str,
    project: Project,
    start: Start,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It waits for the next drill, shows what pytest shows, and exits with the verdict's code."""
    project.feature(It_freezes=steps.replace("5 minutes", "1 second") if steps != HELD else steps)
    watch = start([*WATCH])
    watch.hears("no drill runs in reports: waiting for the next to begin")
    run = start(drill())
    assert (run.ends(), watch.ends()) in ((0, 0), (1, 1), (75, 75))
    told, lines = (
        [line for line in one.said.splitlines() if line.startswith(WORDS)] for one in (run, watch)
    )
    assert len(told) > len(WORDS) - 2
    assert lines == told
    assert watch.said.endswith(shown(project, monkeypatch, capsys))
    assert "\x1b" not in watch.said


def test_on_a_terminal_it_is_the_view_that_pytest_has(project: Project, start: Start) -> None:
    """Phase, fault, customers and criteria of a drill that began before; then its sentences."""
    project.feature(It_freezes=SEEN)
    run, terminal = start(drill()), Terminal(100)
    folder = begun(project)
    terminal.run([*WATCH, folder.name[-8:]], project.path, dict(os.environ))
    assert terminal.status == run.ends()
    frames = re.sub(r"\x1b\[[\d;]*m", "", terminal.written)
    for seen in (
        r"drill {12}It freezes \u2500+ \d+ s in all",
        r"in effect +freeze: replica +\d+ s",
        r"customers +\d+ % served.*last 10 s",
        r"Met +The incident is detected +[\d.]+ m?s .*, at most 5 min",
    ):
        assert re.search(seen, frames), (seen, frames)
    lines = PaperScreen(100).feed(terminal.written).lines
    terminal.close()
    assert not any(line.startswith(("drill     ", "in effect", "Open")) for line in lines)
    assert any(re.match(r"steady state +holding steady state for .* m?s\)", line) for line in lines)
    questions = ("What broke:", "Who noticed:", "What customers felt:", "What was lost:")
    assert [line.split(":")[0] + ":" for line in lines if line.startswith(questions)] == [
        *questions
    ]


def test_ctrl_c_ends_the_watching_and_never_the_drill(project: Project, start: Start) -> None:
    """It says so, leaves no frame behind, and the drill goes on."""
    project.feature(It_freezes=FOR_LONG)
    run, terminal = start(drill()), Terminal()
    folder = begun(project)
    terminal.run(
        WATCH, project.path, dict(os.environ), "in effect", lambda one, _: one.type(b"\x03")
    )
    lines = PaperScreen(80).feed(terminal.written).lines
    terminal.close()
    assert terminal.status == 130
    assert "goes on (`drills halt" in " ".join(lines[-2:])
    assert not any(line.startswith(("drill     ", "in effect", "customers")) for line in lines)
    assert run.process.poll() is None
    assert "undo.called" not in (folder / "journal.jsonl").read_text("ascii")


def test_who_has_seen_enough_ends_it(project: Project, start: Start) -> None:
    """As any program that is read by ``head``; the drill goes on."""
    project.feature(It_freezes=SEEN)
    run = start(drill())
    begun(project)
    line = " ".join(f"'{word}'" for word in WATCH)
    watch = start(["bash", "-c", f"set -o pipefail; {line} | head -n 1"])
    assert watch.ends() == 141
    assert "stack: bringing the stack up" in watch.said
    assert run.process.poll() is None


def test_a_drill_that_is_killed_is_watched_until_it_is_healed(
    project: Project, start: Start
) -> None:
    """Its watchdog finishes it, which is said, and what came of it is told."""
    project.feature(It_freezes=FOR_LONG)
    run = start(drill())
    begun(project)
    watch = start([*WATCH])
    watch.hears("fault: freeze of")
    run.process.kill()
    assert watch.ends() in (1, 75), watch.said
    assert "INCONCLUSIVE" in watch.said or "MISSED" in watch.said
    assert "What broke:" in watch.said


def test_what_cannot_be_watched_is_told_in_a_sentence(
    project: Project,
    start: Start,
    finished: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One that is over, one that is not there, and one whose folder goes away meanwhile."""
    monkeypatch.chdir(project.path)
    assert main(["watch", str(finished)]) == 2
    over = "drills: drill d1 is over already. What came of it: drills show d1\n"
    assert capsys.readouterr().err == over
    assert main(["watch", "nobody"]) == 2
    assert "expected the folder of a drill, nobody is not there" in capsys.readouterr().err
    assert main(["watch", "--port", "80"]) == 2
    assert "--port: expected --serve with it" in capsys.readouterr().err
    assert main(["watch", "--serve", "--port", "99999"]) == 2
    assert "expected a port from 0 to 65535, found 99999" in capsys.readouterr().err
    project.feature(It_freezes=FOR_LONG)
    start(drill())
    folder = begun(project)
    watch = start([*WATCH])
    watch.hears("fault: freeze of")
    folder.rename(project.path / "elsewhere")
    assert watch.ends() == 2
    gone = Path("reports", folder.name, "journal.jsonl")
    assert f"drills: expected a journal at {gone}: No such file" in watch.said
    (project.path / "elsewhere").rename(folder)


def test_served_it_is_the_report_while_it_is_made(project: Project, start: Start) -> None:
    """A page that says that it runs, renews itself, and is the report's own bytes in the end."""
    project.feature(It_freezes=SEEN)
    run, watch = start(drill()), start([*WATCH, "--serve"])
    watch.hears("its report, live: http://127.0.0.1:")
    (url,) = re.findall(r"live: (http:\S+)", watch.said)
    (folder,) = project.reports()
    before = {path for path in folder.rglob("*") if path.suffix == ".html"}
    page = httpx.get(url, trust_env=False).text
    assert "<title>Running: It freezes</title>" in page
    assert before == set()
    assert not any(secret in page for secret in ("customer-password", "observer-password"))
    number = re.findall(r'data-number="(\d+)"', page)[0]

    def renewed() -> str:
        answer = httpx.get(f"{url}now?after={number}", trust_env=False)
        return answer.text if answer.status_code == 200 else ""

    shows = "in effect: freeze: replica"
    until(lambda: shows in renewed(), awaited="the page shows the fault", within=LONG)
    status = run.ends()
    until(
        lambda: httpx.get(f"{url}now", trust_env=False).status_code == 205,
        awaited="the drill is over",
        within=LONG,
    )
    assert watch.process.poll() is None
    assert httpx.get(url, trust_env=False).content == (folder / "report.html").read_bytes()
    assert watch.ends() == status
    report = folder.relative_to(project.path) / "report.html"
    assert watch.said.endswith(f"drills: no longer served; the report is {report}\n")
