"""When the prober itself stood still, so that its silence is not taken for the system's."""

from __future__ import annotations

from drills.journal.facts import ProberStalled
from drills.journal.folder import SAMPLES
from drills.journal.journal import Journal
from drills.journal.samples import read_stalls


def tell_stalls(journal: Journal) -> None:
    """Write each stall into the drill's journal, once the prober has ended."""
    for stall in read_stalls(journal.directory / SAMPLES):
        journal.write(ProberStalled(gap_ns=stall.gap_ns), at_ns=stall.at_ns)
