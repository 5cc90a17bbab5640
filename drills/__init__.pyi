"""What the front door offers, for type checkers; ``_HOMES`` beside it says the same."""

__all__: list[str]

from drills.clock import (
    Clock as Clock,
    SystemClock as SystemClock,
)
from drills.config.document import (
    Manifest as Manifest,
    load as load,
)
from drills.config.settings import (
    Settings as Settings,
)
from drills.errors import (
    BlastRadiusExceeded as BlastRadiusExceeded,
    CriteriaInconclusive as CriteriaInconclusive,
    CriteriaMissed as CriteriaMissed,
    DrillError as DrillError,
    EngineError as EngineError,
    GroundGaveWay as GroundGaveWay,
    InjectionFailed as InjectionFailed,
    JournalError as JournalError,
    Outcome as Outcome,
    PlanError as PlanError,
    Regressed as Regressed,
    ResponseFailed as ResponseFailed,
    RollbackFailed as RollbackFailed,
    StackError as StackError,
    SteadyStateNotReached as SteadyStateNotReached,
    StopConditionMet as StopConditionMet,
    UnknownTarget as UnknownTarget,
    WaitTimeout as WaitTimeout,
)
from drills.faults.application import (
    CertificateExpired as CertificateExpired,
    ConfigurationRefused as ConfigurationRefused,
    CrashLoop as CrashLoop,
    EnvironmentBroken as EnvironmentBroken,
    FileEmptied as FileEmptied,
    FileUnreadable as FileUnreadable,
    SecretRotated as SecretRotated,
    TokenLifetimeCut as TokenLifetimeCut,
    UpstreamWrong as UpstreamWrong,
)
from drills.faults.catalogue import (
    parse_fault as parse_fault,
)
from drills.faults.disk import (
    DiskSlow as DiskSlow,
    InodesUsedUp as InodesUsedUp,
    VolumeFilled as VolumeFilled,
)
from drills.faults.fault import (
    Applied as Applied,
    Colour as Colour,
    Effect as Effect,
    EngineTells as EngineTells,
    Fault as Fault,
    OfContainer as OfContainer,
    Performed as Performed,
    ReadBack as ReadBack,
)
from drills.faults.network import (
    Bandwidth as Bandwidth,
    ConnectionsRefused as ConnectionsRefused,
    ConnectionsReset as ConnectionsReset,
    Latency as Latency,
    LookupsFail as LookupsFail,
    LookupsMisled as LookupsMisled,
    LookupsUnanswered as LookupsUnanswered,
    OneWayPartition as OneWayPartition,
    PacketLoss as PacketLoss,
    Partition as Partition,
    PortTaken as PortTaken,
    SlowAnswers as SlowAnswers,
)
from drills.faults.postgres.access import (
    AccessRejected as AccessRejected,
)
from drills.faults.postgres.lost import (
    PrimaryLost as PrimaryLost,
    ReplicaDataLost as ReplicaDataLost,
)
from drills.faults.postgres.migrations import (
    MigrationMissing as MigrationMissing,
)
from drills.faults.postgres.pages import (
    IndexPageCorrupted as IndexPageCorrupted,
    TablePageCorrupted as TablePageCorrupted,
)
from drills.faults.postgres.replay import (
    ReplayPaused as ReplayPaused,
)
from drills.faults.postgres.roles import (
    ConnectionLimit as ConnectionLimit,
    LoginRefused as LoginRefused,
    PasswordReplaced as PasswordReplaced,
    PasswordRotated as PasswordRotated,
)
from drills.faults.postgres.sessions import (
    ConnectionsLeaked as ConnectionsLeaked,
    LongTransaction as LongTransaction,
    TableLocked as TableLocked,
)
from drills.faults.postgres.settings import (
    CommitsHang as CommitsHang,
    ReplicaCutOff as ReplicaCutOff,
)
from drills.faults.postgres.slots import (
    SlotLeftBehind as SlotLeftBehind,
)
from drills.faults.postgres.tables import (
    ColumnRenamed as ColumnRenamed,
    FlagTurned as FlagTurned,
)
from drills.faults.process import (
    ExitWithCode as ExitWithCode,
    Freeze as Freeze,
    Hang as Hang,
    Kill as Kill,
    Restart as Restart,
    Stop as Stop,
    SuddenDeath as SuddenDeath,
)
from drills.faults.resource import (
    CpuHog as CpuHog,
    CpuQuota as CpuQuota,
    FilesExhausted as FilesExhausted,
    MemoryLeak as MemoryLeak,
    ProcessesExhausted as ProcessesExhausted,
)
from drills.faults.target import (
    BlastRadius as BlastRadius,
    Target as Target,
)
from drills.faults.undo import (
    Operation as Operation,
    Place as Place,
    Undo as Undo,
)
from drills.journal.fact import (
    Fact as Fact,
)
from drills.journal.facts import (
    AddressMoved as AddressMoved,
    Attested as Attested,
    BackedUp as BackedUp,
    BackupRead as BackupRead,
    CommandTried as CommandTried,
    CriterionDeclared as CriterionDeclared,
    CriterionStated as CriterionStated,
    DrillEnded as DrillEnded,
    DrillStarted as DrillStarted,
    EngineClockMeasured as EngineClockMeasured,
    EngineTold as EngineTold,
    ErrorNote as ErrorNote,
    EvidenceKept as EvidenceKept,
    FaultCalled as FaultCalled,
    FaultEffective as FaultEffective,
    FaultFailed as FaultFailed,
    FaultIntended as FaultIntended,
    FinalReadDone as FinalReadDone,
    GroundFailed as GroundFailed,
    LaneStarted as LaneStarted,
    LanesEnded as LanesEnded,
    LedgerAudited as LedgerAudited,
    Note as Note,
    OfInjection as OfInjection,
    PeopleAwaited as PeopleAwaited,
    Phase as Phase,
    ProberStalled as ProberStalled,
    ReplicaPromoted as ReplicaPromoted,
    ResponseAborted as ResponseAborted,
    ResponseEnded as ResponseEnded,
    ResponseStarted as ResponseStarted,
    ResponseStep as ResponseStep,
    RestoreBegun as RestoreBegun,
    Sealed as Sealed,
    SeriesStarted as SeriesStarted,
    Signal as Signal,
    StackDown as StackDown,
    StackLeft as StackLeft,
    StackReady as StackReady,
    SteadyMissed as SteadyMissed,
    SteadyReached as SteadyReached,
    StepDone as StepDone,
    StepPassed as StepPassed,
    StillOpen as StillOpen,
    Stopped as Stopped,
    UndoCalled as UndoCalled,
    UndoFailed as UndoFailed,
    UndoVerified as UndoVerified,
)
from drills.journal.journal import (
    Journal as Journal,
    read_timeline as read_timeline,
)
from drills.journal.sample import (
    Sample as Sample,
)
from drills.journal.timeline import (
    Event as Event,
    Kind as Kind,
    Timeline as Timeline,
)
from drills.judgement.claims import (
    at_least as at_least,
    at_most as at_most,
    available as available,
    exactly as exactly,
    within as within,
)
from drills.judgement.criterion import (
    Comparator as Comparator,
    Criterion as Criterion,
    Priority as Priority,
    Unit as Unit,
    parse_limit as parse_limit,
)
from drills.judgement.judge import (
    judge_directory as judge_directory,
)
from drills.judgement.metric import (
    Metric as Metric,
    Observations as Observations,
    Settles as Settles,
)
from drills.judgement.metrics import (
    metric as metric,
)
from drills.judgement.result import (
    DrillResult as DrillResult,
)
from drills.judgement.verdict import (
    Measured as Measured,
    Unmeasured as Unmeasured,
    Verdict as Verdict,
)
from drills.lifecycle.exercise import (
    Exercise as Exercise,
)
from drills.reporting.files import (
    read_result as read_result,
    write_report as write_report,
)
from drills.reporting.verify import (
    verify as verify,
)
from drills.runbook.action import (
    Action as Action,
)
from drills.runbook.policy import (
    Severity as Severity,
)
from drills.stack.runtime import (
    Container as Container,
    ContainerState as ContainerState,
    EngineEvent as EngineEvent,
    EngineEvents as EngineEvents,
    Runtime as Runtime,
    Stack as Stack,
)
from drills.units import (
    Interval as Interval,
    parse_count as parse_count,
    parse_duration as parse_duration,
    parse_ratio as parse_ratio,
    parse_size as parse_size,
)
from drills.wait import (
    Watcher as Watcher,
    until as until,
)
