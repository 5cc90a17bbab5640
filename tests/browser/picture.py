"""The picture of a report for the README: ``python -m tests.browser.picture report.html out.png``.

Shows the report from its top to the end of the chart.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.browser.chromium import Chromium


def main(report: str, picture: str) -> None:
    """Open the report in a window of 1280 pixels and keep what is seen."""
    with Chromium() as browser:
        browser.show(Path(report), 1280)
        Path(picture).write_bytes(browser.picture(until="#chart .legend"))


if __name__ == "__main__":
    main(*sys.argv[1:])
