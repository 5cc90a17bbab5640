"""What would pass over a drill's failure: marks and plugins that make a red test a green one.

A drill that was missed, lost data or left a fault behind is red whoever expected it. Leaving a
drill out (``skip``) is no such thing: pytest shows it as skipped.
"""

from __future__ import annotations

import pytest

from drills.plugin.gherkin import scenario_of

UNMET: pytest.StashKey[dict[str, bool]] = pytest.StashKey()
_XPASS = "[XPASS(strict)]"  # how pytest begins to say that a test was expected to fail
_TOLD = (
    "a drill's outcome is never passed over: the mark xfail, or what a plugin makes of a failure, "
    "has no say here"
)
_NOT_RUN = (
    "a drill that xfail keeps from being run, or ends, is not passed over. "
    "Hint: the mark skip leaves a drill out, for all to see"
)


def drills(item: pytest.Item) -> bool:
    """Whether the item is a scenario with a drill."""
    if scenario_of(item) is None:
        return False
    from drills.plugin.gherkin.definitions import asked_of

    return "drill" in asked_of(item)


def unmasked(report: pytest.TestReport, raised: pytest.ExceptionInfo[BaseException] | None) -> None:
    """Give a phase of a drill's test the outcome that it had: what it raised fails it.

    ``raised`` is what the phase raised. Other plugins' failures of a phase that raised nothing
    stay, but for one because it was expected to fail.
    """
    expected_to_fail = str(report.longrepr or "").startswith(_XPASS)
    if raised is None and (hasattr(report, "wasxfail") or expected_to_fail):
        report.outcome, report.longrepr = "passed", None
    elif raised is not None and not isinstance(raised.value, pytest.skip.Exception):
        if report.outcome != "failed":
            report.sections.append(("Drill", _TOLD))
        report.outcome = "failed"
        if isinstance(raised.value, pytest.xfail.Exception):
            report.longrepr = f"E   {raised.value}\nE   {_NOT_RUN}"
    if hasattr(report, "wasxfail"):
        del report.wasxfail


def exit_status(session: pytest.Session, inconclusive: int) -> int:
    """The run's exit status; never 0 where a drill's last attempt was not met.

    That happens where a step leaves the run by ``pytest.exit`` with 0, say. It is ``inconclusive``
    where each such drill is worth another try, else 1.
    """
    unmet = session.config.stash[UNMET]
    if session.exitstatus != pytest.ExitCode.OK or not unmet:
        return session.exitstatus
    return inconclusive if all(unmet.values()) else pytest.ExitCode.TESTS_FAILED
