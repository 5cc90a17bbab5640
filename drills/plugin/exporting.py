"""What a run tells other programs when it is over: files that were asked for, and its CI."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import pytest

from drills.config.exports import OPTION, said
from drills.errors import DrillError, PlanError
from drills.plugin.places import from_here, manifest_path
from drills.reporting.cleansing import clean_line
from drills.reporting.exports import summary
from drills.reporting.exports.annotations import render as annotated
from drills.reporting.exports.run import Failure, Finished, Run
from drills.reporting.exports.target import OFF, Target, targets_of, write
from drills.reporting.files import read_result

Report = pytest.TestReport | pytest.CollectReport
ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


@dataclass(slots=True)
class Exported:
    """Lines for the terminal, and whether every file that was asked for is there."""

    lines: list[str] = field(default_factory=list)
    whole: bool = True

    def missing(self, error: DrillError) -> None:
        """A file is not there."""
        self.lines += [f"NOT EXPORTED: {clean_line(line)}" for line in str(error).splitlines()]
        self.whole = False


def export(
    config: pytest.Config, directories: Sequence[Path], failed: Sequence[Report], left: list[str]
) -> Exported:
    """Write what is asked for, and tell CI what it shows by itself."""
    exported = Exported()
    run = run_of(config, directories, failed, left)
    texts, folder = wanted(config)
    try:
        targets = targets_of(texts, folder)
    except PlanError as error:
        exported.missing(error)
        targets = []
    for target in targets:
        _write(target, run, exported)
    if OFF not in texts:
        exported.lines += told_to_ci(run, os.environ)
    return exported


def _write(target: Target, run: Run, exported: Exported) -> None:
    try:
        write(target, run)
    except DrillError as error:
        exported.missing(error)


def wanted(config: pytest.Config) -> tuple[Sequence[str], Path]:
    """What is asked for, and the folder from which its paths count.

    An option goes before the variable, and that before the manifest, of which paths count from
    pytest's root. What is wrong in a manifest is told by its drills.
    """
    given = said(config.getoption(OPTION), os.environ)
    if given is not None:
        return given, from_here(config, ".")
    with suppress(PlanError):
        from drills.config.document import load

        return load(manifest_path(config)).export, config.rootpath
    return (), config.rootpath


def told_to_ci(run: Run, environment: Mapping[str, str]) -> list[str]:
    """Lines for the terminal: those that GitHub reads, and what could not be told elsewhere."""
    told: list[str] = []
    if path := environment.get("GITHUB_STEP_SUMMARY"):
        told += _tried("summary", lambda: _appended(Path(path), run))
    if environment.get("GITHUB_ACTIONS") == "true":
        told += _tried("annotations", lambda: annotated(run).splitlines())
    if any(environment.get(name) for name in ENDPOINTS):
        told += _tried("spans", lambda: _traced(run, environment))
    return told


def _tried(what: str, tell: Callable[[], Iterable[str]]) -> list[str]:
    """What it says; nobody asked for it by name, so it costs nothing but a line where it fails."""
    try:
        return list(tell())
    except Exception as error:  # noqa: BLE001 - the drills are judged, whatever it is
        return [f"no {what}: {type(error).__name__}: {clean_line(str(error))}"]


def _appended(path: Path, run: Run) -> Iterator[str]:
    """Add the summary to what others wrote there; it may hold so much in all."""
    there = path.stat().st_size if path.exists() else 0
    text = summary.render(run, summary.LIMIT - there)
    with path.open("ab") as file:
        file.write(text.encode("utf-8", "replace"))
    if not text:
        yield f"no summary: {path} holds {there} bytes already"


def _traced(run: Run, environment: Mapping[str, str]) -> Iterator[str]:
    """Send spans, where OpenTelemetry is there and is not told to be silent."""
    silent = environment.get("OTEL_SDK_DISABLED", "").lower() == "true"
    if silent or environment.get("OTEL_TRACES_EXPORTER") == "none":
        return
    if not (find_spec("opentelemetry") and find_spec("opentelemetry.sdk")):
        yield "no spans: pip install 'incident-drills[otel]' brings what sends them"
        return
    from drills.reporting.exports.spans import send

    if why := send(run):
        yield f"no spans: {clean_line(why)}"


# What a run was


def run_of(
    config: pytest.Config, directories: Sequence[Path], failed: Sequence[Report], left: list[str]
) -> Run:
    """The drills of a run, and what failed in it that no result tells."""
    drills, unread = [], []
    for directory in directories:
        try:
            drills.append(Finished(result=read_result(directory), directory=directory))
        except DrillError as error:
            unread.append(Failure(name=directory.name, reason=str(error)))
    unmet = {str(each.directory) for each in drills if not each.met}
    silent = [_failure(each) for each in failed if _drill_of(each) not in unmet]
    top = os.environ.get("GITHUB_WORKSPACE") or os.environ.get("CI_PROJECT_DIR")
    return Run(
        drills=tuple(drills),
        failures=(*unread, *silent, *_left(left)),
        root=config.rootpath,
        here=from_here(config, "."),
        checkout=Path(top) if top else None,
    )


def _drill_of(report: Report) -> str:
    """The directory of the drill that a report is of; "" where there was none."""
    return str(dict(getattr(report, "user_properties", ())).get("drill", ""))


def _failure(report: Report) -> Failure:
    """A scenario that failed and has no drill that tells it; pytest counts lines from 0."""
    feature, _, name = report.nodeid.partition("::")
    path, line, _ = getattr(report, "location", None) or (feature, None, "")
    text = str(report.longrepr).strip() or "it failed"
    return Failure(
        name=name or feature,
        reason=text,
        feature=feature or path,
        line=0 if line is None else line + 1,
    )


def _left(texts: Iterable[str]) -> Iterator[Failure]:
    for text in texts:
        yield Failure(name="left behind", reason=text)
