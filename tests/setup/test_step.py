"""compose/setup/step.sh: a line a step, all else in one log, whose end is shown where it fails."""

import re
import shutil
import subprocess

import pytest

from tests.setup.conftest import REPOSITORY, Machine

SETUP = REPOSITORY / "compose/setup"
NOISE = "".join(f"echo 'line {number} of a package manager' >&2\n" for number in range(100))


def step(machine: Machine, body: str) -> "subprocess.CompletedProcess[str]":
    """Run a step that does this, with what the scripts of the set-up have at hand."""
    script = machine.has("own.sh", f"set -euo pipefail\n. {SETUP}/debian.sh\n{body}")
    bash = shutil.which("bash") or "bash"
    env = {"DRILLS_SETUP_LOG": str(machine.root / "setup.log")}
    return machine.run("step.sh", "A thing", bash, str(script), env=env)


def log(machine: Machine) -> str:
    return (machine.root / "setup.log").read_text()


def test_a_step_has_one_line_and_the_log_has_the_rest(bare_machine: Machine) -> None:
    """What it is about, where its output is, and how long it took; nothing that redraws."""
    done = step(bare_machine, f'announce "Making a thing."\n{NOISE}say "and one more"\n')

    assert (done.returncode, done.stdout) == (0, "")
    assert re.fullmatch(
        rf"Making a thing \(output: {bare_machine.root}/setup.log\) \.\.\. \d+ s\n", done.stderr
    )
    header, said, first, *_, more, footer = log(bare_machine).splitlines()
    assert re.fullmatch(r"=== [\d-]+T[\d:]+Z A thing", header)
    assert (said, first) == ("Making a thing.", "line 0 of a package manager")
    assert more == "and one more"
    assert re.fullmatch(r"=== [\d-]+T[\d:]+Z A thing: \d+ s", footer)


def test_a_step_that_finds_all_there_says_nothing(bare_machine: Machine) -> None:
    """Neither to people nor to the log."""
    done = step(bare_machine, "exit 0\n")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert log(bare_machine) == ""


def test_a_step_that_fails_shows_the_end_of_its_output_and_its_status(
    bare_machine: Machine,
) -> None:
    """The last lines, not a thousand, nor those of steps before it."""
    step(bare_machine, 'announce "Before."\n')
    done = step(bare_machine, f'announce "Making a thing."\n{NOISE}exit 42\n')

    assert done.returncode == 42
    line, where, *end = done.stderr.splitlines()
    assert line.endswith(" ... failed after 0 s (exit status 42)")
    assert where == f"The end of {bare_machine.root}/setup.log:"
    assert end == [f"    line {number} of a package manager" for number in range(80, 100)]
    assert "Before" in log(bare_machine)


def test_a_step_that_cannot_begin_says_why(bare_machine: Machine) -> None:
    """What a person has to do stands on the terminal, not only in a log."""
    done = step(bare_machine, 'stop "Install Docker."\n')

    assert done.returncode == 1
    assert done.stderr.startswith("A thing: failed after 0 s (exit status 1)\n")
    assert done.stderr.endswith("    Install Docker.\n")


def test_only_the_first_word_of_a_step_is_its_line(bare_machine: Machine) -> None:
    """A second announcement is a detail."""
    done = step(bare_machine, 'announce "First."\nannounce "Second."\n')

    assert len(done.stderr.splitlines()) == 1
    assert "Second." in log(bare_machine)


@pytest.mark.parametrize(
    "script", ["venv.sh", "engine.sh", "base_image.sh", "images.sh", "browser.sh"]
)
def test_every_step_announces_itself_and_is_run_as_one(script: str) -> None:
    """Or its tools would be on the terminal, or nobody would know what takes so long."""
    assert re.search(r'^\s*announce "', (SETUP / script).read_text(), re.MULTILINE)
    lines = (SETUP / "setup.sh").read_text().splitlines()
    (line,) = [line for line in lines if script in line]
    assert line.strip().startswith('step "')
