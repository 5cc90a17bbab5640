"""What is installed from the wheel: a stranger's drill, in a folder of their own."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from textwrap import dedent

import pytest

from drills.reporting.files import read_result
from tests.foreign.installed import ROOT, Installed
from tests.paper.project import CONFTEST, MET, QUICK

TEAMS_OWN = """
    from pytest_bdd import given

    @given("the ERP is in steady state")
    def _(drill):
        print("THE TEAM'S OWN")
        drill.reach_steady_state()
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A team's folder, with a package called ``steps`` of its own, on a stack on paper."""
    shutil.copytree(ROOT / "tests" / "doubles", tmp_path / "paper" / "tests" / "doubles")
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\npythonpath = paper .\naddopts = --strict-markers\n"
    )
    own = 'pytest_plugins = ["steps.stack"]\n'
    (tmp_path / "conftest.py").write_text(own + dedent(CONFTEST))
    (tmp_path / "steps").mkdir()
    (tmp_path / "steps" / "__init__.py").write_text("")
    (tmp_path / "steps" / "stack.py").write_text(dedent(TEAMS_OWN))
    feature = f"@P2 @read-replica-down\nFeature: The replica\n\n  Scenario: It stops{MET}"
    (tmp_path / "drill.feature").write_text(feature)
    return tmp_path


def test_a_drill_runs_from_the_wheel(installed: Installed, project: Path) -> None:
    """With the sentences of the wheel, of which a team's own goes first; then the commands."""
    done = installed.pytest("-rA", "drill.feature", *QUICK, cwd=project)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "THE TEAM'S OWN" in done.stdout
    assert (project / "reports" / "latest" / "report.html").stat().st_size > 10_000
    for command, said in (("show", "MET  It"), ("judge", "MET  It"), ("verify", "intact")):
        done = installed.run("drills", command, cwd=project)
        assert (done.returncode, said in done.stdout) == (0, True), done.stdout + done.stderr


TOLD = """
import sys
import drills.plugin, drills.steps.stack

print(drills.__file__, drills.steps.stack.__file__, *sys.path, sep="\\n")
"""


def test_it_is_the_wheel_that_runs(installed: Installed, project: Path) -> None:
    """Framework and sentences lie in the environment's own packages, the checkout on no path."""
    done = installed.run("python", "-c", TOLD, cwd=project)
    package, sentences, *path = done.stdout.splitlines()
    assert Path(package) == installed.packages / "drills" / "__init__.py"
    assert Path(sentences) == installed.packages / "drills" / "steps" / "stack.py"
    assert str(ROOT) not in path


def test_the_schema_is_printed(installed: Installed, tmp_path: Path) -> None:
    """The same as the documents have."""
    done = installed.run("drills", "schema", cwd=tmp_path)
    schema = (ROOT / "docs" / "drill.schema.json").read_text("utf-8")
    assert json.loads(done.stdout) == json.loads(schema)


def test_a_manifest_and_features_are_all_that_a_team_needs(
    installed: Installed, tmp_path: Path
) -> None:
    """No conftest, no settings: the plan of the shipped drills, planned elsewhere."""
    shutil.copytree(ROOT / "features", tmp_path / "features")
    shutil.copytree(ROOT / "compose", tmp_path / "compose")
    done = installed.pytest("features", "--drill-dry-run", "-q", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1. stop of postgres-replica (" in done.stdout
    assert not (tmp_path / "reports").exists()


@pytest.mark.engine
def test_a_stranger_s_stack_is_drilled_from_the_wheel(installed: Installed, tmp_path: Path) -> None:
    """A compose project that is none of ours, with a manifest and a feature and nothing else."""
    shutil.copytree(Path(__file__).parent / "bakery", tmp_path / "bakery")
    folder = tmp_path / "bakery"
    arguments = ("bakery.feature:5", "--drill-manifest", "drills.toml", "--drill-reports", "out")
    planned = installed.pytest(*arguments, "--drill-dry-run", cwd=folder)
    assert planned.returncode == 0, planned.stdout + planned.stderr
    done = installed.pytest(*arguments, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    verified = installed.run("drills", "verify", "out/latest", cwd=folder)
    assert (verified.returncode, "intact" in verified.stdout) == (0, True)
    assert read_result((folder / "out" / "latest").resolve()).verdict == "met"
