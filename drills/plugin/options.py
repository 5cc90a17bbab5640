"""The options that begin with ``--drill``, and the settings that they give."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from drills.errors import PlanError

if TYPE_CHECKING:
    from drills.config.settings import Settings

_VALUES = (  # name, default, what the value is, what it does
    (
        "--drill-reports",
        "",
        "DIR",
        "where each drill leaves its directory (default: reports)",
    ),
    (
        *("--drill-patience", None, "TIME"),
        "how long to wait for what a criterion needs to see (default: 60 s)",
    ),
    (
        *("--drill-hold", None, "TIME"),
        "the window in which all must be well to count as steady (default: 2 s)",
    ),
    (
        *("--drill-requests", None, "N"),
        "how many requests must be due while a fault is in effect (default: 20)",
    ),
    (
        *("--drill-ready", None, "TIME"),
        "how long the stack may take to become ready and steady (default: 90 s)",
    ),
    (
        *("--drill-people", None, "TIME"),
        "how long to wait for people in a step that only they can do (default: not at all)",
    ),
    (
        *("--drill-notify", None, "on|off"),
        "whether people are sent messages, where they are due (default: on)",
    ),
    (
        *("--drill-fail-on", None, "regression|nothing"),
        "what else fails a run: that a drill is worse than earlier ones (default: nothing)",
    ),
    (
        "--drill-manifest",
        "",
        "FILE",
        "what is said of the stack (default: drills.toml or [tool.drills], see docs)",
    ),
    (
        *("--drill-attach", "", "PROJECT"),
        "visit this compose project, which runs already; it is left as it was",
    ),
    (
        *("--drill-stop-after", None, "TIME"),
        "end a drill that takes longer, whatever bound the manifest sets",
    ),
)
_BOUNDING = (  # each bounds something
    *("drill_patience", "drill_hold", "drill_requests"),
    *("drill_ready", "drill_stop_after", "drill_people"),
)
_SWITCHES = (
    ("--drill-no-response", "nobody carries out the runbook's procedure"),
    ("--drill-dry-run", "print the plan of each drill; nothing is touched and no engine needed"),
    ("--drill-remote", "allow a container engine that is not on this machine"),
)
_NOTIFY, _FAIL_ON = "drill_notify", "drill_fail_on"


def add_options(parser: pytest.Parser) -> None:
    """The options that begin with ``--drill``."""
    group = parser.getgroup("drills", "incident drills")
    for name, default, metavar, text in _VALUES:
        group.addoption(name, default=default, metavar=metavar, help=text)
    for name, text in _SWITCHES:
        group.addoption(name, action="store_true", help=text)
    group.addoption(
        "--drill-export",
        action="append",
        default=[],
        metavar="NAME=PATH",
        help="also write the drills of the run as ctrf, cucumber, ... (`drills export`); or off",
    )
    group.addoption(
        "--drill-allow-unlabelled",
        action="append",
        default=[],
        metavar="NAME",
        help="a container or service that faults may hit without the label of the drill",
    )


def check(config: pytest.Config) -> None:
    """Raise PlanError with every option or variable that bounds something and does not."""
    options = (*_BOUNDING, _NOTIFY, _FAIL_ON)
    before = _NOTIFY.upper().replace("DRILL", "DRILLS")  # see config/renamed
    named = (*map(str.upper, options), before)
    given = [*map(config.getoption, options), *map(os.environ.get, named)]
    if any(each is not None for each in given):
        settings_of(config)
    if config.getoption("drill_export") or os.environ.get("DRILL_EXPORT"):
        from drills.config import exports

        exports.check(config.getoption("drill_export"), os.environ)


def settings_of(config: pytest.Config) -> Settings:
    """The settings that the command line gives, and else the environment (``DRILL_PATIENCE``).

    Raises PlanError with every one that is none.
    """
    from drills.config.settings import BOUNDS, Settings, bounds_of, fails_on, notifies, variable_of

    options = {name: variable_of(option).lower() for name, option in BOUNDS.items()}
    given = {name: config.getoption(option) for name, option in options.items()}
    bounds: dict[str, Any] = {}
    switches: dict[str, bool] = {}
    problems = []
    try:
        bounds, _ = bounds_of(given, os.environ)
    except PlanError as error:
        problems.append(str(error))
    asked: tuple[tuple[str, Callable[[], bool]], ...] = (
        ("notify", lambda: notifies(config.getoption(_NOTIFY))),
        ("fail_on_regression", lambda: fails_on(config.getoption(_FAIL_ON), os.environ)),
    )
    for name, answer in asked:
        try:
            switches[name] = answer()
        except PlanError as error:
            problems.append(str(error))
    if problems:
        raise PlanError("\n".join(problems))
    chosen = replace(
        Settings(),
        **bounds,
        **switches,
        respond=not config.getoption("drill_no_response"),
        allow_remote=config.getoption("drill_remote"),
        unlabelled=tuple(config.getoption("drill_allow_unlabelled")),
    )
    return replace(chosen, steady_within=chosen.ready_within)


def count_from_here(config: pytest.Config) -> None:
    """Have paths of the command line count from where the user stands, in each process of xdist."""
    for option in ("drill_reports", "drill_manifest"):
        if chosen := config.getoption(option):
            from drills.plugin.places import from_here

            setattr(config.option, option, str(from_here(config, chosen)))
