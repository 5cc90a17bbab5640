"""All faults there are, and the closed table of their undo operations.

A drill and the watchdog over it load the same table, and nobody can add to it while they run: an
undo that is not in it is refused before anything is injected, for nobody could carry it out.

A family is a module with ``FAULTS``, its classes, and ``OPERATIONS``, their undo operations by
name. An installed package adds one by an entry point of the group ``drills.faults``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType

from drills.errors import PlanError
from drills.faults import application, disk, network, postgres, process, resource
from drills.faults.fault import Fault
from drills.faults.phrase import find_fault
from drills.faults.undo import Operation, Undo, merged
from drills.stack.runtime import Runtime

GROUP = "drills.faults"
OURS = {
    "process": process,
    "resource": resource,
    "network": network,
    "disk": disk,
    "postgres": postgres,
    "application": application,
}


class Catalogue:
    """Families of faults: ours, and those that installed packages bring.

    ``families`` are the classes by the family's name, ``operations`` all undo operations.
    ``broken`` says of each family that could not be loaded why: its faults cannot be had, and
    nothing else is the worse for it.
    """

    def __init__(self, found: Iterator[EntryPoint]) -> None:
        self.families: dict[str, tuple[type[Fault], ...]] = {
            name: family.FAULTS for name, family in OURS.items()
        }
        self.operations = dict(merged(*(family.OPERATIONS for family in OURS.values())))
        self.broken: dict[str, str] = {}
        for point in found:
            try:
                self._add(point.name, point.load())
            except Exception as error:  # noqa: BLE001 - whatever somebody else's module raises
                self.broken[f"{point.name} ({point.value})"] = f"{type(error).__name__}: {error}"

    def _add(self, name: str, family: object) -> None:
        """Raises PlanError where it is no family, or claims what another has."""
        faults, operations = getattr(family, "FAULTS", None), getattr(family, "OPERATIONS", None)
        if not isinstance(faults, tuple) or not isinstance(operations, Mapping):
            raise PlanError(
                "expected a module with FAULTS, a tuple of classes, and OPERATIONS, a mapping of "
                f"their undo operations, got {family!r}"
            )
        if name in self.families:
            raise PlanError(f"two families of faults are called {name!r}")
        for operation in operations:
            if not re.fullmatch(r"[a-z0-9-]+", operation):
                raise PlanError(f"expected an operation such as 'mend-link', got {operation!r}")
        phrases = {fault.phrase for fault in self.faults}
        for fault in faults:
            if fault.phrase in phrases:
                raise PlanError(f"two faults have the words {fault.phrase!r}")
            phrases.add(fault.phrase)
        self.operations = dict(merged(self.operations, operations))
        self.families[name] = faults

    @property
    def faults(self) -> tuple[type[Fault], ...]:
        """The classes of all families."""
        return tuple(fault for family in self.families.values() for fault in family)


CATALOGUE = Catalogue(iter(entry_points(group=GROUP)))
OPERATIONS: Mapping[str, Operation] = MappingProxyType(CATALOGUE.operations)


def parse_fault(words: str) -> Fault:
    """The fault that these words of a scenario mean: ``parse_fault("a freeze")``.

    Raises PlanError for words that mean none, with those that are nearest, and for a parameter that
    is not what it should be.
    """
    broken = "".join(f"; family {name} is broken: {why}" for name, why in CATALOGUE.broken.items())
    return find_fault(words, CATALOGUE.faults, broken)


def operation_of(undo: Undo) -> Operation:
    """The operation of an undo that is to be armed. Raises PlanError where there is none."""
    if undo.operation not in OPERATIONS:
        known = ", ".join(sorted(OPERATIONS))
        raise PlanError(
            f"expected an undo that the watchdog can carry out ({known}), got {undo.operation!r}; "
            "nothing was done"
        )
    return OPERATIONS[undo.operation]


def _unknown(_runtime: Runtime, undo: Undo) -> None:
    raise PlanError(f"nobody knows the operation {undo.operation!r}")


# What a journal of another version may name.
UNKNOWN = Operation(
    _unknown, lambda *_: False, "undone", "docker inspect {container}, and put it right"
)
