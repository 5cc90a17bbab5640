"""The system under drill, as a team describes it: who is entered, asked, and how many there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from drills.journal.rules import at_least, check, filled, misfit, port, problem, some
from drills.stack.tls import Trust


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A service, and the port inside its container.

    With ``ca``, a file of certificates, it is asked over TLS; what it shows must be certified by
    one of these, for ``server_name`` ("" for the service's own). Raises ValueError where it is no
    such thing.
    """

    service: str
    port: int
    ca: str = ""
    server_name: str = ""

    def __post_init__(self) -> None:
        check(self, service=filled, port=port)
        if self.server_name and not self.ca:
            text = "needs ca: the file of certificates that are trusted"
            raise misfit("server_name", text=text)

    @property
    def place(self) -> tuple[str, int]:
        """The service and the port alone."""
        return self.service, self.port

    @property
    def trust(self) -> Trust | None:
        """Whom one trusts there; None where it is asked in the clear."""
        return Trust(self.ca, self.server_name or self.service) if self.ca else None


@dataclass(frozen=True, slots=True)
class Question:
    """Something a service answers over HTTP; ``contains`` is what a ready one's answer holds.

    ``path`` is from the slash on. ``ca`` and ``server_name`` are as for an endpoint. Raises
    ValueError where nobody could be asked.
    """

    service: str
    port: int
    path: str
    contains: str = ""
    ca: str = ""
    server_name: str = ""

    def __post_init__(self) -> None:
        check(self, service=filled, port=port, path=filled)

    @property
    def trust(self) -> Trust | None:
        """Whom one trusts there; None where it is asked in the clear."""
        return Endpoint(self.service, self.port, self.ca, self.server_name).trust


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """A command that tells of a service's memory, disk, network and the like, kept as evidence.

    It is run in every container of the service, with no shell. Raises ValueError for an empty one.
    """

    service: str
    command: tuple[str, ...]

    def __post_init__(self) -> None:
        check(self, service=filled, command=some)


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """The compose file, the entry that customers use, and who must answer what to be ready.

    Without a ``name`` it is that of the compose file's folder; without a ``compose_file`` compose's
    own names for one are looked for. Of several files each is merged over those before it.
    ``overrides`` are all but the first. Without an ``entry`` no customer enters by the network.
    ``configuration`` is the folder, beside the compose file, with the applications' environment
    file; a drill works on a copy of it. Without one it is ``config``, where that holds such a file.
    ``services`` says how many instances of each service the compose file has: what a dry run checks
    targets against where compose is not installed.

    ``profiles`` are those of the compose file that are active. ``writes_to`` are the team's own
    folders (from the compose file's) and external volumes that a drill's services may write into.
    With ``own_names`` a drill does not use the fixed names of volumes, networks and containers.
    ``diagnostics`` are run at steady state, at detection and after recovery, by name.
    ``attach`` names a compose project that runs already: a drill visits that one, makes, scales and
    removes nothing of it, and touches only services that the blast radius names.

    Raises ValueError where a service has less than one instance.
    """

    name: str = ""
    entry: Endpoint | None = None
    compose_file: str = ""
    overrides: tuple[str, ...] = ()
    configuration: str | None = None
    ready: Mapping[str, Question] = field(default_factory=dict)
    services: Mapping[str, int] = field(default_factory=dict)
    profiles: tuple[str, ...] = ()
    writes_to: tuple[str, ...] = ()
    own_names: bool = False
    diagnostics: Mapping[str, Diagnostic] = field(default_factory=dict)
    attach: str = ""

    def __post_init__(self) -> None:
        for service, instances in self.services.items():
            if text := problem(at_least(1), instances):
                raise misfit("services", service, text=text)
