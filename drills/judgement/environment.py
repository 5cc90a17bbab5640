"""Where a drill ran, as the result holds it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Environment(BaseModel):
    """Where the drill ran.

    ``calibration`` is how exact times are on that machine, as `drills calibrate` found, or that
    nobody asked; "" in results of versions that did not say.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    versions: dict[str, str]
    git: str
    engine: str
    host: str
    images: dict[str, str]
    clock: str
    calibration: str = ""
