"""How patient a drill is, and who responds. Durations in seconds."""

from __future__ import annotations

from dataclasses import dataclass

REQUESTS = 20  # of fewer that all went well, one in seven may fail unseen


@dataclass(frozen=True, slots=True)
class Settings:
    """What the command line decides.

    ``patience`` bounds every wait of a judgement: what was not seen by then is inconclusive while
    its limit has not passed. ``hold`` is the window in which all must be well to count as steady.
    ``unlabelled`` names containers or services that a fault may hit without the drill's label.
    ``requests`` must be due while a fault is in effect, or it proves nothing.
    ``stop_after`` is how long the drill may take, where that is not left to the manifest.
    """

    patience: float = 60.0
    hold: float = 2.0
    requests: int = REQUESTS
    ready_within: float = 90.0
    steady_within: float = 30.0
    undo_within: float = 30.0
    stop_after: float | None = None
    respond: bool = True
    allow_remote: bool = False
    unlabelled: tuple[str, ...] = ()
