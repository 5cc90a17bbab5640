"""Incident drills: break one thing on purpose, measure what happens, undo it, judge it.

This is the front door for whoever writes steps, faults, metrics, stacks or tools: what they need is
a name of this package, and is loaded when it is first asked for. The public fakes for tests are in
``drills.testing``. Everything else is a room of the house (``docs/architecture.md``) and may move.
"""

from __future__ import annotations

from importlib import import_module

_HOMES = {
    "clock": "Clock SystemClock",
    "errors": """
        BlastRadiusExceeded CriteriaInconclusive CriteriaMissed DrillError EngineError
        GroundGaveWay InjectionFailed JournalError Outcome PlanError Regressed ResponseFailed
        RollbackFailed StackError SteadyStateNotReached StopConditionMet UnknownTarget
        WaitTimeout""",
    "units": "Interval parse_count parse_duration parse_ratio parse_size",
    "wait": "Watcher until",
    "journal.fact": "Fact",
    "journal.facts": """
        AddressMoved Attested BackedUp BackupRead CommandTried CriterionDeclared CriterionStated
        DrillEnded DrillStarted EngineClockMeasured EngineTold ErrorNote EvidenceKept FaultCalled
        FaultEffective FaultFailed FaultIntended FinalReadDone GroundFailed LaneStarted LanesEnded
        LedgerAudited Note OfInjection PeopleAwaited Phase ProberStalled ReplicaPromoted
        ResponseAborted ResponseEnded ResponseStarted ResponseStep RestoreBegun Sealed
        SeriesStarted Signal StackDown StackLeft StackReady SteadyMissed SteadyReached StepDone
        StepPassed StillOpen Stopped UndoCalled UndoFailed UndoVerified""",
    "journal.journal": "Journal read_timeline",
    "journal.sample": "Sample",
    "journal.timeline": "Event Kind Timeline",
    "stack.runtime": "Container ContainerState EngineEvent EngineEvents Runtime Stack",
    "faults.application": """
        CertificateExpired ConfigurationRefused CrashLoop EnvironmentBroken FileEmptied
        FileUnreadable SecretRotated TokenLifetimeCut UpstreamWrong""",
    "faults.catalogue": "parse_fault",
    "faults.disk": "DiskSlow InodesUsedUp VolumeFilled",
    "faults.fault": "Applied Colour Effect EngineTells Fault OfContainer Performed ReadBack",
    "faults.network": """
        Bandwidth ConnectionsRefused ConnectionsReset Latency LookupsFail LookupsMisled
        LookupsUnanswered OneWayPartition PacketLoss Partition PortTaken
        SlowAnswers""",
    "faults.postgres.access": "AccessRejected",
    "faults.postgres.lost": "PrimaryLost ReplicaDataLost",
    "faults.postgres.migrations": "MigrationMissing",
    "faults.postgres.pages": "IndexPageCorrupted TablePageCorrupted",
    "faults.postgres.replay": "ReplayPaused",
    "faults.postgres.roles": "ConnectionLimit LoginRefused PasswordReplaced PasswordRotated",
    "faults.postgres.sessions": "ConnectionsLeaked LongTransaction TableLocked",
    "faults.postgres.settings": "CommitsHang ReplicaCutOff",
    "faults.postgres.slots": "SlotLeftBehind",
    "faults.postgres.tables": "ColumnRenamed FlagTurned",
    "faults.process": "ExitWithCode Freeze Hang Kill Restart Stop SuddenDeath",
    "faults.resource": "CpuHog CpuQuota FilesExhausted MemoryLeak ProcessesExhausted",
    "faults.target": "BlastRadius Target",
    "faults.undo": "Operation Place Undo",
    "runbook.action": "Action",
    "runbook.policy": "Severity",
    "judgement.claims": "at_least at_most available exactly within",
    "judgement.criterion": "Comparator Criterion Priority Unit parse_limit",
    "judgement.judge": "judge_directory",
    "judgement.metric": "Metric Observations Settles",
    "judgement.metrics": "metric",
    "judgement.result": "DrillResult",
    "judgement.verdict": "Measured Unmeasured Verdict",
    "reporting.files": "read_result write_report",
    "reporting.verify": "verify",
    "config.document": "Manifest load",
    "config.settings": "Settings",
    "lifecycle.exercise": "Exercise",
}
_HOME_OF = {name: f"drills.{home}" for home, names in _HOMES.items() for name in names.split()}

# Classes, then functions, each by its letters.
__all__ = sorted(_HOME_OF, key=lambda name: (not name[0].isupper(), name))  # noqa: PLE0605


def __getattr__(name: str) -> object:
    """What the front door offers, from the room that it lies in."""
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
    found = globals()[name] = getattr(import_module(home), name)
    return found


def __dir__() -> list[str]:
    """The names that it offers, and those of any package."""
    return sorted({*globals(), *__all__})
