"""One step of a scenario, as the result holds it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

StepStatus = Literal["passed", "failed", "not run", "unknown"]


class Step(BaseModel):
    """One step of the scenario: its text, which begins with its keyword, and what became of it.

    ``unknown`` is what became of the steps of a drill that died. ``line`` is 0 where it is unknown.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    keyword: str = ""
    status: StepStatus
    seconds: float = 0.0
    line: int = 0
