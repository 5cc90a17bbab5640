"""Fakes for tests of faults, responders and whole drills, without an engine and without waiting.

    clock = ManualClock()
    runtime = FakeRuntime(clock, {"app": 2, "replica": 1})
    events = runtime.events()
    runtime.stop(runtime.find("replica"), grace=1)
    assert [event.action for event in events.since(0)[0]] == ["kill", "die", "stop"]

They obey the rules of a real engine, held by the contract tests that run against both: which
action is refused in which state, which is a no-op, which events it leaves. What a test wants to go
wrong is scripted: ``fail_next``, ``ignore_next``, ``vanish``, ``die``, ``deaf``, ``break_events``.
"""

from drills.testing.fake_calls import Call, Spawned
from drills.testing.fake_commands import FakeList
from drills.testing.fake_configuration import FakeConfiguration
from drills.testing.fake_database import FakeDatabase
from drills.testing.fake_disks import FakeDisks
from drills.testing.fake_events import FakeEngineEvents
from drills.testing.fake_folders import FakeFolders
from drills.testing.fake_inbox import FakeInbox
from drills.testing.fake_limits import FakeLimits
from drills.testing.fake_links import FakeLinks
from drills.testing.fake_postgres import FakePostgres
from drills.testing.fake_processes import FakeProcesses
from drills.testing.fake_runtime import FakeRuntime
from drills.testing.fake_stack import FakeStack
from drills.testing.fake_volumes import FakeVolumes
from drills.testing.manual_clock import ManualClock

__all__ = [
    "Call",
    "FakeConfiguration",
    "FakeDatabase",
    "FakeDisks",
    "FakeEngineEvents",
    "FakeFolders",
    "FakeInbox",
    "FakeLimits",
    "FakeLinks",
    "FakeList",
    "FakePostgres",
    "FakeProcesses",
    "FakeRuntime",
    "FakeStack",
    "FakeVolumes",
    "ManualClock",
    "Spawned",
]
