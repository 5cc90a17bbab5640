"""Faults of the network between services, made and read back where one of them is attached."""

from __future__ import annotations

from collections.abc import Mapping

from drills.faults.fault import Fault
from drills.faults.network import connections, handled, link, port
from drills.faults.network.connections import ConnectionsReset
from drills.faults.network.delay import Latency, SlowAnswers
from drills.faults.network.names import LookupsFail, LookupsMisled, LookupsUnanswered
from drills.faults.network.partition import OneWayPartition, Partition
from drills.faults.network.port import PortTaken
from drills.faults.network.quality import Bandwidth, PacketLoss
from drills.faults.network.refusal import ConnectionsRefused
from drills.faults.undo import Operation, merged

__all__ = [
    "FAULTS",
    "OPERATIONS",
    "Bandwidth",
    "ConnectionsRefused",
    "ConnectionsReset",
    "Latency",
    "LookupsFail",
    "LookupsMisled",
    "LookupsUnanswered",
    "OneWayPartition",
    "PacketLoss",
    "Partition",
    "PortTaken",
    "SlowAnswers",
]

OPERATIONS: Mapping[str, Operation] = dict(
    merged(link.OPERATIONS, connections.OPERATIONS, handled.OPERATIONS, port.OPERATIONS)
)
FAULTS: tuple[type[Fault], ...] = (
    Partition,
    OneWayPartition,
    ConnectionsRefused,
    ConnectionsReset,
    PacketLoss,
    Bandwidth,
    Latency,
    SlowAnswers,
    LookupsUnanswered,
    LookupsFail,
    LookupsMisled,
    PortTaken,
)
