"""A plugin for runs on a mutant: properties try the same few examples each time.

None is made smaller: that something failed is all that is asked.
"""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings

settings.register_profile(
    "mutants",
    deadline=None,
    database=None,
    derandomize=True,
    max_examples=10,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),  # the same process collects the tests several times
)
