"""What pytest's own JUnit XML says of a drill that proved nothing: an error, and no failure."""

from __future__ import annotations

import pytest
from _pytest.junitxml import xml_key

UNPROVEN = ("inconclusive", "not assessed")
VERDICT = "drill-verdict"  # the property of a test that holds its drill's verdict


def tell_unproven(config: pytest.Config, report: pytest.TestReport) -> None:
    """Have a drill that is inconclusive stand in the file as an error, with the reason.

    pytest has just written it as a failure, which a criterion that was missed is. Whatever of its
    file is not as it was when this was written leaves a failure: it is not green either way.
    """
    xml = config.stash.get(xml_key, None)
    if xml is None or dict(report.user_properties).get(VERDICT) not in UNPROVEN:
        return
    for node in getattr(xml.node_reporter(report), "nodes", ()):
        if node.tag == "failure":
            node.tag = "error"
            xml.stats["failure"] -= 1
            xml.add_stats("error")
