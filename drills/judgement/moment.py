"""One phase of an incident, as ``drill.json`` tells it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

PhaseName = Literal[
    "fault", "symptom", "pending", "firing", "notified", "acknowledged", "mitigated", "recovered"
]


class Moment(BaseModel):
    """When an incident turned, in seconds from the moment the fault took effect, with its bounds.

    All three are null where that is not known, and ``why`` says why; else it says how it is known.
    ``by`` is who or what it was: ``alert ReplicaDown``, ``Ann Lee``; "" where nobody is told.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: PhaseName
    offset_s: float | None
    low_s: float | None
    high_s: float | None
    by: str = ""
    why: str = ""


class Floor(BaseModel):
    """What the monitoring's own configuration implies of the time to detect, for ``alert``.

    In seconds; null where that is not known. ``for_s`` and ``group_wait_s`` pass in any case; up to
    ``scrape_s`` and ``evaluation_s`` pass before them. ``scrape_job`` is the job that the alert's
    rule looks at and whose interval ``scrape_s`` is, the longest of several; "" where that is not
    told: then it is the longest of all jobs.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    alert: str
    scrape_s: float | None
    evaluation_s: float | None
    for_s: float | None
    group_wait_s: float | None
    scrape_job: str = ""
