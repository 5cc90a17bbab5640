"""Roles that services play, such as ``app``, and zones that they are in: sentences speak of all."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from drills.errors import PlanError, UnknownTarget, near
from drills.faults.fault import Fault
from drills.faults.target import Target

OTHER = "other"  # the field of a fault that names the service at the other end


@dataclass(frozen=True, slots=True)
class Roles:
    """The services behind each role, and in each zone. A name that is no role's is a service's."""

    behind: Mapping[str, Sequence[str]] = field(default_factory=dict)
    zones: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def services(self, name: str) -> tuple[str, ...]:
        """The services that a name stands for."""
        return tuple(self.behind.get(name, (name,)))

    def service(self, name: str, of: str) -> str:
        """The one service that a name stands for. PlanError, saying ``of`` what, for more."""
        found = self.services(name)
        if len(found) > 1:
            raise PlanError(
                f"{of}: expected one service, the role {name!r} is played by {', '.join(found)}. "
                "Hint: name one of them"
            )
        return found[0]

    def check(self, name: str, services: Collection[str]) -> None:
        """Raise UnknownTarget for a name that is neither a role's nor one of these services'."""
        if name in self.behind or name in services:
            return
        roles = f" or a role ({', '.join(sorted(self.behind))})" if self.behind else ""
        raise UnknownTarget(
            f"expected a service of the stack ({', '.join(sorted(services))}){roles}, "
            f"got {name}{near(name, [*services, *self.behind])}"
        )

    def behind_both(self, fault: Fault, target: Target) -> tuple[Fault, list[Target]]:
        """Fault and targets by services alone. Raises PlanError where one is meant and more are."""
        return self.aimed(fault), self.targets(target)

    def targets(self, target: Target) -> list[Target]:
        """The targets behind one.

        Raises PlanError for one instance of a role of several, and where a zone has none of them.
        """
        if target.zone:
            return [Target(each) for each in self._within(target)]
        if target.instance:
            return [replace(target, service=self.service(target.service, str(target)))]
        return [replace(target, service=each) for each in self.services(target.service)]

    def _within(self, target: Target) -> list[str]:
        """The services of its zone that it means."""
        if target.zone not in self.zones:
            raise PlanError(
                f"{target}: expected a zone of [zones] ({', '.join(self.zones) or 'none'}), got "
                f"{target.zone!r}{near(target.zone, self.zones)}"
            )
        there = self.zones[target.zone]
        meant = self.services(target.service) if target.service else there
        found = [each for each in there if each in meant]
        if not found:
            raise PlanError(
                f"{target}: expected a service that is in {target.zone} ({', '.join(there)}), got "
                f"{', '.join(meant)}"
            )
        return found

    def aimed(self, fault: Fault) -> Fault:
        """The fault with the service at its other end. Raises PlanError for a role of several."""
        other = getattr(fault, OTHER, "")
        if not fault.beside or not isinstance(other, str):
            return fault
        behind, value = self.service(other, fault.kind), cast("Any", fault)
        return fault if behind == other else cast("Fault", replace(value, **{OTHER: behind}))
