"""Results that are out of the ordinary: four hours long, or named in other scripts."""

from __future__ import annotations

from datetime import timedelta

from drills.judgement.result import DrillResult, Window
from tests.unit.reporting.example import result
from tests.unit.reporting.parts import START, chart, criterion


def long() -> DrillResult:
    """Four hours, of which the incident is a moment: there is a second picture of it."""
    whole = chart()
    longer = [
        one.model_copy(
            update={
                "bucket_s": 60.0,
                "points": [
                    *(one.points[:2]),
                    *(
                        one.points[-1].model_copy(update={"offset_s": 60.0 * minute})
                        for minute in range(1, 240)
                    ),
                ],
            }
        )
        for one in whole.series
    ]
    return result(
        ended_at=START + timedelta(hours=4),
        duration_s=14_400.0,
        chart=whole.model_copy(update={"series": longer, "closeup": whole.series}),
    )


def named(text: str) -> DrillResult:
    """What the team names is named so: journeys, criteria, the scenario, who reacted."""
    whole = result()
    drawn = [one.model_copy(update={"journey": text}) for one in whole.chart.series[:2]]
    return result(
        scenario=text,
        feature=text,
        criteria=[criterion(name=f"{text} {n}") for n in range(30)],
        availability={text: whole.availability["inventory"]},
        chart=whole.chart.model_copy(
            update={"series": drawn, "windows": [Window(name=text, start_s=0, end_s=14.2)]}
        ),
        course=[one.model_copy(update={"by": text}) for one in whole.course],
    )


def cjk() -> DrillResult:
    """Names of a team in Japan, which are wide."""
    return named("読み取りレプリカが停止しても注文は失われない" * 3)


def right_to_left() -> DrillResult:
    """Names of a team that writes from right to left."""
    return named("העתק הקריאה נעצר וההזמנות נשמרות")


ODD = {"long": long, "cjk": cjk, "right-to-left": right_to_left}
