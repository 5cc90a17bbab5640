"""What is told of a drill as a whole: that it began and ended, its phases, what it declared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from drills.clock import Anchor
from drills.journal.fact import Fact
from drills.journal.timeline import Json, Kind


@dataclass(frozen=True, kw_only=True)
class _Anchored(Fact):
    """A fact that was told with both clocks as they were then, at most ``error_ns`` apart."""

    wall_ns: int = 0
    error_ns: int = 0

    @property
    def anchor(self) -> Anchor:
        """Both clocks."""
        return Anchor(self.at_ns, self.wall_ns, self.error_ns)


@dataclass(frozen=True, kw_only=True)
class DrillStarted(_Anchored):
    """A drill began: its scenario, its incident, where it runs, and what it goes by.

    ``hold_s`` is the hold window in seconds, ``requests`` how many must be due in a fault, ``stop``
    the stop conditions. With ``policy`` it says what of the team's runbook it is judged by:
    ``severities`` are all there are, ``response_limit_s`` is the severity's own, ``roles`` has who
    takes each role that the record names, ``fills`` who fills in which of its fields,
    ``record_owners`` and ``record_within`` who sees to what is to be done afterwards, and within
    what time, ``record_template`` the name of the team's own template. With ``names_told`` it says
    in ``told_by`` what tells somebody of an incident, by detector: {} where nothing does.
    ``feature_name`` is what the feature is called, ``line`` that of the scenario or of its row,
    ``example`` that row by its values.
    ``calibration`` says how exact times are on this machine, or that nobody knows.
    ``writes`` is the journey whose writes are counted, ``primary`` and ``replicas`` are the
    databases that are read in the end, ``data_service`` serves them. ``attached`` is the team's own
    project that the drill visits, "" where it has a stack of its own.
    """

    kind = Kind.DRILL_STARTED
    id: str = ""
    schema: int = 1
    incident_id: str = ""
    feature: str = ""
    scenario: str = ""
    steps: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    host: str = ""
    calibration: str = ""
    git: str = ""
    severity: str = ""
    incident: str = ""
    incident_title: str = ""
    alerts: tuple[str, ...] = ()
    unhealthy: tuple[str, ...] = ()
    impact: tuple[str, ...] = ()
    affected: tuple[str, ...] = ()
    record_impacts: tuple[str, ...] = ()
    record_services: tuple[str, ...] = ()
    policy: bool = False
    severities: tuple[str, ...] = ()
    response_limit_s: float = 0.0
    record_required: tuple[str, ...] = ()
    record_ticks: Mapping[str, str] = field(default_factory=dict)
    record_after: tuple[str, ...] = ()
    record_owners: Mapping[str, str] = field(default_factory=dict)
    record_within: Mapping[str, str] = field(default_factory=dict)
    record_template: str = ""
    roles: Mapping[str, str] = field(default_factory=dict)
    fills: Mapping[str, str] = field(default_factory=dict)
    otherwise: str = ""
    workaround: str = ""
    prevention: tuple[str, ...] = ()
    names_told: bool = False
    told_by: Mapping[str, str] = field(default_factory=dict)
    primary: str = ""
    writes: str = ""
    replicas: tuple[str, ...] = ()
    data_service: str = ""
    hold_s: float = 2.0
    requests: int = 0
    stop: Mapping[str, Json] = field(default_factory=dict)
    attached: str = ""
    feature_name: str = ""
    line: int = 0
    example: str = ""

    def words(self) -> str:
        """That it began."""
        return f"drill {self.id} began"


@dataclass(frozen=True, kw_only=True)
class DrillEnded(_Anchored):
    """A drill came to its end (``completed``), or was ended before it (``aborted``) and why."""

    kind = Kind.DRILL_ENDED
    status: str
    reason: str = ""

    def words(self) -> str:
        """How it ended."""
        return f"drill {self.status}" + (f": {self.reason}" if self.reason else "")


LETTING_LAST = "letting the fault last"  # begins the text of a phase in which only time passes


@dataclass(frozen=True, kw_only=True)
class Phase(Fact):
    """What a drill turned to."""

    kind = Kind.PHASE
    phase: str


@dataclass(frozen=True, kw_only=True)
class StepPassed(Fact):
    """A sentence that stands for itself was passed: it declares no criterion that is known."""

    kind = Kind.STEP
    sentence: str

    def words(self) -> str:
        """That it was."""
        return f"{self.sentence} passed"


@dataclass(frozen=True, kw_only=True)
class StepDone(Fact):
    """What became of one step of the scenario: ``passed``, ``failed`` or ``not run``.

    One for each step, in their order, told when the last of them was over. ``keyword`` begins the
    text. It began at ``began_ns``, 0 where it was not run, and took ``seconds``.
    """

    kind = Kind.STEP_DONE
    keyword: str
    outcome: str
    line: int = 0
    began_ns: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class _Criterion(Fact):
    """A success criterion, as ``judgement.criterion`` reads it."""

    name: str = ""
    metric: str = ""
    comparator: str = ""
    limit: float = 0.0
    subject: str = ""
    priority: str = "must"

    def words(self) -> str:
        """Its name."""
        return self.name


@dataclass(frozen=True, kw_only=True)
class CriterionStated(_Criterion):
    """The scenario came to a sentence that states a criterion."""

    kind = Kind.CRITERION


@dataclass(frozen=True, kw_only=True)
class CriterionDeclared(_Criterion):
    """A sentence of the scenario, before anything happened, with its criterion if that is known.

    ``line`` is where the sentence stands.
    """

    kind = Kind.DECLARED
    sentence: str
    line: int = 0

    def words(self) -> str:
        """The sentence."""
        return self.sentence


@dataclass(frozen=True, kw_only=True)
class Stopped(Fact):
    """A stop condition was met."""

    kind = Kind.STOPPED


@dataclass(frozen=True, kw_only=True)
class GroundFailed(Fact):
    """What the drill itself stands on gave way: ``what`` is engine, machine, prober, watchdog."""

    kind = Kind.GROUND
    what: str


@dataclass(frozen=True, kw_only=True)
class ErrorNote(Fact):
    """Something of ours went wrong, and the drill went on."""

    kind = Kind.ERROR
    detector: str = ""


@dataclass(frozen=True, kw_only=True)
class Note(Fact):
    """Something that a reader may want to know.

    Of an engine that was not heard: ``until_ns``, and whether all of it was told afterwards.
    """

    kind = Kind.NOTE
    detector: str = ""
    until_ns: int | None = None
    complete: bool | None = None
