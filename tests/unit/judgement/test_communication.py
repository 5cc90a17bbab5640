"""How soon those who must be told of an incident were reached, as the journal tells."""

from __future__ import annotations

import pytest

from drills.errors import PlanError
from drills.journal.timeline import Json, Kind
from drills.judgement.communication import AT_MOST, notifications
from drills.judgement.criterion import Comparator, Criterion
from drills.judgement.metrics import metric
from drills.judgement.record import build
from drills.judgement.subjects import Need
from tests.doubles.observed import Told, interval, ns, unmeasured

NAME = "time to notify"


def due(told: Told, at: float = 13, number: int = 1, targets: tuple[str, ...] = ("chat",)) -> Told:
    """A message that is due."""
    return told.tell(at, Kind.MESSAGE_DUE, number=number, to=("stakeholders",), targets=targets)


def sent(told: Told, at: float, target: str = "chat") -> Told:
    """The first message reached a target."""
    return told.tell(at, Kind.MESSAGE_SENT, number=1, target=target, due_ns=ns(13), attempts=1)


def unsent(told: Told, at: float, target: str = "chat", attempts: int = 3) -> Told:
    """The first message did not reach a target."""
    said = f"message 1 did not reach {target}: error=503"
    facts: dict[str, Json] = {"reason": "error=503", "attempts": attempts}
    facts |= {"number": 1, "target": target, "due_ns": ns(13)}
    told.tell(at, Kind.MESSAGE_UNSENT, said, facts)
    return told


def paged() -> Told:
    return Told().fault(10).alert(13)


def test_it_is_timed_from_the_page_to_the_last_target() -> None:
    """Whoever is told through another is not told by the first."""
    told = sent(sent(due(paged(), targets=("chat", "mail")), 13.5), 15, "mail")
    assert interval(NAME, told.seen()).value == 2
    assert unmeasured(NAME, sent(due(paged(), targets=("chat", "mail")), 14).seen()).at_least == 47


def test_what_did_not_arrive_took_longer_than_was_waited() -> None:
    """So it is missed once the limit is past, whether it is still tried or given up."""
    assert unmeasured(NAME, due(paged()).seen()).at_least == 47
    found = unmeasured(NAME, unsent(due(paged()), 16).seen())
    assert (found.reason, found.at_least) == ("message 1 did not reach chat: error=503", 47)


def test_what_was_never_tried_proves_nothing() -> None:
    """A missing library or variable is the drill's own, and no word on the team."""
    assert unmeasured(NAME, unsent(due(paged()), 16, attempts=0).seen()).at_least is None


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (Told().fault(10), "nobody was called: no alert ReplicaDown reached the pager"),
        (paged(), "no message was due"),
        (due(paged(), targets=()), "no target is named under [notify]"),
    ],
)
def test_without_page_message_or_target_it_is_not_measured(told: Told, reason: str) -> None:
    """And is missed by nobody."""
    found = unmeasured(NAME, told.seen())
    assert found.reason.startswith(reason)
    assert found.at_least is None


def test_later_messages_change_nothing() -> None:
    """It is the first that tells people of the incident."""
    told = due(sent(due(paged()), 14), 53, number=2)
    assert interval(NAME, told.seen()).value == 1


def test_a_stack_without_a_target_has_no_such_criterion() -> None:
    """That is said before anything runs."""
    criterion = Criterion("The team is notified", NAME, Comparator.AT_MOST, 60)
    with pytest.raises(PlanError, match=r"expected a target under \[notify\]"):
        metric(NAME).check(criterion, {Need.ALERT: ("A",), Need.TARGET: ()})
    metric(NAME).check(criterion, {Need.ALERT: ("A",), Need.TARGET: ("chat",)})


def test_the_record_says_of_each_message_what_became_of_it() -> None:
    """When it was due, to whom, and how long it took to arrive."""
    told = unsent(sent(due(paged(), targets=("chat", "mail")), 13.5), 16, "mail")
    due(due(told, 33, number=2), 53, number=3, targets=())
    seen = told.seen()
    assert notifications(seen) == (
        "1. to stakeholders, due +3.00 s from the fault: reached chat 500 ms later, "
        "did not reach mail (error=503); "
        "2. to stakeholders, due +23.00 s from the fault: nothing is known of chat; "
        "3. to stakeholders, due +43.00 s from the fault: left to people, no target is named"
    )
    (field,) = [each for each in build(seen).fields if each.name == "Notifications"]
    assert (field.value, field.source) == (notifications(seen), "journal")


def test_the_record_of_many_messages_stays_short() -> None:
    """And one without any, as of an older drill, has no such field."""
    told = paged()
    for number in range(AT_MOST + 2):
        due(told, 13 + number, number + 1)
    assert notifications(told.seen()).endswith("; and 2 more, see the timeline")
    assert "Notifications" not in {each.name for each in build(paged().seen()).fields}
