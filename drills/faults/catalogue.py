"""The closed table of undo operations: every family's own, and nothing else.

A drill and the watchdog over it load the same table, and nobody can add to it while they run: an
undo that is not in it is refused before anything is injected, for nobody could carry it out.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from drills.errors import PlanError
from drills.faults import disk, network, postgres, process, resource
from drills.faults.undo import Operation, Undo, merged
from drills.stack.runtime import Runtime

OPERATIONS: Mapping[str, Operation] = MappingProxyType(
    dict(
        merged(
            process.OPERATIONS,
            resource.OPERATIONS,
            postgres.OPERATIONS,
            network.OPERATIONS,
            disk.OPERATIONS,
        )
    )
)


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
