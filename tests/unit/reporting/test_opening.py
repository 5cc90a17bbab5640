"""The five sentences: nothing is claimed that was not measured, and nothing of it is missing."""

from __future__ import annotations

import pytest

from drills.judgement.result import DrillResult, Intrusion
from drills.reporting.opening import opening
from tests.unit.reporting import example


def told(result: DrillResult) -> list[str]:
    return [one.text for one in opening(result)]


def test_they_answer_five_questions() -> None:
    """What broke, who noticed, what customers felt, what was lost, what to do next."""
    broke, noticed, felt, lost, then = told(example.result())
    assert broke == (
        "Stop of postgres-replica took effect at 14:05:36 UTC, lasted 13.3 s and is proven undone."
    )
    assert noticed == (
        "Alert ReplicaDown, as the pager received it, came 1.62 s ± 0.01 after the fault; the "
        "procedure Read replica down reacted 50 ms later."
    )
    assert felt == (
        "19 of 1\u202f054 requests in 2 of 4 journeys failed or came too late (inventory, orders), "
        "for 2.15 s in all, from +0.05 s on."
    )
    assert lost.startswith("None of 618 acknowledged writes was lost; whether any was altered is ")
    assert then == "Say whether “internal team notified” was done:"


def test_without_a_fault_nothing_is_said_of_one() -> None:
    """The sentences say why there is nothing to say."""
    broke, noticed, felt, lost, _ = told(example.inconclusive())
    assert broke.startswith("Nothing was broken: steady state not reached")
    assert noticed == "There was nothing to notice, because no fault took effect."
    assert felt == "Customers felt nothing of a fault, because none took effect."
    assert lost.startswith("What was lost is not known: no final read")


def test_who_noticed_is_not_claimed_where_nobody_is_known_to_have() -> None:
    """The reason stands instead, and that nobody reacted."""
    course = [
        one.model_copy(update={"offset_s": None, "by": ""})
        if one.name in ("notified", "acknowledged")
        else one
        for one in example.result().course
    ]
    none = example.unmeasured("no alert ReplicaDown reached the pager")
    metrics = {**example.result().metrics, "time to detect": none}
    assert told(example.result(metrics=metrics, course=course))[1] == (
        "Nobody is known to have noticed: no alert ReplicaDown reached the pager; nobody reacted "
        "while it was watched."
    )


def test_a_result_of_before_does_not_say_who_reacted() -> None:
    """It did not keep that."""
    assert told(example.result(course=[]))[1] == (
        "The first sign of it came 1.62 s ± 0.01 after the fault; who reacted is not recorded."
    )


def test_a_fault_that_is_not_proven_undone_is_told_as_that() -> None:
    """And what is typed then is the first thing to do."""
    sentences = opening(example.aborted())
    assert sentences[0].text.endswith("and is not proven undone.")
    assert sentences[4].command == f"drills heal {example.aborted().id}"


def test_a_fault_that_never_took_effect_broke_nothing() -> None:
    """It was asked for; that is all that is known."""
    never = example.result().faults[0].model_copy(update={"effective_at": None, "lasted_s": None})
    broke, noticed, *_ = told(example.result(faults=[never]))
    assert broke == "Stop of postgres-replica was asked for and never took effect."
    assert noticed == "There was nothing to notice, because no fault took effect."


@pytest.mark.parametrize(
    ("spans", "said"),
    [
        ([(0.0, 2.0), (1.0, 3.0)], "for 3 s in all, from +0.00 s on"),
        ([(0.0, 2.0), (5.0, 6.0)], "for 3 s in all, from +0.00 s on"),
        ([(0.0, 9.0), (1.0, 2.0)], "for 9 s in all, from +0.00 s on"),
        ([(0.0, 2.0), (5.0, None)], "from +0.00 s on, and it was not over when watching ended"),
        ([], "never so many at once that it was an outage"),
    ],
)
def test_how_long_counts_no_second_twice(
    spans: list[tuple[float, float | None]], said: str
) -> None:
    """Whichever journeys were out at once; what was not over has no length."""
    lanes = example.availability()
    outage = lanes["inventory"].outages[0]
    each = [outage.model_copy(update={"start_s": low, "end_s": high}) for low, high in spans]
    one = lanes["inventory"].model_copy(update={"outages": each, "degraded": []})
    felt = told(example.result(availability={"inventory": one}))[2]
    assert said in felt
    assert "1 of 1 journey " in felt


def test_nobody_who_was_served_felt_anything() -> None:
    """And where nobody asked it is not known."""
    lanes = example.availability()
    well = lanes["inventory"].model_copy(
        update={"good": lanes["inventory"].intended, "outages": []}
    )
    assert told(example.result(availability={"inventory": well}))[2] == (
        f"No customer felt it: all {well.intended} requests in 1 journey were served in time."
    )
    assert told(example.result(availability={}))[2] == (
        "What customers felt is not known: no journey was asked anything."
    )


def test_lost_writes_say_when_and_what_was_altered() -> None:
    """Also who was let in; a part that could not be judged is not known."""
    ids = {"lost": 2, "lost_ids": ["a", "b"], "lost_offsets_s": [1.0, 2.5]}
    data = example.data(**ids, altered=1, content_proven=True)
    inside = {"admin": Intrusion(asked=9, refused=6, let_in=3, first_s=1.0)}
    assert told(example.result(data=data, intrusions=inside))[3] == (
        "2 of 618 acknowledged writes were lost, acknowledged from +1.00 s to +2.50 s of the "
        "fault; 1 acknowledged write altered; 3 requests without right were let in."
    )
    unread = example.result(failed_parts={"availability": "x", "faults": "y"})
    assert "is not known" in told(unread)[0]
    assert "is not known" in told(unread)[2]
