"""docs/nightly-ci.md: its workflows are read, and what they run is run, with a stub for pytest."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from drills.cli import main
from drills.reporting.exports.target import targets_of

PAGE = Path(__file__).parents[2] / "docs" / "nightly-ci.md"
BLOCKS = re.findall(r"^```yaml\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
GITHUB, GITLAB = map(yaml.safe_load, BLOCKS)
JOB: dict[str, Any] = GITLAB["drills"]
STEPS: list[dict[str, Any]] = GITHUB["jobs"]["drills"]["steps"]
DRILL = next(step["run"] for step in STEPS if step.get("name") == "Drill")
RUN = [step["run"] for step in STEPS if "run" in step]
LINES = [*"\n".join(RUN).splitlines(), *JOB["script"], *JOB["after_script"]]


@pytest.mark.parametrize(
    ("exits", "expected"),
    [((0,), 0), ((1,), 1), ((70,), 70), ((75, 0), 0), ((75, 1), 1), ((75, 75), 75)],
)
def test_what_could_not_be_measured_is_tried_again_and_never_green(
    tmp_path: Path, exits: tuple[int, ...], expected: int
) -> None:
    """The shell of GitHub's step, as GitHub calls it; the second try is of those that failed."""
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    stub = tmp_path / ".venv" / "bin" / "pytest"
    cases = "\n".join(f"{number}) exit {code};;" for number, code in enumerate(exits, 1))
    said = '#!/bin/sh\necho "$@" >>said\ncase $(wc -l <said | tr -d " ") in\n'
    stub.write_text(f"{said}{cases}\nesac\nexit 99\n", "utf-8")
    stub.chmod(0o755)
    done = subprocess.run(["bash", "-e", "-c", DRILL], cwd=tmp_path, timeout=60, check=False)
    assert done.returncode == expected
    calls = (tmp_path / "said").read_text("utf-8").splitlines()
    assert calls == ["features", "features --last-failed"][: len(exits)]


def test_gitlab_tries_again_after_75_alone_and_lets_nothing_fail_unseen() -> None:
    """By its own means: the job's exit code is that of pytest, which comes last."""
    assert JOB["retry"] == {"max": 1, "exit_codes": [75]}
    assert "allow_failure" not in JOB
    assert JOB["script"][-1].startswith(".venv/bin/pytest features ")


def test_what_a_job_shows_is_what_its_run_writes() -> None:
    """GitLab finds the files that pytest is told to write; each export is one that there is."""
    shown = JOB["artifacts"]["reports"]
    assert f"--junitxml={shown['junit']}" in JOB["script"][-1].split()
    asked = [word.partition("=")[2] for word in JOB["script"][-1].split() if "drill-export" in word]
    assert [(each.name, str(each.path)) for each in targets_of(asked, Path())] == [
        ("codequality", shown["codequality"])
    ]
    (step,) = (step for step in STEPS if step.get("name") == "Drill")
    assert len(targets_of(step["env"]["DRILL_EXPORT"].split(","), Path())) == 2


def test_the_second_try_leaves_the_files_of_the_first(tmp_path: Path) -> None:
    """They tell of all drills; those of the second tell of those that were tried again."""
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    stub = tmp_path / ".venv" / "bin" / "pytest"
    stub.write_text('#!/bin/sh\necho "$DRILL_EXPORT" >>said\nexit 75\n', "utf-8")
    stub.chmod(0o755)
    first = next(step["env"]["DRILL_EXPORT"] for step in STEPS if step.get("name") == "Drill")
    environment = {**os.environ, "DRILL_EXPORT": first}
    line = ["bash", "-e", "-c", DRILL]
    subprocess.run(line, cwd=tmp_path, env=environment, timeout=60, check=False)
    said = (tmp_path / "said").read_text("utf-8").splitlines()
    written = [{each.path for each in targets_of(one.split(","), Path())} for one in said]
    assert said[0] == first
    assert written[0] & written[1] == set()


def test_reports_are_kept_where_a_job_is_red() -> None:
    """The folder that drills leave, on both."""
    (kept,) = [step for step in STEPS if "upload-artifact" in step.get("uses", "")]
    assert kept["if"] == "failure() || cancelled()"
    assert kept["with"]["path"].splitlines()[0] == "reports"
    assert JOB["artifacts"]["when"] == "on_failure"
    assert JOB["artifacts"]["paths"] == ["reports"]


def test_every_command_of_ours_exists(capsys: pytest.CaptureFixture[str]) -> None:
    """Each that a job calls answers for its help."""
    called = {word for line in LINES for word in re.findall(r"\.venv/bin/drills (\w+)", line)}
    assert called == {"doctor", "heal"}
    for each in called:
        with pytest.raises(SystemExit) as done:
            main([each, "--help"])
        assert done.value.code == 0
    assert capsys.readouterr().out
