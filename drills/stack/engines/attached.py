"""A compose project of the team's that runs already: a drill visits it, and leaves it as it was.

It is never started, stopped as a whole, built, scaled or removed, and only the services that were
named may be touched. All that the drill makes beside it carries the drill's label, and only that is
removed.
"""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from drills.clock import Clock
from drills.errors import EngineError, PlanError, StackError, WaitTimeout, near
from drills.stack.console import Console
from drills.stack.drivers import Drivers
from drills.stack.engines.address import Address
from drills.stack.engines.attachment import Attachment
from drills.stack.engines.bindings import of_others, unreached
from drills.stack.engines.compose import EMPTY_ENVIRONMENT
from drills.stack.engines.docker import (
    ONE_OFF_LABEL,
    PROJECT_LABEL,
    SERVICE_LABEL,
    DockerRuntime,
)
from drills.stack.engines.engine import Engine
from drills.stack.engines.needs import Need
from drills.stack.engines.picture import Picture
from drills.stack.engines.preview import Preview
from drills.stack.engines.private import forget
from drills.stack.engines.sweep import NO_DRILL, sweep
from drills.stack.engines.versions import versions_of
from drills.stack.runtime import DRILL_LABEL, Runtime
from drills.wait import until

ATTACHED_LABEL = "incident-drills.attached"  # of the volume that says who visits which project
DOWN_SECONDS = 60.0
AS_BEFORE_SECONDS = 10.0  # for what was started again to run

_Row = Mapping[str, Any]  # a container as the engine lists it


class AttachedStack:
    """A running project, for one drill. See ``drills.stack.runtime.Stack``.

    ``attached`` is the project's name, ``mine`` that of the drill's own files, ``services`` are
    those that may be touched, ``needs`` what the drill is going to ask for.
    """

    def __init__(
        self,
        attached: str,
        mine: str,
        drill_id: str,
        clock: Clock,
        *,
        services: Iterable[str],
        needs: Sequence[Need] = (),
        allow_remote: bool = False,
    ) -> None:
        self.project = self.attached = attached
        self._drill_id = drill_id
        self._clock = clock
        self._services = frozenset(services)
        self._needs = needs
        self._engine = Engine(allow_remote=allow_remote)
        self.engine = str(self._engine.address)
        self.database = Drivers()
        self._private = Path(tempfile.gettempdir(), f"drills-{mine}-{secrets.token_hex(8)}")
        self._before: Picture | None = None

    def up(self) -> Runtime:
        """Look at how it is; nothing is started. Raises PlanError where it may not be visited."""
        rows = _rows(self._engine, self.attached)
        if problems := list(
            _problems(self._engine, self.attached, rows, self._services, self._needs)
        ):
            raise PlanError("\n- ".join(["the project cannot be drilled as it runs:", *problems]))
        self._claim()
        self._write_environment()
        self._before = Picture.of(self._engine, self.attached)
        attachment = Attachment(self._drill_id, self._services)
        return DockerRuntime(self.attached, self._clock, engine=self._engine, attachment=attachment)

    def scale(self, service: str, instances: int) -> None:
        """Raises StackError: the project has as many instances as it has."""
        raise StackError(
            f"{service} cannot be scaled to {instances}: {self.attached} runs already, and a drill "
            "adds and removes none of its containers"
        )

    def console(self, runtime: Runtime, time_to_live: float) -> AbstractContextManager[Console]:
        """Raises StackError: a runbook's lines are carried out on a drill's own stack only."""
        raise StackError(
            f"the runbook is not carried out as it is written on {self.attached}, which runs "
            "already: its commands act on a drill's own stack only"
        )

    def down(self) -> None:
        """Remove what the drill made beside it, and prove that it is as it was. Idempotent.

        Raises StackError with everything that is not as before.
        """
        sweep(self._engine, self._drill_id, self._clock, within=DOWN_SECONDS)
        forget(self._private)
        if self._before is not None:
            self._prove(self._before)

    def environment_file(self) -> Path:
        """An empty one: the project's own configuration is nobody's to edit."""
        return self._private / EMPTY_ENVIRONMENT

    def environments(self) -> Mapping[str, Mapping[str, str]]:
        """Each service's environment, as its containers have it."""
        found: dict[str, dict[str, str]] = {}
        for row in _rows(self._engine, self.attached):
            with self._engine.asked("look at the project's settings") as client:
                settings = client.inspect_container(row["Id"])["Config"]["Env"] or ()
            pairs = (each.partition("=") for each in settings)
            own = found.setdefault(row["Labels"].get(SERVICE_LABEL, ""), {})
            own.update({name: value for name, _, value in pairs})
        return found

    def describe(self) -> Mapping[str, str]:
        """Version of ``engine``, ``target``, the project, and the id of ``image:<service>``."""
        return {**versions_of(self._engine, self.attached), "attached to": self.attached}

    def _prove(self, before: Picture) -> None:
        """Raises StackError with what is not as before, and does not become so in time."""
        found: list[str] = []

        def as_before() -> bool:
            found[:] = before.differences(Picture.of(self._engine, self.attached))
            return not found

        try:
            until(
                as_before,
                awaited=f"{self.attached} is as it was",
                within=AS_BEFORE_SECONDS,
                interval=0.2,
                clock=self._clock,
            )
        except WaitTimeout as error:
            raise StackError("; ".join(found)) from error

    def _claim(self) -> None:
        """Be the only one. Raises PlanError where another drill visits it."""
        labels = {DRILL_LABEL: self._drill_id, ATTACHED_LABEL: self.attached}
        filters: dict[str, Any] = {"label": f"{ATTACHED_LABEL}={self.attached}"}
        with self._engine.asked(f"say that a drill visits {self.attached}") as client:
            client.create_volume(f"drill-{self._drill_id}-attached", labels=labels)
            rows = client.volumes(filters=filters)["Volumes"] or ()
        others = {row["Labels"].get(DRILL_LABEL, "") for row in rows} - {self._drill_id}
        if others:
            raise PlanError(
                f"{self.attached} is visited by the drill {', '.join(sorted(others))}, and two at "
                "once would be taken for each other's incident; where that is dead, `drills heal` "
                "ends it"
            )

    def _write_environment(self) -> None:
        try:
            self._private.mkdir(mode=0o700, exist_ok=True)
            self.environment_file().touch()
        except OSError as error:
            raise StackError(f"the drill's own folder cannot be made: {error}") from error


def preview_attached(
    attached: str, services: Iterable[str], needs: Sequence[Need], *, allow_remote: bool = False
) -> Preview:
    """What a dry run can say of a project that runs already: it is only looked at."""
    allowed = frozenset(services)
    try:
        engine = Engine(allow_remote=allow_remote)
        rows = _rows(engine, attached)
        problems = tuple(_problems(engine, attached, rows, allowed, needs))
    except EngineError as error:
        return Preview(notes=(f"the running project {attached} was not looked at: {error}",))
    names = [row["Labels"].get(SERVICE_LABEL, "") for row in rows]
    notes = (
        f"visits the running project {attached} and leaves it as it was: {len(rows)} containers",
        f"of its services it may touch {', '.join(sorted(allowed)) or 'none'}",
    )
    return Preview(
        problems,
        notes,
        {name: names.count(name) for name in sorted({*names})},
        tuple(sorted({row["Image"] for row in rows})),
        {name: {} for name in names},
    )


def _rows(engine: Engine, project: str) -> list[_Row]:
    filters: dict[str, Any] = {"label": f"{PROJECT_LABEL}={project}"}
    with engine.asked(f"look for the project {project}") as client:
        rows = client.containers(all=True, filters=filters)
    return [row for row in rows if row["Labels"].get(ONE_OFF_LABEL) != "True"]


def _problems(
    engine: Engine,
    project: str,
    rows: Sequence[_Row],
    allowed: Iterable[str],
    needs: Iterable[Need],
) -> Iterator[str]:
    """Why a drill may not visit it, a line each."""
    if not any(row["State"] == "running" for row in rows):
        running = _projects(engine)
        yield (
            f"stack.attach: expected a compose project that runs ({', '.join(running) or 'none'}), "
            f"got {project!r}{near(project, running)}"
        )
        return
    owners = {row["Labels"].get(DRILL_LABEL, "") for row in rows} - {"", NO_DRILL}
    if owners:
        yield f"{project} is the stack of the drill {', '.join(sorted(owners))}"
    yield from _sharers(engine, rows, allowed)
    services = {row["Labels"].get(SERVICE_LABEL, "") for row in rows}
    named = [*(Need("blast_radius.services", name) for name in sorted(allowed)), *needs]
    for need in named:
        if need.service not in services:
            known = sorted(services)
            yield (
                f"{need.where}: expected a service of {project} ({', '.join(known)}), got "
                f"{need.service!r}{near(need.service, known)}"
            )
        elif need.port and need.port not in _published(rows, need.service):
            ports = ", ".join(map(str, sorted(_published(rows, need.service)))) or "none"
            yield (
                f"{need.where}: expected {need.service} of {project} to publish its port "
                f"{need.port}, it publishes {ports}"
            )
        elif need.port and (bound := _unreached(engine.address, rows, need)):
            said = f"{need.service} of {project} publishes its port {need.port} at {bound}"
            yield f"{need.where}: {said}: {unreached(bound, engine.address)}"


def _sharers(engine: Engine, rows: Iterable[_Row], allowed: Iterable[str]) -> Iterator[str]:
    """Whose network is also another container's: that one loses it for good with the first stop."""
    with engine.asked("look for who shares a network") as client:
        others = client.containers(all=True)
    for row in rows:
        service = row["Labels"].get(SERVICE_LABEL, "")
        own = f"container:{row['Id']}"
        sharing = [one["Names"][0][1:] for one in others if one["HostConfig"]["NetworkMode"] == own]
        if service in allowed and sharing:
            yield (
                f"blast_radius.services: {', '.join(sharing)} lives in the network of {service} "
                f"(network_mode), and has none any more once {service} was stopped or died, until "
                "somebody starts it again: a drill cannot leave that as it was"
            )


def _published(rows: Iterable[_Row], service: str) -> set[int]:
    return {
        port["PrivatePort"]
        for row in rows
        if row["Labels"].get(SERVICE_LABEL) == service
        for port in row["Ports"] or ()
        if port.get("PublicPort") and port["Type"] == "tcp"
    }


def _unreached(engine: Address, rows: Iterable[_Row], need: Need) -> str:
    """The addresses of the engine's machine at which a port is, where none is reached from here."""
    bound = {
        str(port.get("IP", ""))
        for row in rows
        if row["Labels"].get(SERVICE_LABEL) == need.service
        for port in row["Ports"] or ()
        if port.get("PublicPort") and port["PrivatePort"] == need.port and port["Type"] == "tcp"
    }
    return ", ".join(sorted(bound)) if all(of_others(each, engine) for each in bound) else ""


def _projects(engine: Engine) -> list[str]:
    with engine.asked("look for projects that run") as client:
        rows = client.containers(filters={"label": PROJECT_LABEL})
    return sorted(
        {row["Labels"][PROJECT_LABEL] for row in rows if DRILL_LABEL not in row["Labels"]}
    )
