"""The services and ports that a manifest names, each with the key under which it does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from drills.journal.keylines import KeyPath

if TYPE_CHECKING:
    from drills.config.document import Manifest


def services_of(manifest: Manifest) -> Iterator[tuple[KeyPath, str]]:
    """Every service that is named somewhere, with the key under which that is."""
    for number, service in enumerate(manifest.blast_radius.services):
        yield ("blast_radius", "services", number), service
    for table in ("roles", "zones"):
        for name, behind in getattr(manifest, table).items():
            yield from (((table, name, number), each) for number, each in enumerate(behind))
    for name, diagnostic in manifest.stack.diagnostics.items():
        yield ("stack", "diagnostics", name), diagnostic.service
    yield from ((path, service) for path, service, _ in addresses_of(manifest))
    for name, node in manifest.data.nodes.items():
        if node.command:
            yield ("data", "nodes", name), node.service
    for name, journey in manifest.journeys.items():
        if journey.inside:
            yield ("journeys", name, "in"), journey.inside
    for below, service in manifest.monitoring.services():
        yield ("monitoring", *below), service
    yield from _of_incidents(manifest)


def _of_incidents(manifest: Manifest) -> Iterator[tuple[KeyPath, str]]:
    for name, incident in manifest.incidents.items():
        path = manifest.place_of(name)
        for number, service in enumerate(incident.unhealthy):
            yield (*path, "unhealthy", number), service
        for part, steps in (
            ("procedure", incident.procedure),
            ("otherwise", incident.otherwise),
        ):
            for number, action in enumerate(steps):
                if action.service:
                    yield (*path, part, number, "service"), action.service


def addresses_of(manifest: Manifest) -> Iterator[tuple[KeyPath, str, int]]:
    """Every service and port that a drill talks to, with the key under which that is named."""
    if (entry := manifest.stack.entry) is not None:
        yield ("stack", "entry"), entry.service, entry.port
    if (pager := manifest.monitoring.pager) is not None:
        yield ("monitoring", "pager"), pager.service, pager.port
    for name, journey in manifest.journeys.items():
        for key, at in (("at", journey.at), ("connect", journey.connect)):
            if at is not None:
                yield ("journeys", name, key), at.service, at.port
    for path, questions in (
        (("stack", "ready"), manifest.stack.ready),
        (("monitoring", "ready"), manifest.monitoring.ready),
        (("monitoring", "evidence"), manifest.monitoring.evidence),
    ):
        yield from (((*path, k), each.service, each.port) for k, each in questions.items())
    yield from _of_data_and_runbook(manifest)


def _of_data_and_runbook(manifest: Manifest) -> Iterator[tuple[KeyPath, str, int]]:
    for name, node in manifest.data.nodes.items():
        if node.dsn:
            yield ("data", "nodes", name), node.service, node.port
    for name, target in manifest.runbook.notify.items():
        if (asked := target.at) is not None:
            yield ("runbook", "notify", name, "at"), asked.service, asked.port
