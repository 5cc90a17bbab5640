"""What a fault acts on, and how far a drill may reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from drills.errors import BlastRadiusExceeded, UnknownTarget, near
from drills.journal.rules import at_least, check
from drills.stack.runtime import DRILL_LABEL, Container


@dataclass(frozen=True, slots=True)
class Target:
    """A service of the stack: all its instances, or the one that ``instance`` counts (from 1).

    A role stands for the services that play it. Of a ``zone`` it is those of them that are in it,
    and without a service everything that is.
    """

    service: str
    instance: int = 0
    zone: str = ""

    def __str__(self) -> str:
        one = f"{self.service} #{self.instance}" if self.instance else self.service
        return f"{one or 'everything'} in {self.zone}" if self.zone else one


_UNKNOWN = " that [blast_radius] services does not name"


@dataclass(frozen=True, slots=True)
class BlastRadius:
    """What a drill may touch: these services, and at most so many containers at once.

    It is ``assumed`` where nobody said which services: then they are those of the compose file.
    ``unlabelled`` names the containers and services that need not carry the drill's label.
    Raises ValueError where not even one container may be touched.
    """

    services: tuple[str, ...] = ()
    at_once: int = 1
    unlabelled: tuple[str, ...] = ()
    assumed: bool = False

    def __post_init__(self) -> None:
        check(self, at_once=at_least(1))

    def check_owner(self, containers: Sequence[Container], drill: str) -> None:
        """Raise BlastRadiusExceeded unless all are this drill's own, or were named on purpose."""
        for one in containers:
            owner = one.labels.get(DRILL_LABEL, "")
            if owner != drill and not {one.name, one.service} & {*self.unlabelled}:
                raise BlastRadiusExceeded(
                    f"{one.name} is not this drill's: expected the label {DRILL_LABEL}={drill}, "
                    f"got {owner or 'none'}. Hint: --drill-allow-unlabelled "
                    f"{one.service or one.name}"  # a container's name is another in the next run
                )

    def check(
        self,
        target: Target,
        containers: int,
        already: int,
        beside: Sequence[str] = (),
        peers: int = 0,
    ) -> None:
        """Raise BlastRadiusExceeded unless hitting ``containers`` more is within the radius.

        Of a link the services ``beside`` the target, with so many ``peers``, are hit as well.
        """
        for service in (target.service, *beside):
            if service not in self.services:
                allowed = ", ".join(self.services) or f"nothing{_UNKNOWN if self.assumed else ''}"
                raise BlastRadiusExceeded(
                    f"{target if service == target.service else service}: outside the blast "
                    f"radius; this stack's drills may touch {allowed}{near(service, self.services)}"
                )
        hit = containers + peers + already
        if hit > self.at_once:
            what = " and ".join((str(target), *beside))
            raise BlastRadiusExceeded(
                f"{what}: {hit} containers at once, the blast radius allows {self.at_once}. "
                f"Hint: containers_at_once = {hit} under [blast_radius]"
            )


def resolve(target: Target, containers: Sequence[Container]) -> list[Container]:
    """The containers that a target names. Raises UnknownTarget when there are none."""
    found = [
        container
        for container in containers
        if container.service == target.service and target.instance in (0, container.instance)
    ]
    if not found:
        raise UnknownTarget(_unknown(target, containers))
    return found


def _unknown(target: Target, containers: Sequence[Container]) -> str:
    """What was expected in place of a target: a service, or an instance of the one it names."""
    services = sorted({container.service for container in containers})
    if target.service not in services:
        there = ", ".join(services)
        hint = near(target.service, services)
        return f"expected a service of the stack ({there}), got {target}{hint}"
    there = ", ".join(str(one.instance) for one in containers if one.service == target.service)
    return f"expected an instance of {target.service} that there is ({there}), got {target}"
