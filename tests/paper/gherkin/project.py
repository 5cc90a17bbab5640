"""A throw-away project with feature files, run by a pytest that has this plugin only."""

from __future__ import annotations

from textwrap import dedent

import pytest

STEPS = """
    import pytest
    from pytest_bdd import given, parsers, then, when

    @given("a system")
    def _(): pass

    @when(parsers.parse('the "{service}" service suffers {fault}'))
    def _(service, fault): print(f"{service} suffered {fault}")

    @then("it works")
    def _(): pass

    @then("it breaks")
    def _(): raise RuntimeError("it broke")
"""

FEATURE = """\
@P2 @read-replica-down
Feature: The replica

  Background:
    Given a system

  @stops
  Scenario: It stops
    Words about it.
    When the "db" service suffers stop
    Then it works

  # The others are alike.
  Scenario Outline: It suffers <fault>
    When the "db" service suffers <fault>
    Then it works

    Examples:
      | fault  |
      | kill   |
      | Größe  |

    @slow @severity:P3
    Examples:
      | fault  |
      | freeze |

  @ruled
  Rule: Some break

    Scenario: It breaks
      When the "db" service suffers all
      Then it breaks
      And it works
"""

IDS = [
    "features/replica.feature::It stops",
    "features/replica.feature::It suffers <fault>[kill]",
    r"features/replica.feature::It suffers <fault>[Gr\xf6\xdfe]",
    "features/replica.feature::It suffers <fault>[freeze]",
    "features/replica.feature::It breaks",
]

# Without the entry point: what is tested here is this part of the plugin alone. The others are
# left out because each run in this process would import them again.
WITHOUT = ("no:drills", "no:hypothesispytest", "no:anyio")
PLUGINS = [part for name in (*WITHOUT, "drills.plugin.gherkin") for part in ("-p", name)]


class Project:
    """Writes files and runs pytest on them in this process."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester
        self.steps(STEPS)

    def write(self, path: str, text: str) -> None:
        target = self.pytester.path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(dedent(text), encoding="utf-8")

    def steps(self, text: str) -> None:
        """The root conftest, step functions included."""
        self.write("conftest.py", text)

    def more_steps(self, text: str) -> None:
        self.steps(dedent(STEPS) + dedent(text))

    def feature(self, text: str = FEATURE, name: str = "replica") -> str:
        """Write a feature file and return its path."""
        self.write(f"features/{name}.feature", text)
        return f"features/{name}.feature"

    def run(self, *args: str) -> pytest.RunResult:
        return self.pytester.runpytest_inprocess(*PLUGINS, *args)

    def ids(self, *args: str) -> list[str]:
        """The ids that ``pytest --collect-only -q`` prints."""
        return [line for line in self.run("--collect-only", "-q", *args).outlines if "::" in line]

    def items(self, *args: str) -> list[pytest.Item]:
        """The collected items."""
        return self.pytester.inline_genitems(*PLUGINS, *args)[0]
