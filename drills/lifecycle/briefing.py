"""The plan of a drill in words: what people read before it is run. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from drills.faults.catalogue import operation_of
from drills.faults.undo import Undo, typed
from drills.journal.facts import StillOpen
from drills.journal.timeline import Json
from drills.judgement.criterion import Criterion, Unit
from drills.judgement.telling import HOW, told_by_nobody
from drills.lifecycle.customers import entering, workload
from drills.lifecycle.dry_run import Injection, Outline
from drills.lifecycle.plan import untold
from drills.reporting.cleansing import clean_line
from drills.runbook.action import Action
from drills.runbook.incident import Incident
from drills.runbook.policy import promise
from drills.runbook.tagged import NO_RESPONSE
from drills.units import format_seconds

LEFT_SHOWN = 6
PROJECT = "drill-<id>"  # the name of a drill's stack begins its containers' names


def brief(outline: Outline) -> str:
    """The plan as plain text, a line a fact; ends with a newline."""
    lines = [f"{outline.scenario} ({outline.feature})", *_parts(outline)]
    return "".join(f"{_indented(line)}\n" for line in lines)


def _indented(line: str) -> str:
    """A line that nothing in it can break, with its own indentation."""
    return " " * (len(line) - len(line.lstrip(" "))) + clean_line(line)


def _parts(outline: Outline) -> Iterator[str]:
    parts = (
        ("Problems", [f"! {problem}" for problem in outline.problems]),
        ("Severity", [_severity(outline)]),
        ("Incident", list(_incident(outline.incident))),
        ("Detection", list(_detection(outline))),
        ("Left by earlier drills of it", list(_left(outline.left))),
        ("Stack", outline.stack),
        ("Blast radius", list(_radius(outline))),
        ("Workload", list(workload(outline))),
        ("Log-in", list(entering(outline))),
        ("Faults", list(_faults(outline.injections, outline.settings.hold))),
        ("Response", list(_response(outline))),
        ("Communication", list(_communication(outline))),
        ("Criteria", [_criterion(*each) for each in outline.criteria] or ["none"]),
        ("Stopped early when", outline.stop.words() or ["never"]),
        ("How long at most", list(_longest(outline))),
    )
    for title, lines in parts:
        if lines:
            yield f"  {title}"
            yield from (f"    {line}" for line in lines)


def _severity(outline: Outline) -> str:
    known = outline.manifest.runbook.severities
    if outline.severity not in known:
        return f"none: no tag {', '.join(f'@{level}' for level in known)}"
    return promise(outline.severity, known[outline.severity])


def _incident(incident: Incident | None) -> Iterator[str]:
    if incident is None:
        yield "none: no tag names one of the manifest's incidents"
        return
    yield incident.title
    yield f"announced by {incident.announced_by}"


def _detection(outline: Outline) -> Iterator[str]:
    """What would tell somebody, and that nothing would: criteria on it are not measured then."""
    incident, telling = outline.incident, outline.manifest.monitoring.telling
    yield from (f"told by {words}" for words in telling.values())
    alerts, unhealthy = (incident.alerts, incident.unhealthy) if incident else ((), ())
    if why := told_by_nobody(telling, alerts, unhealthy):
        yield f"! {why}"
        yield HOW
    in_vain = {each.name: untold(outline.manifest, incident, each) for each, _ in outline.criteria}
    for name, reason in in_vain.items():
        if reason:
            because = "" if reason == why else f": {reason}"
            yield f"not measured, so not met: {name}{because}"


def _left(points: Sequence[StillOpen]) -> Iterator[str]:
    """What is open still; findings one by one, of the rest how much."""
    for each in points[:LEFT_SHOWN]:
        due = f", due {each.due}" if each.due else ""
        yield f"open since {each.since}{due} (drill {each.drill}, {each.id}): {each.text}"
    if (more := len(points) - LEFT_SHOWN) > 0:
        yield f"and {more} more: `drills show` tells of the last drill's"


def _radius(outline: Outline) -> Iterator[str]:
    radius, known = outline.manifest.blast_radius, outline.manifest.stack.services
    named = ", ".join(radius.services) or "nothing"
    why = "every service of the compose file: " if radius.services else ""
    yield f"may touch {named}" + (f" ({why}[blast_radius] names none)" if radius.assumed else "")
    yield f"at most {_count(radius.at_once, 'container')} at once"
    if not known:
        yield "not checked against the stack: the manifest has no [stack.services]"


def _faults(injections: list[Injection], hold: float) -> Iterator[str]:
    if not injections:
        yield "none"
    for number, injection in enumerate(injections, 1):
        targets = " and ".join((str(injection.target), *injection.fault.beside))
        yield f"{number}. {injection.fault.kind} of {targets}{_parameters(injection)}"
        needs = (f"a machine where {ability}" for ability in injection.fault.asks)
        yield from (f"   needs {need}" for need in (*needs, *injection.fault.needs))
        for lacking in injection.lacking:
            yield f"   lacks {lacking}; as it is, the drill is inconclusive"
        yield f"   lasts {_lasts(injection, hold)}"
        for undo in injection.undos:
            by_hand = typed(injection.fault.by_hand, undo, f"{PROJECT}-")
            yield f"   done, as by hand: {by_hand}"
            yield f"   undone: {_undo(undo)}"


def _lasts(injection: Injection, hold: float) -> str:
    if injection.lasting is not None:
        return format_seconds(injection.lasting)
    return f"until something was decided about it, and at least {format_seconds(hold)}"


def _parameters(injection: Injection) -> str:
    given = [f"{key}={_plain(value)}" for key, value in injection.fault.parameters().items()]
    return f" ({', '.join(given)})" if given else ""


def _plain(value: Json) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _undo(undo: Undo) -> str:
    operation = operation_of(undo)
    by_hand = operation.line(undo, f"{PROJECT}-")
    return f"{undo.operation} {undo.place}, proven when {operation.proof}; by hand: {by_hand}"


def _response(outline: Outline) -> Iterator[str]:
    incident = outline.incident
    if not outline.settings.respond:
        yield f"nobody carries out a procedure (--drill-no-response, or @{NO_RESPONSE})"
    elif incident is None or not incident.procedure:
        yield "none: there is no procedure"
    else:
        reaches = " reaches the pager" if incident.alerts else ""
        yield f"when {incident.announced_by}{reaches}:"
        decides = [n for n, action in enumerate(incident.procedure, 1) if action.decides]
        for number, action in enumerate(incident.steps, 1):
            if number == len(incident.procedure) + 1:
                yield f"where step {' or '.join(map(str, decides))} does not work, instead:"
            yield f"{number}. {action.says} ({_deed(action, outline.settings.people or 0)})"


def _communication(outline: Outline) -> Iterator[str]:
    """Who is told and by what; who sees to it, and that nothing measures it, without a target."""
    policy = outline.manifest.runbook
    severity = policy.severities.get(outline.severity)
    if outline.incident is None or severity is None or not severity.told:
        return
    often = (
        f", then every {format_seconds(severity.every)} until service is restored"
        if severity.every
        else ""
    )
    yield f"{', '.join(severity.told)}: a message at the page{often}"
    if targets := policy.targets(outline.severity):
        yield f"sent for real, marked as a drill, to {', '.join(targets)}"
        yield from (f"nothing can be sent to {each}" for each in outline.unsendable)
    else:
        yield "by people: no target under [notify] reaches them, so time to notify is not measured"


def _deed(action: Action, waited: float) -> str:
    if action.action == "people":
        return f"waits {format_seconds(waited)} for people" if waited else "people, not waited for"
    return " ".join(filter(None, (action.action, action.service, action.key or action.path)))


def _criterion(criterion: Criterion, unit: Unit) -> str:
    subject = f" of {criterion.subject}" if criterion.subject else ""
    return (
        f"{criterion.name}: {criterion.metric}{subject} {criterion.comparator} "
        f"{unit.show(criterion.limit)} ({criterion.priority}, weight {criterion.priority.weight})"
    )


def _longest(outline: Outline) -> Iterator[str]:
    total, after = sum(wait.seconds for wait in outline.waits), outline.stop.after
    yield f"{format_seconds(total)}, besides creating the stack, evidence, and removing the stack:"
    yield from (f"  {format_seconds(wait.seconds)}: {wait.awaited}" for wait in outline.waits)
    if after is not None and after < total:
        yield f"or {format_seconds(after)}, when it is stopped, and then the waits after the undo"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
