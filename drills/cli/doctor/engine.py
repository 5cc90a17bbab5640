"""The engine that a drill would use: which one it is, where, and what does not work there."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from drills.cli.doctor.finding import Finding, State
from drills.cli.doctor.patient import Patient

if TYPE_CHECKING:
    from drills.stack.engines.address import Address

WELL, NOTE = State.WELL, State.NOTE
PODMAN = "Podman Engine"
_DOCKER_S = "an engine of Docker's runs all of it"
# What was seen with podman 5.4.2 and, of stop, kill, freeze, restart and limits, with 4.3.1.
_NO_BEGINNING = (
    "of a command in a container it tells no beginning, which proves a memory leak and a processor "
    "hog: those faults are called not injected"
)
_NO_FIGURES = (
    "it tells of a kill without its signal, and some versions (5.4) nothing of processor and "
    "memory when asked once: evidence of the system is without them"
)
_NO_LIMITS = "some versions (4.3) change no limits: faults that lend or cut them are refused"
_NO_INTERVAL = "compose refuses start_interval under healthcheck there"
_NOT_WITH_PODMAN = (_NO_BEGINNING, _NO_FIGURES, _NO_LIMITS, _NO_INTERVAL)


def engine(patient: Patient) -> Iterator[Finding]:
    """Whether one answers, what it is, where it is, and what that means."""
    found = patient.engine
    with found.asked("ask the engine about itself") as client:
        info, version = client.info(), client.version()
    yield Finding("engine", WELL, f"{found.target} answers: version {version['Version']}")
    yield Finding(
        "engine",
        WELL,
        f"{info['NCPU']} processors, {info['MemTotal'] / 2**30:.1f} GiB, control groups "
        f"v{info.get('CgroupVersion', '1')}, {info['OperatingSystem']}",
    )
    yield from place(found.address, str(info.get("KernelVersion", "")), str(info.get("Name", "")))
    yield from kind(version)


def place(address: Address, kernel: str, name: str) -> Iterator[Finding]:
    """Where it is, where that is not this machine, and what does not work there."""
    if not address.remote:
        if kernel != os.uname().release:
            said = f"{address.target} leads to a machine of its own, {name or 'without a name'}"
            yield Finding(
                "engine",
                NOTE,
                f"{said}: a virtual machine of this host, or a tunnel to another one",
                "see that its containers are yours to break: docker info",
            )
        return
    way = "by ssh" if address.by_ssh else f"at {address.host} and nowhere else"
    yield Finding(
        "engine",
        NOTE,
        f"it is on another machine, {address.host} ({name}): what it publishes is reached {way}; "
        "folders, secrets and configs that are files of this machine are not there, so a compose "
        "file that has them is refused",
        "docs/remote-engine.md says what to write in their stead",
    )
    if not (address.by_ssh or address.certificates):
        yield Finding(
            "engine",
            NOTE,
            f"{address.target} is asked without TLS: whoever is on the way can read and change it",
            "DOCKER_TLS_VERIFY=1 with DOCKER_CERT_PATH, or DOCKER_HOST=ssh://...",
        )


def kind(version: Mapping[str, Any]) -> Iterator[Finding]:
    """What does not work with an engine that speaks Docker's API and is none of Docker's."""
    names = [str(each.get("Name", "")) for each in version.get("Components") or ()]
    if PODMAN in names:
        said = "it is podman's: a stop, kill, freeze or restart can be drilled; {}"
        for each in _NOT_WITH_PODMAN:
            yield Finding("engine", NOTE, said.format(each), _DOCKER_S)
