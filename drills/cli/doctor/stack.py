"""The stack that a drill would bring up: engine, compose, file, images, who is in the way."""

from __future__ import annotations

from collections.abc import Iterator

from drills.cli.doctor.finding import Finding, State
from drills.cli.doctor.patient import DRILL, PROJECT, Patient
from drills.clock import SystemClock
from drills.stack.abilities import Ability

WELL, NOTE, WRONG = State.WELL, State.NOTE, State.WRONG


def compose(patient: Patient) -> Iterator[Finding]:
    """Whether compose is there, and what it makes of the team's file."""
    if patient.attached:
        return
    command = patient.source.command(PROJECT, DRILL, patient.folder / "nowhere")
    yield Finding("compose", WELL, f"version {command.version()}")
    composed = patient.composed
    instances = sum(each.instances for each in composed.services.values())
    said = f"{composed.file.name}: {len(composed.services)} services, {instances} containers"
    yield Finding("compose", WELL, said)
    yield from (Finding("compose", NOTE, f"compose warns: {text}") for text in composed.warnings)


def way(patient: Patient) -> Iterator[Finding]:
    """What would keep a drill from having its stack: files, images, names that are taken."""
    if patient.attached:
        from drills.config.composed import needs_of
        from drills.stack.engines.attached import preview_attached

        services, needs = patient.manifest.blast_radius.services, tuple(needs_of(patient.manifest))
        remote = patient.allow_remote
        seen = preview_attached(patient.attached, services, needs, allow_remote=remote)
        problems, notes = list(seen.problems), seen.notes
    else:
        from drills.stack.engines.compose import ComposeStack

        stack = ComposeStack(
            *(patient.source, PROJECT, DRILL, SystemClock()), allow_remote=patient.allow_remote
        )
        problems, notes = stack.problems(), ()
    yield from (Finding.of("stack", WRONG, text) for text in problems)
    yield from (Finding("stack", NOTE, text) for text in notes)
    if not problems:
        yield Finding("stack", WELL, "nothing is in its way: files, images, names, ports, networks")


def services(patient: Patient) -> Iterator[Finding]:
    """What of the file bears on drills: who is started again, who is looked at, who reaches out."""
    if patient.attached:
        return
    from drills.stack.engines.reach import reaching

    composed = patient.composed
    lasting = {name: composed.services[name] for name in composed.services.keys() - composed.jobs()}
    alone = sorted(name for name, each in lasting.items() if each.restarts == "no")
    if alone:
        yield Finding(
            "services",
            NOTE,
            f"nothing starts {', '.join(alone)} again: after a sudden death it is down until the "
            "response, or the drill's undo, starts it",
            "restart: unless-stopped",
        )
    unseen = sorted(name for name, each in lasting.items() if not each.checked)
    if unseen:
        yield Finding(
            "services",
            NOTE,
            f"the file gives {', '.join(unseen)} no health check: unless the image has one, that "
            "the container runs is all the engine knows",
            "healthcheck: under the service",
        )
    yield from (Finding("services", NOTE, text) for text in reaching(composed))


def ability(patient: Patient, which: Ability) -> Iterator[Finding]:
    """Whether this machine is able to, tried on a helper of an image that is here."""
    from drills.stack.engines.abilities import lacking_beside, lacking_here

    images = [] if patient.attached else [each.image for each in patient.composed.services.values()]
    why = lacking_beside(images, which, allow_remote=patient.allow_remote)
    if why.startswith("not tried: no image"):
        why = lacking_here(which, allow_remote=patient.allow_remote)
    if why:
        mend = "drills faults: which faults need it"
        yield Finding("ability", NOTE, f"not here: {which}: {why}", mend)
    else:
        yield Finding("ability", WELL, which)
