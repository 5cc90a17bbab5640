"""What must fit together between the sections of a manifest: names that are used, and given."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from drills.config.named import services_of
from drills.errors import PlanError, near
from drills.journal.misfits import Misfit
from drills.journal.observed import REPLICATION, SERVICES
from drills.journal.sample import Lane
from drills.observers.prober.wire import flaws_of
from drills.runbook.action import Action
from drills.runbook.tagged import unfit_for_incident
from drills.stack.dsn import Product
from drills.stack.journey import Journey, JourneyKind

if TYPE_CHECKING:
    from drills.config.document import Manifest

_TAKEN = {
    REPLICATION: "the replicas' lag is called",
    SERVICES: "the states of the services are called",
}


def misfits_of(manifest: Manifest) -> Iterator[Misfit]:
    """Everything that is named in one section and is not, or may not be, what another has."""
    yield from _writes(manifest)
    yield from _services(manifest)
    yield from _journeys(manifest)
    yield from _entered(manifest)
    yield from _roles(manifest)
    yield from _procedures(manifest)
    yield from _exports(manifest)
    for name in manifest.incidents:
        if why := unfit_for_incident(name, manifest.runbook.severities):
            text = f"expected another name for an incident: {why}"
            yield Misfit(manifest.place_of(name), text)


def _writes(manifest: Manifest) -> Iterator[Misfit]:
    data, journeys = manifest.data, manifest.journeys
    if not data.nodes:
        return
    journeys = {name: each for name, each in journeys.items() if not each.forbidden}
    if data.writes not in journeys:
        known = ", ".join(sorted(journeys)) or "none"
        hint = near(data.writes, journeys)
        text = f"expected one of the journeys ({known}), found {data.writes!r}{hint}"
        yield Misfit(("data", "writes"), text)
        return
    written = journeys[data.writes]
    for number, form in enumerate(written.content(data.content)):
        if form is None:
            name, sent = data.content[number], written.fields()
            yield Misfit(
                ("data", "content", number),
                f"expected a field that {data.writes} sends ({', '.join(sent) or 'no field'}), "
                f"found {name!r}{near(name, sent)}",
            )


def _services(manifest: Manifest) -> Iterator[Misfit]:
    known = manifest.stack.services
    for path, service in services_of(manifest):
        if known and service not in known:
            listed = ", ".join(known)
            text = f"expected one of stack.services ({listed}), found {service!r}"
            yield Misfit(path, f"{text}{near(service, known)}")


def _entered(manifest: Manifest) -> Iterator[Misfit]:
    """What is asked where customers enter, of a stack that does not say where that is."""
    if manifest.stack.entry is not None:
        return
    expected = "expected stack.entry: the service and the port that customers use"
    for name, journey in manifest.journeys.items():
        if journey.probed and journey.endpoint(None) is None:
            yield Misfit(("journeys", name), f"{expected}, or `at` for this journey alone")
    if manifest.login is not None:
        yield Misfit(("login",), expected)
    if manifest.monitoring.health:
        yield Misfit(("monitoring", "health"), expected)


def _roles(manifest: Manifest) -> Iterator[Misfit]:
    """Roles that a sentence could take for a service that is none of them."""
    for role, behind in manifest.roles.items():
        if role in manifest.stack.services and behind != (role,):
            text = f"expected a role that is no service's name, {role} is one"
            yield Misfit(("roles", role), text)


def _journeys(manifest: Manifest) -> Iterator[Misfit]:
    for name, journey in manifest.journeys.items():
        path = ("journeys", name)
        if name in _TAKEN:
            yield Misfit(path, f"expected another name: {name} is what {_TAKEN[name]}")
        if journey.kind is JourneyKind.QUESTION:
            yield from _asked(manifest, name, journey.node)
        for key, text in flaws_of(_as_asked(manifest, name, journey)):
            below = key in ("rate", "timeout", "slow", "method", "path", "headers")
            yield Misfit((*path, key), text) if below else Misfit(path, f"{key}: {text}")


def _as_asked(manifest: Manifest, name: str, journey: Journey) -> Lane:
    """The journey as a lane; of what the prober does not ask, what each lane has."""
    address = ("localhost", 80)
    if not journey.probed:
        return Lane(name, *address, "/", journey.rate)
    return journey.lane(name, address, {}, journey.rate, entry=manifest.stack.entry)


def _asked(manifest: Manifest, name: str, node: str) -> Iterator[Misfit]:
    """Whether there is a database to ask a journey's question."""
    nodes = manifest.data.nodes
    if node and node not in nodes:
        known = ", ".join(nodes) or "none"
        text = f"expected one of [data.nodes] ({known}), found {node!r}{near(node, nodes)}"
        yield Misfit(("journeys", name, "node"), text)
    elif (at := node or manifest.data.primary) and nodes[at].command:
        text = f"expected a node with a dsn: a command prints what {at} holds, and answers nothing"
        yield Misfit(("journeys", name, *(("node",) if node else ())), text)
    elif not node and not manifest.data.primary:
        text = "expected node, one of [data.nodes]: there is no primary to ask"
        yield Misfit(("journeys", name), text)


def _procedures(manifest: Manifest) -> Iterator[Misfit]:
    """Steps that only one kind of database can do, on another one."""
    nodes = {node.service: name for name, node in manifest.data.nodes.items()}
    for name, incident in manifest.incidents.items():
        for part in ("procedure", "otherwise"):
            for number, action in enumerate(getattr(incident, part)):
                if (node := nodes.get(action.service)) is None:
                    continue
                if why := _unable(action, manifest.data.nodes[node].product):
                    path = (*manifest.place_of(name), part, number, "action")
                    yield Misfit(path, f"{why}, found data.nodes.{node}")


def _exports(manifest: Manifest) -> Iterator[Misfit]:
    """What is no export, or goes nowhere."""
    for number, text in enumerate(manifest.export):
        from drills.reporting.exports.target import targets_of  # who exports nothing waits for none

        try:
            targets_of([text], Path())
        except PlanError as error:
            yield Misfit(("export", number), str(error))


def _unable(action: Action, product: Product | None) -> str:
    """Why a database of that kind, or a command (None), cannot do this; "" where it can."""
    if action.action not in ("back up", "restore", "promote") or product is Product.POSTGRESQL:
        return ""
    if product is None:
        return f"expected a node with a dsn to {action.action}"
    if action.action == "promote" or action.changes:
        what = "restore with changes" if action.changes else action.action
        return f"expected {Product.POSTGRESQL} to {what} ({product} has no such way)"
    return ""
