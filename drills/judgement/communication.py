"""Whether those who must be told of an incident were reached, when, and how soon after the page."""

from __future__ import annotations

from drills.journal.facts import MessageDue, MessageSent, MessageUnsent
from drills.judgement.detection import announced
from drills.judgement.metric import Observations
from drills.judgement.verdict import Measured, Measurement, Unmeasured
from drills.units import NS, Interval, format_seconds, with_sign

AT_MOST = 10  # messages that the record tells of one by one


def time_to_notify(seen: Observations, subject: str) -> Measurement:
    """From the page until the first message had reached every target that it is due at.

    Nothing is known where no target is named, or where sending was not even tried.
    """
    page = announced(seen, subject)
    if isinstance(page, Unmeasured):
        return Unmeasured(f"nobody was called: {page.reason}")
    waited = max(0.0, (seen.until_ns - page.at_ns) / NS)
    due = seen.timeline.first(MessageDue)
    if due is None:
        return Unmeasured("no message was due")
    if not due.targets:
        return Unmeasured("no target is named under [notify], so nothing shows whom people told")
    sent = {each.target: each for each in seen.timeline.all(MessageSent, number=due.number)}
    missing = [name for name in due.targets if name not in sent]
    if missing:
        unsent = seen.timeline.all(MessageUnsent, number=due.number)
        tried = all(each.attempts for each in unsent)
        why = "; ".join(each.text for each in unsent) or f"nothing reached {', '.join(missing)}"
        return Unmeasured(why, waited if tried else None)
    last = max(sent.values(), key=lambda each: each.at_ns)
    seconds = max(0.0, (last.at_ns - page.at_ns) / NS)
    source = f"the first message had reached {', '.join(due.targets)}"
    return Measured(Interval.exact(seconds), source)


def notifications(seen: Observations) -> str:
    """Every message that was due, when, to whom, and what became of it; "" where none was."""
    due, fault = seen.timeline.all(MessageDue), seen.fault()
    told = []
    for each in due[:AT_MOST]:
        when = f"{with_sign((each.at_ns - fault.ns) / NS)} from the fault" if fault else "no fault"
        to = ("that the drill is over " if each.over else "") + f"to {', '.join(each.to)}"
        told.append(f"{each.number}. {to}, due {when}: {_became(seen, each)}")
    more = len(due) - AT_MOST
    return "; ".join([*told, *([f"and {more} more, see the timeline"] if more > 0 else [])])


def _became(seen: Observations, due: MessageDue) -> str:
    if not due.targets:
        return "left to people, no target is named"
    said = {
        each.target: f"reached {each.target} {format_seconds(each.late)} later"
        for each in seen.timeline.all(MessageSent, number=due.number)
    }
    said |= {
        each.target: f"did not reach {each.target} ({each.reason})"
        for each in seen.timeline.all(MessageUnsent, number=due.number)
    }
    return ", ".join(said.get(name, f"nothing is known of {name}") for name in due.targets)
