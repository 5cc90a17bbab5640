"""A compose file as compose itself resolves it: what a drill's stack will consist of.

``docker compose config`` has done includes, extends, profiles, environment files, interpolation and
encodings; nobody else reads YAML. Its answer writes ``$`` as ``$$``, so that it can be read again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from drills.errors import StackError
from drills.journal.misfits import Misfits

BIND, VOLUME = "bind", "volume"


def _nothing(value: object) -> object:
    """Compose writes null for a section that holds nothing."""
    return {} if value is None else value


NullIsEmpty = BeforeValidator(_nothing)


class _Read(BaseModel):
    """Base of what is read from compose's answer; what nobody needs is left out."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)


class Port(_Read):
    """A port inside the container; it is ``published`` at one of the host, "" for any free one.

    ``host_ip`` is the address of the host at which it is, "" for all of them.
    """

    target: int
    published: str = ""
    host_ip: str = ""
    protocol: str = "tcp"


class BindOptions(_Read):
    """How a path of the host is mounted."""

    create_host_path: bool = False


class Mount(_Read):
    """Something mounted into a container; ``source`` is a path, a volume's key, or "" for none."""

    type: str
    source: str = ""
    target: str = ""
    read_only: bool = False
    bind: Annotated[BindOptions, NullIsEmpty] = BindOptions()


class Attachment(_Read):
    """A service's place in a network, beside its own name."""

    aliases: tuple[str, ...] = ()


class Dependency(_Read):
    """What a service waits for of another one: service_started, service_healthy, ..."""

    condition: str = "service_started"


class Deploy(_Read):
    """How many instances run."""

    replicas: int | None = None
    restart_policy: dict[str, Any] | None = None


class Service(_Read):
    """One service; ``environment`` has None for what compose takes from its own environment."""

    image: str = ""
    build: dict[str, Any] | None = None
    deploy: Annotated[Deploy, NullIsEmpty] = Deploy()
    scale: int | None = None
    container_name: str = ""
    profiles: tuple[str, ...] = ()
    restart: str = ""
    depends_on: Annotated[dict[str, Dependency], NullIsEmpty] = Field(default_factory=dict)
    healthcheck: dict[str, Any] | None = None
    ports: tuple[Port, ...] = ()
    volumes: tuple[Mount, ...] = ()
    volumes_from: tuple[str, ...] = ()
    tmpfs: tuple[str, ...] = ()
    environment: Annotated[dict[str, str | None], NullIsEmpty] = Field(default_factory=dict)
    networks: Annotated[dict[str, Annotated[Attachment, NullIsEmpty]], NullIsEmpty] = Field(
        default_factory=dict
    )
    network_mode: str = ""
    pid: str = ""
    ipc: str = ""
    uts: str = ""
    userns_mode: str = ""
    cgroup: str = ""
    privileged: bool = False
    use_api_socket: bool = False
    cap_add: tuple[str, ...] = ()
    devices: tuple[Any, ...] = ()  # each a text, or its ``source`` and ``target``
    device_cgroup_rules: tuple[str, ...] = ()
    security_opt: tuple[str, ...] = ()
    extra_hosts: Any = ()  # a list of texts, or addresses by name

    @property
    def instances(self) -> int:
        """How many containers of it run."""
        chosen = self.scale if self.deploy.replicas is None else self.deploy.replicas
        return 1 if chosen is None else chosen

    @property
    def restarts(self) -> str:
        """By which policy it is started again, in compose's words; "no" where it is not."""
        policy = (self.deploy.restart_policy or {}).get("condition", "any")
        given = policy if self.deploy.restart_policy else self.restart
        return given if given not in ("", "none") else "no"

    @property
    def checked(self) -> bool:
        """Whether the file gives it a health check of its own; its image may have one."""
        check = self.healthcheck or {}
        return bool(check.get("test")) and not check.get("disable") and check["test"] != ["NONE"]


class Subnet(_Read):
    """A range of addresses that a network asks for."""

    subnet: str = ""


class Ipam(_Read):
    """A network's addresses."""

    config: tuple[Subnet, ...] = ()


class Network(_Read):
    """A network by the name that it has on the engine."""

    name: str
    external: bool = False
    internal: bool = False
    ipam: Annotated[Ipam, NullIsEmpty] = Ipam()


class Volume(_Read):
    """A volume by the name that it has on the engine."""

    name: str
    external: bool = False
    driver: str = "local"
    driver_opts: Annotated[dict[str, str], NullIsEmpty] = Field(default_factory=dict)

    @property
    def device(self) -> str:
        """The place outside the engine that it stands for, such as a folder or an export; or ""."""
        if self.driver_opts.get("type") == "tmpfs":
            return ""
        return self.driver_opts.get("device", "")


class FileOrText(_Read):
    """A secret or config; ``file`` is a path, ``environment`` a variable of compose's own."""

    file: str = ""
    environment: str = ""
    content: str = ""
    external: bool = False


class Composed(_Read):
    """A resolved compose file: compose's answer as ``text``, and what it was read from.

    ``file`` is the team's, with ``overrides`` merged over it; ``warnings`` is what compose had to
    say of it.
    """

    name: str
    services: Annotated[dict[str, Service], NullIsEmpty] = Field(default_factory=dict)
    networks: Annotated[dict[str, Network], NullIsEmpty] = Field(default_factory=dict)
    volumes: Annotated[dict[str, Volume], NullIsEmpty] = Field(default_factory=dict)
    secrets: Annotated[dict[str, FileOrText], NullIsEmpty] = Field(default_factory=dict)
    configs: Annotated[dict[str, FileOrText], NullIsEmpty] = Field(default_factory=dict)
    file: Path = Path()
    overrides: tuple[Path, ...] = ()
    text: str = ""
    warnings: tuple[str, ...] = ()

    def mounts(self) -> Iterator[tuple[str, Mount]]:
        """Every mount, with the service that has it."""
        for name, service in self.services.items():
            yield from ((name, mount) for mount in service.volumes)

    def jobs(self) -> set[str]:
        """The services that others wait for to have ended well: they do not go on running."""
        return {
            name
            for each in self.services.values()
            for name, waited in each.depends_on.items()
            if waited.condition == "service_completed_successfully"
        }

    def built(self) -> list[str]:
        """The services whose image has no name of its own: compose gives it the project's."""
        return [name for name, each in self.services.items() if each.build and not each.image]


def read(
    answer: bytes, file: Path, warnings: Iterable[str] = (), overrides: Sequence[Path] = ()
) -> Composed:
    """Compose's answer as values. Raises StackError for what is no answer of compose's."""
    try:
        text = answer.decode("utf-8")
        more = {"file": file, "text": text, "warnings": tuple(warnings)}
        more["overrides"] = tuple(overrides)
        return _checked({**json.loads(text.replace("$$", "$")), **more})
    except (ValueError, TypeError) as error:
        raise StackError(
            f"{file}: compose's own answer is not understood ({error}). "
            "Hint: is this compose v2.20 or later? See `docker compose version`."
        ) from error


def _checked(document: dict[str, Any]) -> Composed:
    """Raises ValueError with all that does not fit."""
    try:
        return Composed.model_validate(document)
    except ValidationError as error:
        raise Misfits.of(error, document, Composed) from error


def environments(
    composed: Composed, inherited: Mapping[str, str]
) -> Mapping[str, Mapping[str, str]]:
    """The environment of each service, by its name; under "" what compose's secrets hold.

    ``inherited`` is compose's own environment. A secret's variable is called ``SECRET_<name>``.
    """
    found = {
        name: {
            key: inherited.get(key, "") if value is None else value
            for key, value in service.environment.items()
        }
        for name, service in composed.services.items()
    }
    return {**found, "": {f"SECRET_{k}": _held(v, inherited) for k, v in composed.secrets.items()}}


def _held(secret: FileOrText, inherited: Mapping[str, str]) -> str:
    if secret.environment:
        return inherited.get(secret.environment, "")
    try:
        return Path(secret.file).read_text("utf-8", "replace").strip() if secret.file else ""
    except OSError:
        return ""  # who is not there has nothing to give away
