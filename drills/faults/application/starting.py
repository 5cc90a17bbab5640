"""Files and settings with which a service does not start, or starts as another one."""

from __future__ import annotations

import re
import secrets
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from drills.errors import EngineError, PlanError, near
from drills.faults.application import restored
from drills.faults.application.restored import OfFile, as_before, held, misled
from drills.faults.fault import Applied, Effect, ReadBack
from drills.faults.undo import Operation, Place, Undo
from drills.journal.timeline import Json
from drills.stack.configuration import Held
from drills.stack.runtime import ContainerState, Runtime
from drills.wait import until

BROKEN = "broken-by-a-drill"  # a value with which nothing starts, one hopes
STARTS_WITHIN = 30.0  # seconds for an instance to be healthy again
_SETTING = re.compile(rb"^[^\S\r\n]*(?:export\s+)?([A-Za-z_][\w.]*)\s*=", re.MULTILINE)


def with_setting(content: bytes, key: str, value: str) -> bytes:
    """An environment file where ``key`` has this value: the last line that says so counts.

    Raises PlanError where it has no such key.
    """
    known = {found.decode() for found in _SETTING.findall(content)}
    if key not in known:
        raise PlanError(
            f"expected a setting of the environment file ({', '.join(sorted(known)) or 'none'}), "
            f"got {key!r}{near(key, known)}"
        )
    end = b"" if not content or content.endswith(b"\n") else b"\n"
    return content + end + f"{key}={value}\n".encode()


def _by_hand(key: str) -> str:
    return f"echo {key}={BROKEN} >> its environment file; docker restart {{container}}"


def _changed(runtime: Runtime, undo: Undo) -> Held | None:
    """The file, where it is another than before and the target was started with that."""
    now = held(runtime, undo)
    if now is None or not now.kept_ns or as_before(now, undo):
        return None
    still = replace(now, written_ns=2**63)  # nobody has put it back yet
    return now if misled(runtime, undo.container, still) else None


def _does_not_start(runtime: Runtime, undo: Undo) -> bool:
    return _changed(runtime, undo) is not None and _down(runtime.state(undo.container))


def _down(state: ContainerState) -> bool:
    return not state.running or state.status == "restarting" or state.health == "unhealthy"


def _loops(runtime: Runtime, undo: Undo) -> bool:
    state = runtime.state(undo.container)
    return _changed(runtime, undo) is not None and state.restarts >= LOOPS


def _begins(runtime: Runtime, undo: Undo) -> bool:
    """Whether it was started with that: it ends at some time after, and was missed meanwhile."""
    return _changed(runtime, undo) is not None


DOES_NOT_START = ReadBack("it does not come up with its file", _does_not_start, _begins)


def _differs(runtime: Runtime, undo: Undo) -> bool:
    now, state = held(runtime, undo), runtime.state(undo.container)
    alike = now is not None and as_before(now, undo)
    return alike and now is not None and _up(state) and misled(runtime, undo.container, now)


def _up(state: ContainerState) -> bool:
    return state.running and state.health in ("", "healthy")


def _end_the_loop(runtime: Runtime, undo: Undo) -> None:
    """The file first, which others read too, be the target gone or not."""
    restored.put_back(runtime, undo)
    runtime.limits.restart_by(undo.container, undo.arguments["policy"])
    restored.OPERATIONS["restore-file"].apply(runtime, undo)


def _no_loop(runtime: Runtime, undo: Undo) -> bool:
    policy = runtime.limits.restart_policy(undo.container)
    undone = restored.OPERATIONS["restore-file"].undone(runtime, undo)
    return undone and policy == undo.arguments["policy"]


LOOPS = 2  # restarts that are a loop
OPERATIONS: Mapping[str, Operation] = {
    "end-crash-loop": Operation(
        _end_the_loop,
        _no_loop,
        "as before, its file and its restart policy too",
        f"{restored.BY_HAND}docker update --restart {{policy}} {{container}} and docker restart "
        "{container}",
    ),
}


@dataclass(frozen=True, slots=True)
class EnvironmentBroken(OfFile):
    """The service is restarted with a setting that no value is right for, and does not come up.

    Its environment file has a last line that says so. Instances that are not restarted go on with
    what they have read; whoever is, does not come up either.
    """

    key: str
    file: str = ""
    kind: ClassVar[str] = "broken environment file"
    phrase: ClassVar[str] = "a broken {key:quoted} in its environment file"
    label: ClassVar[str] = "environment broken"
    effect: ClassVar[Effect] = DOES_NOT_START

    @property
    def by_hand(self) -> str:
        """As a person would break it."""
        return _by_hand(self.key)

    def parameters(self) -> Mapping[str, Json]:
        """Which setting."""
        return {"key": self.key}

    def probe(self, runtime: Runtime, place: Place) -> Place:
        """The file has that setting. Raises PlanError where it has not."""
        place = OfFile.probe(self, runtime, place)
        with_setting(runtime.configuration.read(place.found["path"]), self.key, BROKEN)
        return place

    def apply(self, runtime: Runtime, place: Place, injection: str) -> Applied:
        """Break it, and have the service read it."""
        path = place.found["path"]
        broken = with_setting(runtime.configuration.read(path), self.key, BROKEN)
        runtime.configuration.change(path, injection, broken, None)
        self.restarted(runtime, place)
        return Applied()


@dataclass(frozen=True, slots=True)
class FileUnreadable(OfFile):
    """The service is restarted while nobody may read its environment file, and does not come up.

    Its permissions are 0000. Instances that are not restarted go on. A service that runs as root
    with all capabilities reads it all the same: the injection fails then.
    """

    file: str = ""
    kind: ClassVar[str] = "unreadable file"
    phrase: ClassVar[str] = "an unreadable environment file"
    label: ClassVar[str] = "file unreadable"
    effect: ClassVar[Effect] = DOES_NOT_START
    by_hand: ClassVar[str] = "chmod 0000 its environment file; docker restart {container}"

    def parameters(self) -> Mapping[str, Json]:
        """Which file."""
        return {"file": self.file or "*.env"}

    def apply(self, runtime: Runtime, place: Place, injection: str) -> Applied:
        """Take all permissions, and have the service read it."""
        runtime.configuration.change(place.found["path"], injection, None, 0)
        self.restarted(runtime, place)
        return Applied()


@dataclass(frozen=True, slots=True)
class FileEmptied(OfFile):
    """The service is restarted while a file that it needs has nothing in it, and does not come up.

    A module from which it imports, say: what it wants of that is missing, as after an update that
    went wrong. Instances that are not restarted go on. A service that comes up all the same does
    not need the file: the injection fails then.
    """

    file: str
    kind: ClassVar[str] = "emptied file"
    phrase: ClassVar[str] = "an empty {file:quoted} file"
    label: ClassVar[str] = "file empty"
    effect: ClassVar[Effect] = DOES_NOT_START

    @property
    def by_hand(self) -> str:
        """As a person would empty it."""
        return f"truncate -s 0 {self.file}; docker restart {{container}}"

    def parameters(self) -> Mapping[str, Json]:
        """Which file."""
        return {"file": self.file}

    def probe(self, runtime: Runtime, place: Place) -> Place:
        """The file has something in it. Raises PlanError where it has not."""
        place = OfFile.probe(self, runtime, place)
        if not runtime.configuration.read(place.found["path"]):
            raise PlanError(f"expected something in {self.file}, it is empty as it is")
        return place

    def apply(self, runtime: Runtime, place: Place, injection: str) -> Applied:
        """Empty it, and have the service read it."""
        runtime.configuration.change(place.found["path"], injection, b"", None)
        self.restarted(runtime, place)
        return Applied()


@dataclass(frozen=True, slots=True)
class CrashLoop(EnvironmentBroken):
    """The service starts with a broken setting, ends at once, and is started again, without end.

    Its restart policy is ``on-failure`` meanwhile, whatever it was.
    """

    kind: ClassVar[str] = "crash loop"
    phrase: ClassVar[str] = "a crash loop over a broken {key:quoted}"
    label: ClassVar[str] = "crash loop"
    effect: ClassVar[Effect] = ReadBack("it is started over and over", _loops, _begins)

    @property
    def by_hand(self) -> str:
        """As a person would have it loop."""
        return f"docker update --restart on-failure {{container}}; {_by_hand(self.key)}"

    def probe(self, runtime: Runtime, place: Place) -> Place:
        """Its restart policy too."""
        place = EnvironmentBroken.probe(self, runtime, place)
        policy = runtime.limits.restart_policy(place.container)
        return replace(place, found={**place.found, "policy": policy})

    def undo(self, place: Place, injection: str) -> Undo:
        """Give it its policy and its file back."""
        return replace(OfFile.undo(self, place, injection), operation="end-crash-loop")

    def apply(self, runtime: Runtime, place: Place, injection: str) -> Applied:
        """Break the setting under a policy that restarts."""
        runtime.limits.restart_by(place.container, "on-failure")
        return EnvironmentBroken.apply(self, runtime, place, injection)


class _OfOneInstance(OfFile):
    """A setting that one instance has read and the others have not: the file is as before."""

    __slots__ = ()
    effect: ClassVar[Effect] = ReadBack("it runs with a setting that its file has not", _differs)
    needs: ClassVar[tuple[str, ...]] = (
        *OfFile.needs,
        "a health check, which tells that the instance has read it",
    )
    key: str

    @abstractmethod
    def value(self) -> str:
        """What the setting is for that instance."""

    @property
    def by_hand(self) -> str:
        """As a person would do it to one of them."""
        return (
            f"change {self.key} in its environment file; docker restart {{container}}; once it is "
            "healthy, put the file back"
        )

    def probe(self, runtime: Runtime, place: Place) -> Place:
        """The file has that setting, and the service a health check."""
        place = OfFile.probe(self, runtime, place)
        with_setting(runtime.configuration.read(place.found["path"]), self.key, "")
        if not runtime.state(place.container).health:
            raise PlanError(
                f"expected a health check of {place.container.name}, which tells when it has read "
                "its file, it has none"
            )
        return place

    def apply(self, runtime: Runtime, place: Place, injection: str) -> Applied:
        """Change it, have this one instance read it, and put the file back.

        Raises EngineError where it does not become healthy with that.
        """
        found, container = place.found, place.container
        changed = with_setting(runtime.configuration.read(found["path"]), self.key, self.value())
        runtime.configuration.change(found["path"], injection, changed, None)
        self.restarted(runtime, place)
        until(
            lambda: _up(self._alive(runtime, place)),
            awaited=f"{container.name} is healthy with another {self.key}",
            within=STARTS_WITHIN,
            last_seen=lambda: str(runtime.state(container)),
        )
        runtime.configuration.put_back(
            found["path"], injection, found["digest"], int(found["mode"], 8)
        )
        return Applied(way="a restart with another file")

    def _alive(self, runtime: Runtime, place: Place) -> ContainerState:
        state = runtime.state(place.container)
        if not state.running:
            raise EngineError(f"{place.container.name} does not start with another {self.key}")
        return state


@dataclass(frozen=True, slots=True)
class SecretRotated(_OfOneInstance):
    """The instance was restarted with another secret than the others have: a random one.

    What it signs the others refuse, and what they have signed it refuses. Both say that they are
    healthy.
    """

    key: str = "JWT_SECRET"
    file: str = ""
    kind: ClassVar[str] = "secret rotation"
    phrase: ClassVar[str] = "a rotated {key:quoted}"
    label: ClassVar[str] = "secret rotated"

    def parameters(self) -> Mapping[str, Json]:
        """Which setting; nobody is told its value."""
        return {"key": self.key}

    def value(self) -> str:
        """Another one each time, written nowhere else."""
        return secrets.token_hex(32)


@dataclass(frozen=True, slots=True)
class TokenLifetimeCut(_OfOneInstance):
    """The instance was restarted and gives out tokens that are good for ``lifetime`` seconds only.

    Whoever has one older than that has to log in again; the setting is in whole seconds.
    """

    lifetime: float = 1.0
    key: str = "TOKEN_TTL"
    file: str = ""
    kind: ClassVar[str] = "short token lifetime"
    phrase: ClassVar[str] = "a token lifetime of {lifetime:duration}"
    label: ClassVar[str] = "tokens expire"

    def parameters(self) -> Mapping[str, Json]:
        """Which setting, and the seconds."""
        return {"key": self.key, "lifetime_s": self.lifetime}

    def value(self) -> str:
        """At least one second."""
        return str(max(1, round(self.lifetime)))
