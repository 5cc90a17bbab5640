"""What is known of the process of a drill that somebody looks at."""

from __future__ import annotations

import json
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from drills.lifecycle.watchdog import registry
from drills.lifecycle.watchdog.fate import Fate, entry_of, fate, of_this_boot
from tests.doubles.dead import DRILL
from tests.doubles.processes import Child

RUNS = """
    import signal, sys
    from pathlib import Path
    from drills.lifecycle.watchdog import registry

    held = registry.register(sys.argv[2], Path(sys.argv[1]), f"drill-{sys.argv[2]}")
    say("entered")
    signal.pause()
"""


def test_it_runs_until_it_is_killed_and_is_healed_by_who_claims_it(tmp_path: Path) -> None:
    """The lock tells, and whose it is."""
    with Child(RUNS, tmp_path, DRILL) as child:
        child.hears("entered")
        assert fate(DRILL, tmp_path) is Fate.RUNS
        assert of_this_boot(DRILL, tmp_path)
        child.kill(signal.SIGKILL)
    assert fate(DRILL, tmp_path) is Fate.DIED
    entry = entry_of(DRILL, tmp_path)
    assert entry is not None
    claim = registry.claim(entry, within=10)
    assert claim is not None
    assert fate(DRILL, tmp_path) is Fate.HEALED
    claim.remove()
    assert fate(DRILL, tmp_path) is Fate.UNKNOWN
    assert not of_this_boot(DRILL, tmp_path)


@pytest.mark.parametrize("drill", ["nobodys", "../state/x", "", "none"])
def test_what_is_entered_nowhere_is_not_known(drill: str, tmp_path: Path) -> None:
    """It may be another machine's; an id that is none is looked up nowhere."""
    assert fate(drill, tmp_path) is Fate.UNKNOWN


def test_the_entry_of_another_folder_is_not_the_drills(tmp_path: Path) -> None:
    """A copy of a drill's folder does not run."""
    held = registry.register(DRILL, tmp_path / "own", f"drill-{DRILL}")
    try:
        assert entry_of(DRILL, tmp_path / "own") is not None
        assert entry_of(DRILL, tmp_path / "copy") is None
    finally:
        held.remove()


def test_a_free_lock_of_another_boot_proves_nothing(tmp_path: Path) -> None:
    """The state directory may lie on a network."""
    held = registry.register(DRILL, tmp_path, f"drill-{DRILL}")
    held.release()
    entry = replace(held.entry, boot="another")
    entry.path.write_text(json.dumps({**json.loads(entry.path.read_text()), "boot": "another"}))
    assert fate(DRILL, tmp_path) is Fate.UNKNOWN
    assert not of_this_boot(DRILL, tmp_path)
