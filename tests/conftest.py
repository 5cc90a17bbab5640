"""What holds for every test: no property has a deadline, for the machine's load would decide it."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("whatever-the-load", deadline=None)
settings.load_profile("whatever-the-load")
