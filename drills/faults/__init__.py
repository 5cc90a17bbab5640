"""The faults that drills inject, one family a module."""

from drills.faults.application import (
    CertificateExpired,
    ConfigurationRefused,
    CrashLoop,
    EnvironmentBroken,
    FileEmptied,
    FileUnreadable,
    SecretRotated,
    TokenLifetimeCut,
    UpstreamWrong,
)
from drills.faults.disk import (
    DiskSlow,
    InodesUsedUp,
    VolumeFilled,
)
from drills.faults.network import (
    Bandwidth,
    ConnectionsRefused,
    ConnectionsReset,
    Latency,
    LookupsFail,
    LookupsMisled,
    LookupsUnanswered,
    OneWayPartition,
    PacketLoss,
    Partition,
    PortTaken,
    SlowAnswers,
)
from drills.faults.postgres.access import (
    AccessRejected,
)
from drills.faults.postgres.lost import (
    PrimaryLost,
    ReplicaDataLost,
)
from drills.faults.postgres.migrations import (
    MigrationMissing,
)
from drills.faults.postgres.pages import (
    IndexPageCorrupted,
    TablePageCorrupted,
)
from drills.faults.postgres.replay import (
    ReplayPaused,
)
from drills.faults.postgres.roles import (
    ConnectionLimit,
    LoginRefused,
    PasswordReplaced,
    PasswordRotated,
)
from drills.faults.postgres.sessions import (
    ConnectionsLeaked,
    LongTransaction,
    TableLocked,
)
from drills.faults.postgres.settings import (
    CommitsHang,
    ReplicaCutOff,
)
from drills.faults.postgres.slots import (
    SlotLeftBehind,
)
from drills.faults.postgres.tables import (
    ColumnRenamed,
    FlagTurned,
)
from drills.faults.process import (
    ExitWithCode,
    Freeze,
    Hang,
    Kill,
    Restart,
    Stop,
    SuddenDeath,
)
from drills.faults.resource import (
    CpuHog,
    CpuQuota,
    FilesExhausted,
    MemoryLeak,
    ProcessesExhausted,
)

__all__ = [
    "AccessRejected",
    "Bandwidth",
    "CertificateExpired",
    "ColumnRenamed",
    "CommitsHang",
    "ConfigurationRefused",
    "ConnectionLimit",
    "ConnectionsLeaked",
    "ConnectionsRefused",
    "ConnectionsReset",
    "CpuHog",
    "CpuQuota",
    "CrashLoop",
    "DiskSlow",
    "EnvironmentBroken",
    "ExitWithCode",
    "FileEmptied",
    "FileUnreadable",
    "FilesExhausted",
    "FlagTurned",
    "Freeze",
    "Hang",
    "IndexPageCorrupted",
    "InodesUsedUp",
    "Kill",
    "Latency",
    "LoginRefused",
    "LongTransaction",
    "LookupsFail",
    "LookupsMisled",
    "LookupsUnanswered",
    "MemoryLeak",
    "MigrationMissing",
    "OneWayPartition",
    "PacketLoss",
    "Partition",
    "PasswordReplaced",
    "PasswordRotated",
    "PortTaken",
    "PrimaryLost",
    "ProcessesExhausted",
    "ReplayPaused",
    "ReplicaCutOff",
    "ReplicaDataLost",
    "Restart",
    "SecretRotated",
    "SlotLeftBehind",
    "SlowAnswers",
    "Stop",
    "SuddenDeath",
    "TableLocked",
    "TablePageCorrupted",
    "TokenLifetimeCut",
    "UpstreamWrong",
    "VolumeFilled",
]
