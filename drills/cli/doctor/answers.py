"""What a project that runs answers: its databases, who lets customers in, each journey once.

It is asked as a drill would ask it. What writes is left out: nobody wants an order of the doctor's.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from drills.cli.doctor.finding import Finding, State
from drills.cli.doctor.patient import DRILL, Patient
from drills.clock import SystemClock
from drills.errors import DrillError
from drills.journal.sample import Outcome
from drills.journal.samples import read_samples
from drills.observers.inquiries import command, question
from drills.observers.prober.prober import Prober
from drills.stack.credentials import Credentials, log_in
from drills.stack.data import Node
from drills.stack.drivers import Drivers, lacking
from drills.stack.engines.attachment import Attachment
from drills.stack.engines.docker import DockerRuntime
from drills.stack.holdings import held_by
from drills.stack.http import Client
from drills.stack.journey import Journey, JourneyKind
from drills.stack.tls import secured

_WITHIN = 3  # seconds for a database
_ASKING = 1.0  # seconds in which the prober asks
_START = "docker compose up -d, and then: drills doctor --attach PROJECT"


def not_asked(patient: Patient) -> Iterator[Finding]:
    """That nothing runs that could be asked."""
    data = ", ".join(patient.manifest.data.nodes) or "none"
    asked = ", ".join(patient.manifest.journeys) or "none"
    said = f"no running project was named, so databases ({data}) and journeys ({asked}) were not"
    yield Finding("answers", State.NOTE, f"{said} asked", _START)


def databases(patient: Patient) -> Iterator[Finding]:
    """Whether each node can be read as it will be in the end."""
    data, runtime = patient.manifest.data, _runtime(patient)
    for name, node in data.nodes.items():
        kind = node.product or f"the command {node.command[0]}"
        if lacks := lacking(node.product):
            yield Finding.of("database", State.WRONG, f"{name}: {lacks}")
            continue

        def where(node: Node = node) -> str:
            return node.at(*runtime.port(node.service, node.port))

        try:
            held = held_by(name, data, Drivers(), runtime, where, timeout=_WITHIN)
            said = f"{name}: {kind} answers, and holds {len(held)} writes"
            yield Finding("database", State.WELL, said)
        except DrillError as error:
            yield Finding.of("database", State.WRONG, f"{name}: {kind}: {error}")


def journeys(patient: Patient) -> Iterator[Finding]:
    """Whether customers are let in, and each journey that writes nothing is answered well."""
    manifest = patient.manifest
    credentials = Credentials()
    if (login := manifest.login) is not None:
        try:
            credentials = _let_in(patient)
            yield Finding("log-in", State.WELL, f"{login.method} {login.path}: let in".strip())
        except DrillError as error:
            yield Finding.of("log-in", State.WRONG, str(error))
            credentials = Credentials()
    left = [name for name, each in manifest.journeys.items() if _writes(each)]
    if left:
        said = f"not asked, for they write: {', '.join(left)}"
        yield Finding("journey", State.NOTE, said)
    yield from _probed(patient, credentials)
    yield from _inquired(patient)


def _writes(journey: Journey) -> bool:
    changes = journey.kind is JourneyKind.HTTP and journey.method not in ("GET", "HEAD")
    return journey.writes or changes


def _let_in(patient: Patient) -> Credentials:
    manifest, entry = patient.manifest, patient.manifest.stack.entry
    assert manifest.login is not None
    if entry is None:
        return log_in(manifest.login, Client(("127.0.0.1", 1)))
    address = _runtime(patient).port(entry.service, entry.port)
    with Client(secured(address, entry.trust)) as client:
        return log_in(manifest.login, client)


def _probed(patient: Patient, credentials: Credentials) -> Iterator[Finding]:
    """By the drill's own prober, for a moment."""
    manifest, runtime = patient.manifest, _runtime(patient)
    asked = {n: j for n, j in manifest.journeys.items() if j.probed and not _writes(j)}
    if not asked:
        return
    with tempfile.TemporaryDirectory() as folder, Prober(Path(folder)) as prober:
        prober.keep_secret(credentials.secrets())
        for name, journey in asked.items():
            at = journey.endpoint(manifest.stack.entry)
            assert at is not None  # the manifest sees to it
            address = runtime.port(at.service, at.port)
            rate = max(2.0, min(journey.rate, 10.0))
            entry, shown = manifest.stack.entry, credentials.headers
            prober.add(journey.lane(name, address, shown, rate, entry=entry))
        time.sleep(_ASKING)
        prober.end()
        samples = read_samples(Path(folder), final=True)
    for name in asked:
        found = samples.get(name, ())
        good = [one for one in found if one.outcome is Outcome.OK]
        if found and len(good) == len(found):
            slowest = max(one.latency for one in good) * 1000
            said = f"{name}: answered {len(good)} times, at most {slowest:.0f} ms"
            yield Finding("journey", State.WELL, said)
        elif found:
            bad = next(one for one in found if one.outcome is not Outcome.OK)
            said = f"{name}: {len(found) - len(good)} of {len(found)} failed: {bad.outcome}"
            yield Finding("journey", State.WRONG, f"{said} {bad.detail}".strip())
        else:
            yield Finding("journey", State.UNKNOWN, f"{name}: no answer was noted")


def _inquired(patient: Patient) -> Iterator[Finding]:
    """Commands and questions, once each, as a drill runs them."""
    manifest, runtime = patient.manifest, _runtime(patient)
    for name, journey in manifest.journeys.items():
        if journey.probed or _writes(journey):
            continue
        if journey.kind is JourneyKind.COMMAND:
            ask = command(journey, runtime, str)
        else:
            node = manifest.data.nodes[journey.node or manifest.data.primary]

            def where(node: Node = node) -> str:
                return node.at(*runtime.port(node.service, node.port))

            ask = question(journey, Drivers(), where, str)
        outcome, detail = ask("", journey.timeout)
        well = outcome is Outcome.OK
        said = f"{name}: {'answered' if well else outcome} {detail}".strip()
        yield Finding("journey", State.WELL if well else State.WRONG, said)


def _runtime(patient: Patient) -> DockerRuntime:
    """The running project, of which nothing may be changed."""
    attachment = Attachment(DRILL, frozenset())
    return DockerRuntime(
        patient.attached, SystemClock(), engine=patient.engine, attachment=attachment
    )
