"""What a fault may need of the machine, beyond an engine that runs containers."""

from __future__ import annotations

from enum import StrEnum


class Ability(StrEnum):
    """Something that is found out by trying it, where it does no harm."""

    DISKS = "the writes of a container to a disk can be slowed down"
    EXITS = "a container's main process can be made to end with an exit code of choice"
    LINKS = "the link between two containers can be cut"
    REFUSALS = "connections between two containers can be refused"
    RESETS = "open connections between two containers can be reset"
    CHANCE = "packets between two containers can be lost by chance"
    LIMITS = "what passes between two containers can be limited"
    PROCESSES = "the processes of a container can be listed and signalled"
    QUEUES = "packets can be handed to a helper container of our own image"
    VOLUMES = "a helper container can write into a volume"
