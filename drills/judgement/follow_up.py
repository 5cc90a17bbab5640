"""What a drill leaves to be done, as ``drill.json`` tells it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Left = Literal["finding", "action", "measure"]


class FollowUp(BaseModel):
    """Something to be done: a step that did not work, an action, a measure that was proposed.

    ``id`` is the same in every drill of the incident. ``since`` is the date of the first drill that
    left it open, ``drill`` that drill's id. ``closed`` says why it is open no more; "" while it is.
    ``owner`` is whose it is and ``due`` the date by which it is to be done, where that is said;
    ``overdue``: it was past when the drill began that tells of it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    what: Left
    text: str
    since: str
    drill: str
    closed: str = ""
    owner: str = ""
    due: str = ""
    overdue: bool = False
