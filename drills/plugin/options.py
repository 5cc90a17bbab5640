"""The options that begin with ``--drill``, and the settings that they give."""

from __future__ import annotations

import pytest

from drills.config.settings import REQUESTS, Settings, nothing_proven
from drills.errors import PlanError
from drills.units import parse_count, parse_duration

_VALUES = (  # name, default, what the value is, what it does
    (
        "--drill-reports",
        "",
        "DIR",
        "where each drill leaves its directory (default: reports)",
    ),
    (
        *("--drill-patience", "60 s", "TIME"),
        "how long to wait for what a criterion needs to see (default: 60 s)",
    ),
    (
        *("--drill-hold", "2 s", "TIME"),
        "the window in which all must be well to count as steady (default: 2 s)",
    ),
    (
        *("--drill-requests", str(REQUESTS), "N"),
        "how many requests must be due while a fault is in effect (default: 20)",
    ),
    (
        *("--drill-ready", "90 s", "TIME"),
        "how long the stack may take to become ready and steady (default: 90 s)",
    ),
    ("--drill-manifest", "", "FILE", "the stack's manifest (default: compose/drills.toml)"),
    (
        *("--drill-stop-after", "", "TIME"),
        "end a drill that takes longer, whatever bound the manifest sets",
    ),
)
_SWITCHES = (
    ("--drill-no-response", "nobody carries out the runbook's procedure"),
    ("--drill-dry-run", "print the plan of each drill; nothing is touched and no engine needed"),
    ("--drill-remote", "allow a container engine that is not on this machine"),
)
_BOUNDS = {  # setting, and the option that gives it
    "patience": "drill_patience",
    "hold": "drill_hold",
    "requests": "drill_requests",
    "ready_within": "drill_ready",
    "stop_after": "drill_stop_after",
}


def add_options(parser: pytest.Parser) -> None:
    """The options that begin with ``--drill``."""
    group = parser.getgroup("drills", "incident drills")
    for name, default, metavar, text in _VALUES:
        group.addoption(name, default=default, metavar=metavar, help=text)
    for name, text in _SWITCHES:
        group.addoption(name, action="store_true", help=text)
    group.addoption(
        "--drill-allow-unlabelled",
        action="append",
        default=[],
        metavar="NAME",
        help="a container or service that faults may hit without the label of the drill",
    )


def settings_of(config: pytest.Config) -> Settings:
    """The settings that the command line gives. Raises PlanError with every option that is none."""
    bounds, problems = {}, []
    for name, option in _BOUNDS.items():
        text = config.getoption(option)
        if text or name != "stop_after":
            try:
                bounds[name] = _bound(name, text)
            except PlanError as error:
                problems.append(f"--{option.replace('_', '-')}: {error}")
    if problems:
        raise PlanError("\n".join(problems))
    return Settings(
        patience=bounds["patience"],
        hold=bounds["hold"],
        requests=int(bounds["requests"]),
        ready_within=bounds["ready_within"],
        steady_within=bounds["ready_within"],
        stop_after=bounds.get("stop_after"),
        respond=not config.getoption("drill_no_response"),
        allow_remote=config.getoption("drill_remote"),
        unlabelled=tuple(config.getoption("drill_allow_unlabelled")),
    )


def _bound(name: str, text: str) -> float:
    """The value of an option that bounds something. Raises PlanError where it is none."""
    value = parse_count(text) if name == "requests" else parse_duration(text)
    if problem := nothing_proven(name, value, text):
        raise PlanError(problem)
    return value


def count_from_here(config: pytest.Config) -> None:
    """Have paths of the command line count from where the user stands, in each process of xdist."""
    from drills.plugin.places import from_here

    for option in ("drill_reports", "drill_manifest"):
        if chosen := config.getoption(option):
            setattr(config.option, option, str(from_here(config, chosen)))
