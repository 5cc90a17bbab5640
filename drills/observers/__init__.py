"""What watches as the team's monitoring does, and beside it what the engine itself saw.

Only the alert that reached the pager counts as *detected*. The health endpoint and the engine's
events stand beside it on the timeline.
"""

from drills.observers.engine import EngineWatch
from drills.observers.footing import Footing
from drills.observers.health import HealthWatch
from drills.observers.pager import PagerWatch

__all__ = ["EngineWatch", "Footing", "HealthWatch", "PagerWatch"]
