"""Faults of what a service is told: its settings, its files, its configuration."""

from __future__ import annotations

from collections.abc import Mapping

from drills.faults.application import balancer, certificate, restored, starting
from drills.faults.application.balancer import ConfigurationRefused, UpstreamWrong
from drills.faults.application.certificate import CertificateExpired
from drills.faults.application.starting import (
    CrashLoop,
    EnvironmentBroken,
    FileEmptied,
    FileUnreadable,
    SecretRotated,
    TokenLifetimeCut,
)
from drills.faults.fault import Fault
from drills.faults.undo import Operation, merged

OPERATIONS: Mapping[str, Operation] = dict(
    merged(restored.OPERATIONS, starting.OPERATIONS, balancer.OPERATIONS, certificate.OPERATIONS)
)
FAULTS: tuple[type[Fault], ...] = (
    EnvironmentBroken,
    FileUnreadable,
    FileEmptied,
    CrashLoop,
    SecretRotated,
    TokenLifetimeCut,
    ConfigurationRefused,
    UpstreamWrong,
    CertificateExpired,
)

__all__ = [
    "FAULTS",
    "OPERATIONS",
    "CertificateExpired",
    "ConfigurationRefused",
    "CrashLoop",
    "EnvironmentBroken",
    "FileEmptied",
    "FileUnreadable",
    "SecretRotated",
    "TokenLifetimeCut",
    "UpstreamWrong",
]
